import { describe, expect, it } from 'vitest';
import type { QualityHour } from '../../api/streaming/quality';
import { barsOf } from './bars';

const SINCE_MS = Date.parse('2026-11-30T10:00:00Z');
const hour = (iso: string, startup_p95_ms: number | null): QualityHour => ({ hour: iso, startup_p95_ms }) as QualityHour;
const bars = (...hours: QualityHour[]) => barsOf(hours, SINCE_MS, SINCE_MS + 2.5 * 3_600_000, (each) => each.startup_p95_ms);

describe('barsOf', () => {
  it('has a bar for each hour, the highest of full height', () => {
    const found = bars(hour('2026-11-30T12:00:00Z', 2000), hour('2026-11-30T10:00:00+00:00', 500));
    expect(found.map(({ value, height }) => [value, height])).toEqual([
      [500, 0.25],
      [null, 0],
      [2000, 1],
    ]);
    expect(found[0]?.hourMs).toBe(SINCE_MS);
  });

  it('does without anything', () => {
    expect(bars().map(({ height }) => height)).toEqual([0, 0, 0]);
    expect(bars(hour('2026-11-30T11:00:00Z', 0)).map(({ value, height }) => [value, height])).toEqual([
      [null, 0],
      [0, 0],
      [null, 0],
    ]);
  });
});
