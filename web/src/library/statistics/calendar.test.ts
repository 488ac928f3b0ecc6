import { describe, expect, it } from 'vitest';
import { level, WEEKS, weeks } from './calendar';

describe('a year of days', () => {
  it('ends with the week of today, whose later days are none', () => {
    const found = weeks([{ day: '2026-11-30', episodes: 3 }, { day: '2025-12-01', episodes: 1 }], '2026-12-01');
    expect(found).toHaveLength(WEEKS);
    expect(found.at(-1)).toEqual([{ day: '2026-11-30', episodes: 3, level: 3 }, { day: '2026-12-01', episodes: 0, level: 0 }, null, null, null, null, null]);
    expect(found[0]?.[0]).toEqual({ day: '2025-12-01', episodes: 1, level: 1 });
    expect(new Set(found.flat().filter((day) => day !== null).map((day) => day.day)).size).toBe(52 * 7 + 2);
  });

  it('has the levels 0 to 4', () => {
    expect([0, 1, 2, 3, 4, 5, 40].map(level)).toEqual([0, 1, 2, 3, 3, 4, 4]);
  });
});
