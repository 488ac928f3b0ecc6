import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DOUBLE_TAP_MS, PictureClicks, sideOf } from './pictureClicks';

let done: string[];
let clicks: PictureClicks;

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  clicks = new PictureClicks({
    toggle: () => done.push('toggle'),
    toggleFullscreen: () => done.push('fullscreen'),
    skip: (byMs) => done.push(`skip ${byMs}`),
    toggleControls: () => done.push('controls'),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('sideOf', () => {
  it.each([
    [100, -1],
    [199, -1],
    [200, 0],
    [299, 0],
    [300, 1],
    [399, 1],
  ] as const)('%i px', (x, side) => {
    expect(sideOf(x, { left: 100, width: 300 })).toBe(side);
  });
});

describe('a mouse', () => {
  it('plays or pauses with one click', () => {
    clicks.click(1);
    vi.runAllTimers();
    expect(done).toEqual(['toggle']);
  });

  it('goes full screen with two, and neither plays nor pauses', () => {
    clicks.click(1);
    clicks.click(2);
    vi.runAllTimers();
    expect(done).toEqual(['fullscreen']);
  });

  it('does nothing once stopped', () => {
    clicks.click(1);
    clicks.stop();
    vi.runAllTimers();
    expect(done).toEqual([]);
  });
});

describe('a finger', () => {
  it('shows the controls with one tap', () => {
    clicks.tap(1, 1_000);
    expect(done).toEqual([]);
    vi.runAllTimers();
    expect(done).toEqual(['controls']);
  });

  it.each([
    [-1, 'skip -10000'],
    [1, 'skip 10000'],
  ] as const)('skips with two on side %i', (side, skip) => {
    clicks.tap(side, 1_000);
    clicks.tap(side, 1_000 + DOUBLE_TAP_MS - 1);
    vi.runAllTimers();
    expect(done).toEqual([skip]);
  });

  it.each([
    ['too far apart', 1, DOUBLE_TAP_MS],
    ['on two sides', -1, 100],
  ] as const)('does not skip with two taps %s', (_, side, laterMs) => {
    clicks.tap(1, 1_000);
    clicks.tap(side, 1_000 + laterMs);
    vi.runAllTimers();
    expect(done).toEqual(['controls', 'controls']);
  });

  it('never skips in the middle', () => {
    clicks.tap(0, 1_000);
    clicks.tap(0, 1_050);
    vi.runAllTimers();
    expect(done).toEqual(['controls', 'controls']);
  });
});
