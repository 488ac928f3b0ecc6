import { describe, expect, it } from 'vitest';
import { nearEnd, OpeningSkip, within } from './markers';

const opening = { start_ms: 10_000, stop_ms: 100_000 };
const watched = { positionMs: 10_000, wanted: true, paused: false, canControl: true };

describe('an opening', () => {
  it.each([
    [9_999, false],
    [10_000, true],
    [98_999, true],
    [99_000, false],
    [100_000, false],
  ])('at %i ms: %s', (positionMs, expected) => {
    expect(within(opening, positionMs)).toBe(expected);
  });

  it('is nowhere where none is marked, and too short to be skipped below a second', () => {
    expect(within(null, 0)).toBe(false);
    expect(within({ start_ms: 0, stop_ms: 1_000 }, 0)).toBe(false);
  });
});

const none = { ending: null, preview: null };

describe('the end', () => {
  it.each([
    ['by its mark', { ending: { start_ms: 80_000, stop_ms: 95_000 }, preview: { start_ms: 95_000, stop_ms: 100_000 } }, 79_999, 80_000],
    ['by the preview', { ending: null, preview: { start_ms: 95_000, stop_ms: 100_000 } }, 94_999, 95_000],
    ['without one', none, 84_999, 85_000],
  ] as const)('%s', (_, marks, before, from) => {
    expect(nearEnd(marks, before, 100_000)).toBe(false);
    expect(nearEnd(marks, from, 100_000)).toBe(true);
  });

  it('is not near before the video is known or begun, however short it is', () => {
    expect(nearEnd(none, 5, 0)).toBe(false);
    expect(nearEnd(none, 0, 10_000)).toBe(false);
    expect(nearEnd(none, 1, 10_000)).toBe(true);
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
