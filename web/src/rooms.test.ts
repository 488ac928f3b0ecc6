import { expect, it } from 'vitest';

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });

const COMPONENT_LINES = 300;
const FOLDER_FILES = 18;

it('splits components by subject before they are long', () => {
  const long = Object.entries(sources).filter(([path, text]) => path.endsWith('.svelte') && text.split('\n').length - 1 > COMPONENT_LINES);
  expect(long.map(([path]) => path)).toEqual([]);
});

it('gives folders rooms before they are full', () => {
  const folders = new Map<string, number>();
  for (const path of Object.keys(sources).filter((each) => !each.endsWith('.test.ts'))) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  expect([...folders].filter(([, files]) => files > FOLDER_FILES)).toEqual([]);
});
