/** A year of days as weeks, for the chart of activity. */
import type { ActiveDay } from '../../api/statistics';

export interface Day {
  /** "2026-03-01". */
  readonly day: string;
  readonly episodes: number;
  /** 0 for none, then 1 to 4. */
  readonly level: number;
}

export const WEEKS = 53;
const DAY_MS = 86_400_000;

/** How strong a day is painted: an episode, two, up to four, more. */
export function level(episodes: number): number {
  if (episodes <= 0) return 0;
  return episodes === 1 ? 1 : episodes === 2 ? 2 : episodes <= 4 ? 3 : 4;
}

/** Weeks from Monday to Sunday, the last with `today` in it; days to come are `null`. */
export function weeks(active: readonly ActiveDay[], today: string): (Day | null)[][] {
  const counts = new Map(active.map((one) => [one.day, one.episodes]));
  const last = Date.parse(`${today}T00:00:00Z`);
  const monday = last - ((new Date(last).getUTCDay() + 6) % 7) * DAY_MS - (WEEKS - 1) * 7 * DAY_MS;
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (__, weekday) => {
      const at = monday + (week * 7 + weekday) * DAY_MS;
      if (at > last) return null;
      const day = new Date(at).toISOString().slice(0, 10);
      const episodes = counts.get(day) ?? 0;
      return { day, episodes, level: level(episodes) };
    }),
  );
}

/** Today by the reader's clock. */
export function localToday(now = new Date()): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
