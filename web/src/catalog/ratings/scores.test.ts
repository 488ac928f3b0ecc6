import { describe, expect, it } from 'vitest';
import { shares } from './scores';

describe('shares', () => {
  it('are percents of all votes', () => {
    expect(shares([0, 0, 0, 0, 0, 1, 0, 2, 1, 0])).toEqual([0, 0, 0, 0, 0, 25, 0, 50, 25, 0]);
  });

  it('are nothing of nothing', () => {
    expect(shares([0, 0, 0])).toEqual([0, 0, 0]);
  });
});
