import { describe, expect, it } from 'vitest';
import { MISSED_MS, Searches } from './choices';

describe('Searches', () => {
  function searching() {
    const told: [string, string][] = [];
    const clock = { now: 0 };
    return { told, clock, searches: new Searches((query, release) => void told.push([query, release]), () => clock.now) };
  }

  it('tells what was searched for when a release was opened', () => {
    const { told, searches } = searching();
    searches.chose(' kny ', 'a');
    expect(told).toEqual([['kny', 'a']]);
  });

  it('tells what found nothing before, typed to its end, once', () => {
    const { told, searches } = searching();
    for (const text of ['кли', 'клинок', 'Клинок расс', 'клинок', 'кл']) searches.missed(text);
    searches.chose('kimetsu', 'a');
    searches.chose('bleach', 'b');
    expect(told).toEqual([['kimetsu', 'a'], ['Клинок расс', 'a'], ['bleach', 'b']]);
  });

  it('leaves out the beginnings of what found it, and what is long ago', () => {
    const { told, clock, searches } = searching();
    searches.missed('old');
    clock.now = MISSED_MS + 1;
    searches.missed('kimet');
    searches.chose('Kimetsu', 'a');
    expect(told).toEqual([['Kimetsu', 'a']]);
  });
});
