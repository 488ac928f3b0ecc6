import { beforeEach, describe, expect, it } from 'vitest';
import type { ProgressItem } from '../api/types';
import { ProgressTracker } from './tracker';

let now: number;
let delivers: boolean;
let sent: ProgressItem[];
let last: ProgressItem[];
let tracker: ProgressTracker;

beforeEach(() => {
  now = 1_000_000;
  delivers = true;
  sent = [];
  last = [];
  tracker = new ProgressTracker('episode', {
    now: () => now,
    send: async (item) => {
      sent.push(item);
      return delivers;
    },
    sendLast: (item) => last.push(item),
  });
});

function at(positionMs: number) {
  return { positionMs, durationMs: 60_000 };
}

describe('ProgressTracker', () => {
  it('reports every five seconds while playing', () => {
    for (let ms = 0; ms <= 11_000; ms += 250) {
      now = 1_000_000 + ms;
      tracker.playing(at(ms));
    }
    expect(sent.map((item) => item.position_ms)).toEqual([0, 5_000, 10_000]);
    expect(sent[1]).toEqual({ episode_id: 'episode', position_ms: 5_000, duration_ms: 60_000, at_ms: 1_005_000 });
  });

  it('reports a pause at once, and only once', () => {
    tracker.playing(at(0));
    now += 1_000;
    tracker.settled(at(1_000));
    tracker.settled(at(1_000));
    expect(sent.map((item) => item.position_ms)).toEqual([0, 1_000]);
  });

  it('says what is listened to, where there is a choice', () => {
    tracker.playing({ ...at(0), voice: { language: 'ru', label: 'Studio' } });
    tracker.leaving({ ...at(1_000), voice: null });
    expect([...sent, ...last].map((item) => item.audio)).toEqual([{ language: 'ru', label: 'Studio' }, undefined]);
  });

  it('says nothing before the duration is known', () => {
    tracker.playing({ positionMs: 0, durationMs: 0 });
    tracker.settled({ positionMs: 0, durationMs: Number.NaN });
    tracker.leaving({ positionMs: 0, durationMs: 0 });
    expect([...sent, ...last]).toEqual([]);
  });

  it('tries again with a newer position two seconds after a failure, and not at every tick', async () => {
    delivers = false;
    tracker.playing(at(0));
    await Promise.resolve();
    await Promise.resolve();
    for (let ms = 250; ms <= 2_250; ms += 250) {
      now = 1_000_000 + ms;
      tracker.playing(at(ms));
    }
    expect(sent.map((item) => item.position_ms)).toEqual([0, 2_000]);
  });

  it('leaves with the last position, whatever was reported before', () => {
    tracker.settled(at(7_000));
    tracker.leaving(at(7_000.6));
    expect(last).toEqual([{ episode_id: 'episode', position_ms: 7_001, duration_ms: 60_000, at_ms: 1_000_000 }]);
  });
});
