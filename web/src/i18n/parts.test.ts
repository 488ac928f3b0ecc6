import { describe, expect, it } from 'vitest';
import { LATER, PAGES } from '../routes';
import { en } from './en';
import { texts as common } from './en/common';
import { ru } from './ru';
import { PARTS } from './translate';

type Texts = Readonly<Record<string, unknown>>;
const found = import.meta.glob<Texts>(['./{en,ru}/**/*.ts', '!./*/index.ts'], { import: 'texts', eager: true });
/** Each part's texts by `en/schedule`, whichever folder of `en/` that is in. */
const files = Object.fromEntries(Object.entries(found).map(([path, texts]) => [path.replace(/^\.\/(\w+)\/(?:\w+\/)?(\w+)\.ts$/, '$1/$2'), texts]));
const sources = import.meta.glob<string>(['../**/*.{ts,svelte}', '!./{en,ru}/**', '!../**/*.test.ts'], { query: '?raw', import: 'default', eager: true });

/** `../pages/Home.svelte` and everything it imports; of `routes.ts` not the pages it loads. */
function closure(path: string, seen = new Set<string>()): Set<string> {
  const source = sources[path];
  if (source === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const [, type, name, later] of source.matchAll(/(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g)) {
    if (type || (later && path === '../routes.ts')) continue;
    const { pathname } = new URL(name ?? later ?? '', `http://x/src/${path.replace('../', '')}`);
    const relative = pathname.replace('/src/', '../').replace('../i18n/', './');
    for (const target of [relative, `${relative}.ts`]) closure(target, seen);
  }
  return seen;
}

/** The keys that the sources name, whole or up to a `${…}`. Codes of refusals come from the server. */
function shown(paths: Iterable<string>): string[] {
  const text = [...paths].map((path) => sources[path] ?? '').join('\n');
  const begun = [...text.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g)].map((match) => match[1] ?? '').filter((prefix) => !prefix.startsWith('error.'));
  return Object.keys(en).filter((key) => text.includes(`'${key}'`) || begun.some((prefix) => key.startsWith(prefix)));
}

describe('the parts of the texts', () => {
  it('are what PARTS lists, in every language', () => {
    const expected = [...PARTS, 'common'].sort();
    for (const locale of ['en', 'ru']) {
      const named = Object.keys(files).filter((path) => path.startsWith(`${locale}/`));
      expect(named.map((path) => path.slice(3)).sort()).toEqual(expected);
    }
  });

  it('stand in the same folder in every language', () => {
    const folders = (locale: string) => Object.keys(found).filter((path) => path.startsWith(`./${locale}/`)).map((path) => path.slice(locale.length + 3));
    expect(folders('ru')).toEqual(folders('en'));
  });

  it.each(['common', ...PARTS])('%s holds the same keys in the same order in every language', (part) => {
    expect(Object.keys(files[`ru/${part}`] ?? {})).toEqual(Object.keys(files[`en/${part}`] ?? {}));
  });

  it('hold every key once', () => {
    for (const [locale, all] of Object.entries({ en, ru })) {
      const keys = Object.entries(files).flatMap(([path, texts]) => (path.startsWith(`${locale}/`) ? Object.keys(texts) : []));
      expect(keys.toSorted()).toEqual(Object.keys(all).toSorted());
    }
  });
});

describe('what is shown', () => {
  const shell = closure('../main.ts');

  it('by the shell is common', () => {
    expect(shown(shell).filter((key) => !(key in common))).toEqual([]);
  });

  it.each(Object.entries({ ...PAGES, ...LATER }))('by %s comes with it', (_, page) => {
    const file = /src\/([\w/]+\.svelte)/.exec(page.component.toString())?.[1] ?? '';
    const paths = closure(`../${file}`);
    expect(paths.size).toBeGreaterThan(1);
    const brought = Object.assign({}, common, ...page.texts.map((part) => files[`en/${part}`])) as Texts;
    expect(shown([...paths].filter((path) => !shell.has(path))).filter((key) => !(key in brought))).toEqual([]);
  });

  it.each(Object.entries({ ...PAGES, ...LATER }))('by %s needs every part it brings', (_, page) => {
    const file = /src\/([\w/]+\.svelte)/.exec(page.component.toString())?.[1] ?? '';
    const keys = new Set(shown(closure(`../${file}`)));
    for (const part of page.texts.filter((part) => part !== 'errors')) {
      expect(Object.keys(files[`en/${part}`] ?? {}).some((key) => keys.has(key))).toBe(true);
    }
  });
});
