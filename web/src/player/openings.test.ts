import { describe, expect, it } from 'vitest';
import { inOpening, nearEnd, OpeningSkip } from './openings';

const opening = { start_ms: 10_000, stop_ms: 100_000 };
const watched = { positionMs: 10_000, wanted: true, paused: false, canControl: true };

describe('an opening', () => {
  it.each([
    [9_999, false],
    [10_000, true],
    [98_999, true],
    [99_000, false],
    [100_000, false],
  ])('at %i ms: %s', (positionMs, within) => {
    expect(inOpening(opening, positionMs)).toBe(within);
  });

  it('is nowhere where none is marked, and too short to be skipped below a second', () => {
    expect(inOpening(null, 0)).toBe(false);
    expect(inOpening({ start_ms: 0, stop_ms: 1_000 }, 0)).toBe(false);
  });
});

describe('the end', () => {
  it.each([
    ['by its mark', { start_ms: 80_000, stop_ms: 95_000 }, 79_999, 80_000],
    ['without one', null, 84_999, 85_000],
  ] as const)('%s', (_, ending, before, from) => {
    expect(nearEnd(ending, before, 100_000)).toBe(false);
    expect(nearEnd(ending, from, 100_000)).toBe(true);
  });

  it('is not near before the video is known or begun, however short it is', () => {
    expect(nearEnd(null, 5, 0)).toBe(false);
    expect(nearEnd(null, 0, 10_000)).toBe(false);
    expect(nearEnd(null, 1, 10_000)).toBe(true);
  });
});

describe('skipping by itself', () => {
  it('happens once, and not again for whoever goes back, by a new link neither', () => {
    const skip = new OpeningSkip();
    expect(skip.due(opening, { ...watched, positionMs: 0 })).toBeNull();
    expect(skip.due(opening, watched)).toBe(100_000);
    expect(skip.due(opening, watched)).toBeNull();
    expect(skip.due({ ...opening }, { ...watched, positionMs: 50_000 })).toBeNull();
  });

  it('happens to whoever comes into the middle, and to an opening that was marked anew', () => {
    const skip = new OpeningSkip();
    expect(skip.due(opening, { ...watched, positionMs: 50_000 })).toBe(100_000);
    expect(skip.due({ start_ms: 40_000, stop_ms: 90_000 }, { ...watched, positionMs: 50_000 })).toBe(90_000);
  });

  it.each([
    ['who did not ask for it', { wanted: false }],
    ['who pauses', { paused: true }],
    ['who may not control', { canControl: false }],
    ['who is past it', { positionMs: 99_500 }],
  ])('leaves alone %s, and does it once that changes', (_, otherwise) => {
    const skip = new OpeningSkip();
    expect(skip.due(opening, { ...watched, ...otherwise })).toBeNull();
    expect(skip.due(opening, watched)).toBe(100_000);
  });
});
