import { expect, it } from 'vitest';
import { idTexts, recordOf } from './candidates';

it('shows what a source says', () => {
  const record = { type: 'TV', year: 2018, episodes_total: 23, english: 'Work', alternative: null, names: [['A', 'en', 'synonym'], ['A', 'ja', 'synonym'], 'B'], external_ids: { mal: '7', odd: 1 } };
  expect(recordOf(record)).toEqual({ facts: ['Series', '2018', '23 episodes', 'Work'], names: ['A', 'B'], ids: ['MyAnimeList 7', 'odd 1'] });
});

it('leaves out whatever is not as expected', () => {
  expect(recordOf({ type: 5, year: {}, names: 'no list', external_ids: null })).toEqual({ facts: [], names: [], ids: [] });
  expect(recordOf({ names: [null, {}, [], [{}], [''], ''] }).names).toEqual([]);
  expect(idTexts([])).toEqual([]);
});
