import { describe, expect, it } from 'vitest';
import { ClockFilter } from './clock';
import { PLACES, vectors } from './vectors';

interface Step {
  readonly times: readonly [number, number, number, number];
  readonly taken: boolean;
  readonly offset_ms: number;
  readonly error_ms: number | null;
  readonly rtt_ms: number | null;
  readonly locked: boolean;
  readonly next_ping_in_ms: number;
}

describe('the clock filter does what its Python twin does', () => {
  it.each(vectors<{ name: string; steps: Step[] }>('clock'))('$name', ({ steps }) => {
    const clock = new ClockFilter();
    for (const step of steps) {
      expect(clock.add(...step.times)).toBe(step.taken);
      expect(clock.offsetMs).toBeCloseTo(step.offset_ms, PLACES);
      expect(clock.errorMs).toBeCloseTo(step.error_ms ?? Infinity, PLACES);
      expect(clock.rttMs).toEqual(step.rtt_ms === null ? null : expect.closeTo(step.rtt_ms, PLACES));
      expect(clock.locked).toBe(step.locked);
      expect(clock.nextPingInMs).toBe(step.next_ping_in_ms);
    }
  });
});
