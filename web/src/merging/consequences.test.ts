import { expect, it } from 'vitest';
import type { MergePreview } from '../api/catalog/merging';
import { consequences } from './consequences';

it('says what is filled, what comes over and what both have', () => {
  const preview = {
    filled: [{ field: 'description', value: 'x'.repeat(500) }, { field: 'new_field', value: 7 }],
    names: [],
    genres: ['Drama', 'Short'],
    trailers: ['https://vimeo.com/1084537'],
    moved: [],
    replaced: [1, 2.5],
  } as unknown as MergePreview;
  const lines = consequences(preview);
  expect(lines.map((line) => line.text.length)).toEqual(expect.arrayContaining([161]));
  expect(lines[1]).toEqual({ label: 'new_field', text: '7' });
  expect(lines[2]?.text).toBe('Drama, Short');
  expect(lines[3]?.text).toBe('https://vimeo.com/1084537');
  expect(lines.at(-1)?.text).toContain('1, 2.5');
  expect(lines).toHaveLength(6);
});
