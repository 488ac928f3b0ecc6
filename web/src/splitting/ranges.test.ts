import { describe, expect, it } from 'vitest';
import { formatRanges, parseRanges } from './ranges';

const ALL = [0, 1, 2, 3, 12, 12.5, 13, 14];

describe('ranges of episodes', () => {
  it.each([
    ['2', [2]],
    ['1-3', [1, 2, 3]],
    ['12 – 13, 1', [1, 12, 12.5, 13]],
    ['13-', [13, 14]],
    ['-1', [0, 1]],
    ['3..12; 14', [3, 12, 14]],
    ['', []],
  ])('reads %j', (text, chosen) => {
    expect(parseRanges(text, ALL)).toEqual({ chosen, wrong: [] });
  });

  it.each(['5', '3-1', 'all', '1 2', '-', '1-2-3', '99999999'])('says what is wrong with %j', (text) => {
    expect(parseRanges(`${text}, 2`, ALL)).toEqual({ chosen: [2], wrong: [text] });
  });

  it('writes them as short as it can, and reads that back', () => {
    expect(formatRanges([12, 12.5, 13, 1], ALL)).toBe('1, 12–13');
    expect(formatRanges([13, 14], ALL)).toBe('13, 14');
    expect(parseRanges(formatRanges([0, 1, 2, 13], ALL), ALL).chosen).toEqual([0, 1, 2, 13]);
  });
});
