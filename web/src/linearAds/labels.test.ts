import { describe, expect, it } from 'vitest';
import { completionRate, emptyAd } from './labels';

describe('ads in videos', () => {
  it('say how many saw them to the end', () => {
    expect(completionRate({})).toBeNull();
    expect(completionRate({ impression: 0, complete: 3 })).toBeNull();
    expect(completionRate({ impression: 4 })).toBe(0);
    expect(completionRate({ impression: 4, complete: 1 })).toBe(0.25);
  });

  it('begin as one before the programme that can be skipped, from this minute on', () => {
    const ad = emptyAd(Date.parse('2026-12-01T12:34:56.789Z'));
    expect(ad).toMatchObject({ placement: 'pre_roll', offset_ms: 0, skip_after_ms: 5_000, starts_at: '2026-12-01T12:34:00.000Z', ends_at: null });
  });
});
