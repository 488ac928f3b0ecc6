import { describe, expect, it } from 'vitest';
import { formatTimecode, parseTimecode } from './timecode';

describe('a mark', () => {
  it.each([
    ['1:30', 90_000],
    ['0:00', 0],
    [' 01:05 ', 65_000],
    ['1:30.5', 90_500],
    ['1:30,25', 90_250],
    ['1:02:03', 3_723_000],
    ['100:00', 6_000_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTimecode(text)).toBe(ms);
  });

  it.each(['', '90', '1:60', '1:', ':30', '-1:30', '1:30:', '1:2:3:4', '1e3:00', 'one', '1:30.1234', '9999:00'])('%j is none', (text) => {
    expect(parseTimecode(text)).toBeNull();
  });

  it.each([0, 90_000, 90_500, 90_007, 3_723_120, 35_999_999])('%i ms comes back as it was', (ms) => {
    expect(parseTimecode(formatTimecode(ms))).toBe(ms);
  });
});
