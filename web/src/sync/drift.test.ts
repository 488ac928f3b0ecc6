import { describe, expect, it } from 'vitest';
import { DriftCorrector, type PlayerMode } from './drift';
import type { Playback } from './playback';
import { PLACES, vectors } from './vectors';

interface Follow {
  readonly follow: Playback;
}

interface Look {
  readonly see: { readonly now_ms: number; readonly room_ms: number; readonly position_ms: number; readonly mode: PlayerMode };
  readonly steer: {
    readonly rate: number;
    readonly play_in_ms: number | null;
    readonly seek_to_ms: number | null;
    readonly drift_ms: number | null;
  };
}

interface Vector {
  readonly name: string;
  readonly steps: readonly (Follow | Look)[];
  readonly seeks: number;
  readonly rate_changes: number;
  readonly honours_rate: boolean;
}

describe('the drift corrector steers as its Python twin does', () => {
  it.each(vectors<Vector>('drift'))('$name', ({ steps, seeks, rate_changes, honours_rate }) => {
    const corrector = new DriftCorrector();
    for (const [index, step] of steps.entries()) {
      if ('follow' in step) {
        corrector.follow(step.follow);
        continue;
      }
      const { see, steer } = step;
      const steering = corrector.step({ nowMs: see.now_ms, roomMs: see.room_ms, positionMs: see.position_ms, mode: see.mode });
      expect(steering, `step ${index}`).toEqual({
        rate: near(steer.rate),
        playInMs: near(steer.play_in_ms),
        seekToMs: near(steer.seek_to_ms),
        driftMs: near(steer.drift_ms),
      });
    }
    expect([corrector.seeks, corrector.rateChanges, corrector.honoursRate]).toEqual([seeks, rate_changes, honours_rate]);
  });

  it('does nothing before it knows of a room', () => {
    const steering = new DriftCorrector().step({ nowMs: 0, roomMs: 0, positionMs: 0, mode: 'paused' });
    expect(steering).toEqual({ rate: 1, playInMs: null, seekToMs: null, driftMs: null });
  });
});

function near(value: number | null): unknown {
  return value === null ? null : (expect.closeTo(value, PLACES) as unknown);
}
