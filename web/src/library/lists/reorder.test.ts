import { describe, expect, it } from 'vitest';
import { reordered } from './reorder';

const move = (from: string, to: number) => reordered(['a', 'b', 'c'], (item) => item === from, to)?.join('') ?? null;

describe('reordered', () => {
  it('puts an entry at its new place', () => {
    expect([move('a', 1), move('a', 2), move('c', 0), move('b', 0)]).toEqual(['bac', 'bca', 'cab', 'bac']);
  });

  it('is nothing where nothing changes, or there is no such place', () => {
    expect([move('a', 0), move('a', -1), move('a', 3), move('x', 1)]).toEqual([null, null, null, null]);
  });
});
