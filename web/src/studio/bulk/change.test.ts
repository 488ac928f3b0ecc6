import { describe, expect, it } from 'vitest';
import type { BulkOut } from '../../api/catalog/releases';
import { changeOf, joined, noChange, parts, withMore } from './change';

describe('a change of many', () => {
  it('is none where nothing was chosen', () => {
    expect(changeOf(noChange())).toBeNull();
    expect(changeOf({ ...noChange(), addGenres: ' , ' })).toBeNull();
  });

  it('says only what was chosen; nothing and zero are choices', () => {
    expect(changeOf({ ...noChange(), ageRating: 0, season: 'none', clearYear: true, year: 2016 })?.set).toEqual({ age_rating: 0, season: null, year: null });
    expect(changeOf({ ...noChange(), year: 2016, type: 'OVA', airingStatus: 'paused' })?.set).toEqual({ year: 2016, type: 'OVA', airing_status: 'paused' });
  });

  it('names genres, and what is done', () => {
    expect(changeOf({ ...noChange(), addGenres: 'Drama, Slice of life', removeGenres: 'music', action: 'publish' })).toEqual({
      set: {},
      add_genres: ['Drama', 'Slice of life'],
      remove_genres: ['music'],
      action: 'publish',
    });
  });
});

it('goes in parts', () => {
  expect(parts([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(parts([], 2)).toEqual([]);
});

it('has one result of all its parts', () => {
  const one = { applied: true, changed: 1, unchanged: 0, failed: 1, items: [{ id: 'a' }, { id: 'b' }] } as unknown as BulkOut;
  const other = { applied: false, changed: 0, unchanged: 1, failed: 0, items: [{ id: 'c' }] } as unknown as BulkOut;
  expect(joined([one, other])).toEqual({ applied: true, changed: 1, unchanged: 1, failed: 1, items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  expect(joined([]).applied).toBe(false);
});

it('selects each once, and no more than there may be', () => {
  expect(withMore(['a', 'b'], ['b', 'c', 'd'], 3)).toEqual(['a', 'b', 'c']);
});
