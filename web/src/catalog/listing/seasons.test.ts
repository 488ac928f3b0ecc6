import { expect, it } from 'vitest';
import { neighbour, readSeason, seasonAt } from './seasons';

it('reads seasons, and nothing else', () => {
  expect(readSeason('2016', 'spring')).toEqual({ year: 2016, season: 'spring' });
  for (const [year, season] of [['16', 'spring'], ['2016', 'fifth'], ['', ''], ['99999', 'winter']] as const) expect(readSeason(year, season)).toBeNull();
});

it('goes on over the turn of the year', () => {
  expect(neighbour({ year: 2016, season: 'autumn' }, 1)).toEqual({ year: 2017, season: 'winter' });
  expect(neighbour({ year: 2016, season: 'winter' }, -1)).toEqual({ year: 2015, season: 'autumn' });
  expect(neighbour({ year: 2016, season: 'winter' }, 1)).toEqual({ year: 2016, season: 'spring' });
});

it('knows the season of a day', () => {
  expect(seasonAt(new Date(2026, 10, 30))).toEqual({ year: 2026, season: 'autumn' });
  expect(seasonAt(new Date(2026, 0, 1))).toEqual({ year: 2026, season: 'winter' });
});
