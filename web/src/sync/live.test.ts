import { describe, expect, it } from 'vitest';
import { newestMs, oldestMs, watchable, type Live } from './live';
import { PLACES, vectors } from './vectors';

interface Vector {
  readonly name: string;
  readonly live: Live;
  readonly newest: readonly (readonly [number, number])[];
  readonly oldest: readonly (readonly [number, number])[];
  readonly watchable: readonly (readonly [number, number, number])[];
}

describe('a party around a live channel may go where its Python twin lets it go', () => {
  it.each(vectors<Vector>('live'))('$name', ({ live, newest, oldest, watchable: within }) => {
    for (const [atMs, positionMs] of newest) expect(newestMs(live, atMs)).toBeCloseTo(positionMs, PLACES);
    for (const [atMs, positionMs] of oldest) expect(oldestMs(live, atMs)).toBeCloseTo(positionMs, PLACES);
    for (const [atMs, wantedMs, positionMs] of within) expect(watchable(live, wantedMs, atMs)).toBeCloseTo(positionMs, PLACES);
  });
});
