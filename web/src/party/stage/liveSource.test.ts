import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Player } from '../../player/player.svelte';

const channel = vi.hoisted(() => ({ hls_url: '/llhls/a' as string | null, away: false }));
vi.mock('../../api/live/channels', () => ({
  getLiveChannel: () => (channel.away ? Promise.reject(new Error('away')) : Promise.resolve({ hls_url: channel.hls_url })),
}));
const { LiveSource } = await import('./liveSource.svelte');

class FakePlayer {
  positionMs = 0;
  ended = false;
  error = null;
  loaded: string[] = [];

  load({ url }: { url: string }): void {
    this.loaded.push(url);
  }

  unload(): void {
    this.loaded.push('');
  }
}

let player: FakePlayer;
let source: InstanceType<typeof LiveSource>;

beforeEach(async () => {
  vi.useFakeTimers();
  Object.assign(channel, { hls_url: '/llhls/a', away: false });
  player = new FakePlayer();
  const room = { nowMs: () => 0, positionMs: () => 0, seek: () => undefined };
  source = new LiveSource({ channel_id: 'c', begin_ms: 0, room_begin_ms: 0, first_ms: 0, window_ms: 0 }, player as unknown as Player, room);
  await source.open();
});

afterEach(() => {
  source.close();
});

/** `perSecondMs`: how far the player comes. */
async function pass(seconds: number, perSecondMs = 0): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    player.positionMs += perSecondMs;
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

it('waits for the next broadcast when a player stands still after the last', async () => {
  await pass(10, 1_000);
  channel.hls_url = null;
  await pass(10, 1_000);
  expect([source.waiting, player.loaded]).toEqual([false, ['/llhls/a']]); // what is left of it is played
  await pass(6, 20);
  expect([source.waiting, player.loaded]).toEqual([true, ['/llhls/a', '']]);
  await pass(20);
  expect(player.loaded).toEqual(['/llhls/a', '']);
  channel.hls_url = '/llhls/b';
  await pass(4);
  expect([source.waiting, player.loaded]).toEqual([false, ['/llhls/a', '', '/llhls/b']]);
});

it('stays where the party rests, the player stalls or the server is away', async () => {
  await pass(30);
  channel.away = true;
  await pass(30);
  expect([source.waiting, player.loaded]).toEqual([false, ['/llhls/a']]);
});
