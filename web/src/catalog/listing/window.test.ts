import { describe, expect, it } from 'vitest';
import { pagesOf, windowOf } from './window';

const shape = { columns: 5, rowHeight: 400 };

describe('the window of a long grid', () => {
  it('is the screen, one before and one behind', () => {
    expect(windowOf(shape, 8_483, 4_000, 800)).toEqual({ first: 40, end: 70, offset: 3_200 });
  });
  it('begins with the grid', () => expect(windowOf(shape, 8_483, -300, 800)).toEqual({ first: 0, end: 20, offset: 0 }));
  it('ends with the grid', () => {
    const last = windowOf(shape, 8_483, 678_000, 800);
    expect(last.end).toBe(8_483);
    expect(last.first).toBeLessThan(8_483);
  });
  it('is one row where somebody is far behind a list that became short', () => {
    expect(windowOf(shape, 3, 50_000, 800)).toEqual({ first: 0, end: 3, offset: 0 });
    expect(windowOf(shape, 0, 50_000, 800)).toEqual({ first: 0, end: 0, offset: 0 });
  });
  it.each([
    [0, 20, [1]],
    [40, 70, [1, 2]],
    [48, 96, [2]],
    [95, 97, [2, 3]],
    [0, 0, []],
  ])('of items %i to %i are pages %j', (first, end, pages) => expect(pagesOf(first, end, 48)).toEqual(pages));
});
