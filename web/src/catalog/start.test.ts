import { describe, expect, it } from 'vitest';
import { startOf } from './start';

const EPISODES = ['1', '2', '3'].map((id) => ({ id, playable: true }));
const WATCHED = { watched: true, position_ms: 90_000 };
const BEGUN = { watched: false, position_ms: 30_000 };
const UNTOUCHED = { watched: false, position_ms: 0 };

describe('startOf', () => {
  it.each([
    ['the first where nothing was watched', {}, '1'],
    ['the one in progress', { '1': WATCHED, '3': BEGUN }, '3'],
    ['the first not watched', { '1': WATCHED, '2': UNTOUCHED }, '2'],
    ['the first where all were watched', { '1': WATCHED, '2': WATCHED, '3': WATCHED }, '1'],
  ] as const)('%s', (_, history, id) => {
    expect(startOf(EPISODES, new Map(Object.entries(history)))?.id).toBe(id);
  });

  it('passes over what cannot be played', () => {
    const [first, ...others] = EPISODES;
    expect(startOf([{ id: first?.id ?? '', playable: false }, ...others], new Map([['1', BEGUN]]))?.id).toBe('2');
    expect(startOf([{ id: '1', playable: false }], new Map())).toBeUndefined();
  });
});
