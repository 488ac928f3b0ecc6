import { describe, expect, it } from 'vitest';
import type { Franchise } from '../../api/catalog/franchises';
import type { Release } from '../../api/types';
import { byDate, draftOf, editing, inOrder, NOTHING, sameOrder, withoutRelease, withRelease } from './orders';

const release = (id: string, year: number | null = null, season: Release['season'] = null): Release => ({ id, year, season }) as Release;
const member = (id: string, recommended: number, chronological: number, released: number) => ({
  release: release(id), recommended_place: recommended, chronological_place: chronological, release_place: released, may_skip: id === 'b', note: id === 'c' ? 'Last' : '',
});
const FRANCHISE = {
  members: [member('a', 1, 9, 1), member('b', 5, 2, 2), member('c', 7, 3, 3)],
  relations: [{ from_id: 'a', to_id: 'b', kind: 'sequel' }],
} as unknown as Franchise;

describe('the orders of a franchise', () => {
  it('are lists of the same releases', () => {
    expect(inOrder(FRANCHISE.members, 'chronological').map((one) => one.release.id)).toEqual(['b', 'c', 'a']);
    expect(sameOrder(FRANCHISE.members, 'recommended', 'release')).toBe(true);
    expect(sameOrder(FRANCHISE.members, 'recommended', 'chronological')).toBe(false);
  });

  it('come back as places from 1', () => {
    const draft = draftOf({ alias: 'x', name: 'X', description: '' }, editing(FRANCHISE));
    expect(draft.members.map((one) => [one.release_id, one.release_place, one.chronological_place, one.recommended_place])).toEqual([['a', 1, 3, 1], ['b', 2, 1, 2], ['c', 3, 2, 3]]);
    expect(draft.members.map((one) => [one.may_skip, one.note])).toEqual([[false, ''], [true, ''], [false, 'Last']]);
  });

  it('take a release at the end, once, and let it go with its relations', () => {
    const more = withRelease(withRelease(editing(FRANCHISE), release('d')), release('d'));
    expect(more.orders.chronological).toEqual(['b', 'c', 'a', 'd']);
    const less = withoutRelease(more, 'b');
    expect([less.orders.release, less.relations]).toEqual([['a', 'c', 'd'], []]);
  });

  it('can follow the calendar', () => {
    const now = [release('x', 2010, 'autumn'), release('y', 2010, 'spring'), release('z')].reduce(withRelease, NOTHING);
    expect(byDate(now, now.orders.release)).toEqual(['y', 'x', 'z']);
  });
});
