import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem';
import type { Playback } from '../api/types';
import { HeldStream, type Around } from './heldStream.svelte';

/** A server with so many places, and a tab's storage. */
class World {
  opened: (string | null)[] = [];
  stopped: string[] = [];
  full = false;
  counted = true;
  #slow: Promise<void> = Promise.resolve();
  #stored = new Map<string, string>();
  #number = 0;

  readonly around: Around = {
    open: (_episode, { takeover = null }) => {
      this.opened.push(takeover);
      if (this.full && takeover === null) {
        const holders = [{ session_id: 'tv', episode_id: 'e', title: 'Film', browser: null, device: 'LG TV', since: '2026-01-01T00:00:00Z' }];
        return Promise.reject(new Problem(409, 'stream_limit_reached', '', {}, null, null, { limit: 1, holders }));
      }
      const playback = { session_id: `s${++this.#number}` } as Playback;
      return this.#slow.then(() => playback);
    },
    stop: (id) => {
      this.stopped.push(id);
      return Promise.resolve();
    },
    counted: () => this.counted,
    storage: {
      getItem: (name) => this.#stored.get(name) ?? null,
      setItem: (name, value) => void this.#stored.set(name, value),
      removeItem: (name) => void this.#stored.delete(name),
    },
  };

  /** From now on answers wait until the result is called. */
  wait(): () => void {
    let answer = (): void => undefined;
    this.#slow = new Promise((resolve) => (answer = resolve));
    return answer;
  }

  held(): HeldStream {
    return new HeldStream(this.around);
  }
}

describe('a held stream', () => {
  let world: World;

  beforeEach(() => {
    vi.useFakeTimers();
    world = new World();
  });

  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('takes the place of the one before it', async () => {
    const held = world.held();
    await held.open('a');
    await held.open('b');
    expect(world.opened).toEqual([null, 's1']);
    expect(world.stopped).toEqual([]);
  });

  it('is handed from one page to the next, and stopped where none comes', async () => {
    const first = world.held();
    await first.open('a');
    first.leave();
    const second = world.held();
    await second.open('b');
    vi.runAllTimers();
    expect(world.opened).toEqual([null, 's1']);
    expect(world.stopped).toEqual([]);
    second.leave();
    vi.runAllTimers();
    expect(world.stopped).toEqual(['s2']);
  });

  it('is found again by a reload of its tab, and by no copy of it', async () => {
    const held = world.held();
    await held.open('a');
    await world.held().open('copy');
    held.leave({ leaving: true });
    expect(world.stopped).toEqual(['s1']);
    await world.held().open('a');
    await world.held().open('copy of the reloaded');
    expect(world.opened).toEqual([null, null, 's1', null]);
  });

  it('says who holds the places, and takes one over', async () => {
    world.full = true;
    const held = world.held();
    expect(await held.open('a')).toBeNull();
    expect(held.limit?.holders.map((holder) => holder.title)).toEqual(['Film']);
    await held.open('a', 'tv');
    expect(held.limit).toBeNull();
    expect(held.playback?.session_id).toBe('s1');
  });

  it('keeps no place of its own beside the one it takes over', async () => {
    const held = world.held();
    await held.open('a');
    await held.open('a', 'tv');
    expect(world.stopped).toEqual(['s1']);
  });

  it('that comes too late gives its place to what is wanted by now', async () => {
    const answer = world.wait();
    const held = world.held();
    const first = held.open('a');
    await Promise.resolve(); // it was asked for
    const [second, third] = [held.open('b'), held.open('c')];
    answer();
    expect(await Promise.all([first, second, third])).toEqual([null, null, { session_id: 's2' }]);
    expect(world.opened).toEqual([null, 's1']);
    expect(held.playback?.session_id).toBe('s2');
    expect(world.stopped).toEqual([]);
  });

  it('that comes after its page was left is given back', async () => {
    const answer = world.wait();
    const held = world.held();
    const opening = held.open('a');
    await Promise.resolve();
    held.leave();
    answer();
    expect(await opening).toBeNull();
    expect(held.playback).toBeNull();
    vi.runAllTimers();
    expect(world.stopped).toEqual(['s1']);
  });

  it('throws other problems', async () => {
    const held = new HeldStream({ ...world.around, open: () => Promise.reject(new Problem(404, 'nothing_to_play', '')) });
    await expect(held.open('a')).rejects.toThrow('nothing_to_play');
    expect(held.limit).toBeNull();
  });

  it('hears that it was stopped, and of no other', async () => {
    const held = world.held();
    await held.open('a');
    expect(held.heard({ session_id: 'other', reason: 'stopped' })).toBe(false);
    expect(held.stopped).toBeNull();
    expect(held.heard({ session_id: 's1', reason: 'taken_over' })).toBe(true);
    expect(held.stopped).toBe('taken_over');
    await held.open('a');
    expect(held.stopped).toBeNull();
  });

  it('of somebody signed out is nobody’s to stop', async () => {
    world.counted = false;
    const held = world.held();
    await held.open('a');
    held.leave();
    vi.runAllTimers();
    expect(world.stopped).toEqual([]);
  });
});
