import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REGIONS, regionName, regionsByName } from './regions';

it('are those of the server', () => {
  const source = readFileSync(new URL('../../../../catalog/releases/blocks.py', import.meta.url), 'utf8');
  const codes = /_CODES: Final = \(([^)]*)\)/.exec(source)?.[1] ?? '';
  expect(REGIONS.toSorted()).toEqual((codes.match(/\b[A-Z]{2}\b/g) ?? []).toSorted());
  expect(REGIONS).toHaveLength(249);
});

it('have names in the language of the reader', () => {
  expect(regionName('en', 'DE')).toBe('Germany');
  expect(regionName('ru', 'DE')).toBe('Германия');
  expect(regionName('en', 'none')).toBe('none');
});

it('stand in the order of their names', () => {
  expect(regionsByName('en', ['JP', 'DE', 'AT']).map(({ name }) => name)).toEqual(['Austria', 'Germany', 'Japan']);
  expect(regionsByName('ru', ['JP', 'DE', 'AT']).map(({ code }) => code)).toEqual(['AT', 'DE', 'JP']);
});
