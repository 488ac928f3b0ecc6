/** The seasons of a year, in which series begin. Pure. */

export const SEASONS = ['winter', 'spring', 'summer', 'autumn'] as const;
export type Season = (typeof SEASONS)[number];

export interface SeasonOfYear {
  readonly year: number;
  readonly season: Season;
}

/** As they stand in an address; null for what is no season of a year in which there were films. */
export function readSeason(year: string, season: string): SeasonOfYear | null {
  const known = SEASONS.find((each) => each === season);
  return known && /^(?:18|19|20)\d\d$/.test(year) ? { year: Number(year), season: known } : null;
}

/** The next season (1), or the one before (-1). */
export function neighbour({ year, season }: SeasonOfYear, by: 1 | -1): SeasonOfYear {
  const place = SEASONS.indexOf(season) + by;
  return { year: year + Math.floor(place / SEASONS.length), season: SEASONS[(place + SEASONS.length) % SEASONS.length] ?? season };
}

/** The one that a day is in, where the reader is: winter is January to March, as series are counted. */
export function seasonAt(day: Date): SeasonOfYear {
  return { year: day.getFullYear(), season: SEASONS[Math.floor(day.getMonth() / 3)] ?? 'winter' };
}
