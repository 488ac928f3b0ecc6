import { describe, expect, it } from 'vitest';
import type { Suggested, TitleSuggestion } from '../../api/catalog/catalog';
import { entriesOf, grouped, GROUP_MAX, linesOf } from './groups';

const title = (id: string): TitleSuggestion => ({ id, alias: id, name: { main: id, english: null, alternative: null }, translation: null, type: 'TV', year: 2000, poster_url: null, status: 'published', matched: null });
const entry = (id: string) => ({ id, alias: `${id}-alias`, name: id.toUpperCase(), releases: 2, matched: null });
const found: Suggested = { titles: [title('a'), title('b')], people: [entry('p')], studios: [], tags: [entry('t')], did_you_mean: 'Akira' };

describe('the lines of suggestions', () => {
  it('are walked from top to bottom and lead to the pages that there are', () => {
    expect(linesOf(found).map((line) => [line.key, 'href' in line ? line.href : line.text])).toEqual([
      ['meant', 'Akira'],
      ['titles-a', '/releases/a'],
      ['titles-b', '/releases/b'],
      ['people-p', '/people/p-alias'],
      ['tags-t', '/tags/t-alias'],
    ]);
  });

  it('keep their places in groups, without those that found nothing', () => {
    expect(grouped(linesOf(found)).map(({ name, lines }) => [name, lines.map(({ place }) => place)])).toEqual([
      ['meant', [0]],
      ['titles', [1, 2]],
      ['people', [3]],
      ['tags', [4]],
    ]);
    expect(grouped(linesOf({ titles: [], people: [], studios: [], tags: [], did_you_mean: null }))).toEqual([]);
  });

  it('are offered without titles where none was found', () => {
    expect(entriesOf(linesOf(found)).map(({ name, lines }) => [name, lines.map((line) => [line.name, line.href])])).toEqual([
      ['people', [['P', '/people/p-alias']]],
      ['tags', [['T', '/tags/t-alias']]],
    ]);
  });

  it('are few of each group, and one person with two names is not two keys', () => {
    const many = Array.from({ length: 9 }, (_, number) => entry(`e${number}`));
    const lines = linesOf({ ...found, people: many, studios: many });
    expect(lines.filter((line) => line.group === 'people')).toHaveLength(GROUP_MAX);
    expect(new Set(lines.map((line) => line.key)).size).toBe(lines.length);
  });
});
