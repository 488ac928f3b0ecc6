import { describe, expect, it } from 'vitest';
import { positionAt, timeAt, type Playback } from './playback';
import { PLACES, vectors } from './vectors';

interface Vector {
  readonly name: string;
  readonly playback: Playback;
  readonly position_at: readonly (readonly [number, number])[];
  readonly time_at: readonly (readonly [number, number])[];
}

describe('position arithmetic gives what its Python twin gives', () => {
  it.each(vectors<Vector>('playback'))('$name', ({ playback, position_at, time_at }) => {
    for (const [atMs, positionMs] of position_at) expect(positionAt(playback, atMs)).toBeCloseTo(positionMs, PLACES);
    for (const [positionMs, atMs] of time_at) expect(timeAt(playback, positionMs)).toBeCloseTo(atMs, PLACES);
  });
});
