import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Countdown } from './countdown.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells each second, and its end once', () => {
  const ended = vi.fn();
  const countdown = new Countdown(3, ended);
  vi.advanceTimersByTime(5_000);
  expect(countdown.leftS, 'it waits to be run').toBe(3);
  countdown.run();
  const seen: number[] = [];
  for (let second = 0; second < 3; second++) {
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    seen.push(countdown.leftS);
  }
  expect(seen).toEqual([2, 1, 0]);
  vi.advanceTimersByTime(10_000);
  expect(ended).toHaveBeenCalledOnce();
  expect(countdown.leftS).toBe(0);
});

it('comes to no end once it is stopped', () => {
  const ended = vi.fn();
  const stop = new Countdown(8, ended).run();
  vi.advanceTimersByTime(7_999);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(ended).not.toHaveBeenCalled();
});
