import { expect, it } from 'vitest';
import { ducked, DUCKED } from './ducking';

it('goes down within 80 ms and up within 600', () => {
  expect(ducked(1, true, 40)).toBeCloseTo(1 - (1 - DUCKED) / 2);
  expect(ducked(1, true, 200)).toBe(DUCKED);
  expect(ducked(DUCKED, false, 300)).toBeCloseTo(1 - (1 - DUCKED) / 2);
  expect(ducked(DUCKED, false, 2_000)).toBe(1);
});
