import { describe, expect, it } from 'vitest';
import { playerStateOf } from './report.svelte';

const LOADED = { stalled: false, paused: true, ready: true, seeking: false, positionMs: 10_000, aheadMs: 2_000, durationMs: 60_000 };

describe('playerStateOf', () => {
  it.each([
    ['enough is loaded', {}, 'ready'],
    ['too little is loaded', { aheadMs: 1_999 }, 'paused'],
    ['little is loaded and there is no more', { positionMs: 58_000, aheadMs: 1_500 }, 'ready'],
    ['it still seeks', { seeking: true }, 'paused'],
    ['nothing is known of the stream', { ready: false }, 'paused'],
    ['it runs', { paused: false, aheadMs: 0 }, 'playing'],
    ['it waits for data', { paused: false, stalled: true }, 'stalled'],
  ] as const)('%s', (_, change, state) => {
    expect(playerStateOf({ ...LOADED, ...change })).toBe(state);
  });
});
