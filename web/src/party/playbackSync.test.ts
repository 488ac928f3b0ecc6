import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Player } from '../player/player.svelte';
import { ClockFilter } from '../sync/clock';
import { SAMPLE_INTERVAL_MS } from '../sync/drift';
import { positionAt, type Playback } from '../sync/playback';
import { PlaybackSync, type Aside } from './playbackSync';

/** A media element that plays at once, and tells by events only when it is asked to, as browsers do from their queue. */
class QueuedVideo extends EventTarget {
  paused = true;
  ended = false;
  seeking = false;
  readyState = 4;
  playbackRate = 1;
  duration = 1440;
  preservesPitch = true;
  #queue: string[] = [];

  play(): Promise<void> {
    if (this.paused) this.#queue.push('play', 'playing');
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    if (!this.paused) this.#queue.push('pause');
    this.paused = true;
  }

  deliver(): void {
    for (const name of this.#queue.splice(0)) this.dispatchEvent(new Event(name));
  }
}

const RESTING: Playback = {
  media: { episode_id: 'e', title: 'Film', duration_ms: 1_440_000 },
  position_ms: 0,
  rate: 1,
  paused: true,
  anchor_ms: 0,
};

describe('PlaybackSync and what somebody outside does', () => {
  let video: QueuedVideo;
  let sync: PlaybackSync;
  let playback: Playback;
  let asides: Aside[];
  let asked: ('pause' | 'play')[];

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }));
    vi.stubGlobal('HTMLMediaElement', { HAVE_METADATA: 1, HAVE_CURRENT_DATA: 2, HAVE_FUTURE_DATA: 3 });
    video = new QueuedVideo();
    asides = [];
    asked = [];
    const clock = new ClockFilter();
    const nowMs = performance.now();
    while (!clock.locked) clock.add(nowMs, nowMs, nowMs, nowMs);
    const player = {
      placed: true,
      earliestMs: null,
      get nowMs() {
        return positionAt(playback, performance.now());
      },
      play: async () => {
        await video.play();
        return true;
      },
      seek: () => undefined,
    };
    sync = new PlaybackSync(player as unknown as Player, video as unknown as HTMLVideoElement, clock, {
      onBlocked: () => undefined,
      onOutsidePause: () => {
        asked.push('pause');
        return true;
      },
      onOutsidePlay: () => asked.push('play'),
      onAside: (aside) => asides.push(aside),
    });
    follow({ paused: true });
  });

  afterEach(() => {
    sync.destroy();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  function follow({ paused }: { paused: boolean }): void {
    playback = { ...RESTING, paused, anchor_ms: performance.now() };
    sync.follow(playback);
  }

  async function running(): Promise<void> {
    follow({ paused: false });
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    video.deliver();
    expect(video.paused).toBe(false);
  }

  it.each(['event first', 'look first'])('leaves a pause alone, %s', async (order) => {
    await running();
    video.pause();
    if (order === 'event first') video.deliver();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
    video.deliver();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    expect(video.paused).toBe(true);
    expect(asked).toEqual(['pause']);
    expect(asides).toEqual(['asked']);
  });

  it.each(['event first', 'look first'])('asks the party to go on where somebody plays, %s', async (order) => {
    void video.play();
    if (order === 'event first') video.deliver();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
    video.deliver();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    video.deliver();
    expect(video.paused).toBe(true);
    expect(asked).toEqual(['play']);
  });

  it('takes what it does itself for nobody else\'s wish', async () => {
    await running();
    follow({ paused: true });
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    video.deliver();
    await running();
    sync.stepAside();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
    sync.rejoin();
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    video.deliver();
    expect(video.paused).toBe(false);
    expect(asked).toEqual([]);
    expect(asides).toEqual(['out', 'no']);
  });

  it('does not take the end of a film for a pause', async () => {
    await running();
    Object.assign(video, { paused: true, ended: true });
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
    video.dispatchEvent(new Event('pause'));
    await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS * 4);
    expect(asked).toEqual([]);
    expect(asides).toEqual([]);
  });
});
