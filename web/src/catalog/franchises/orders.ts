/** The orders of a franchise, as lists that an editor moves things in. Pure. */
import type { Franchise, FranchiseDraft, FranchiseMember, Order } from '../../api/catalog/franchises';
import type { Release } from '../../api/types';
import { t } from '../../i18n/i18n.svelte';
import { differing, type Difference } from '../../ui/stale';
import { releaseTitle } from '../labels';

/** `members`, the first to watch first. */
export function inOrder(members: readonly FranchiseMember[], order: Order): readonly FranchiseMember[] {
  return [...members].sort((a, b) => a[`${order}_place`] - b[`${order}_place`]);
}

/** Whether two orders have the releases in the same row. */
export function sameOrder(members: readonly FranchiseMember[], one: Order, other: Order): boolean {
  const ids = (order: Order): string => inOrder(members, order).map((member) => member.release.id).join();
  return ids(one) === ids(other);
}

/** What an editor has before them: each order as a list of releases. */
export interface Editing {
  readonly releases: Readonly<Record<string, Release>>;
  readonly orders: Readonly<Record<Order, readonly string[]>>;
  readonly skipped: Readonly<Record<string, boolean>>;
  readonly notes: Readonly<Record<string, string>>;
  readonly relations: readonly FranchiseDraft['relations'][number][];
}

export const NOTHING: Editing = { releases: {}, orders: { recommended: [], chronological: [], release: [] }, skipped: {}, notes: {}, relations: [] };

export function editing(franchise: Franchise): Editing {
  const ids = (order: Order): string[] => inOrder(franchise.members, order).map((member) => member.release.id);
  return {
    releases: Object.fromEntries(franchise.members.map((member) => [member.release.id, member.release])),
    orders: { recommended: ids('recommended'), chronological: ids('chronological'), release: ids('release') },
    skipped: Object.fromEntries(franchise.members.map((member) => [member.release.id, member.may_skip])),
    notes: Object.fromEntries(franchise.members.map((member) => [member.release.id, member.note])),
    relations: franchise.relations,
  };
}

/** With one more release, at the end of every order. */
export function withRelease(now: Editing, release: Release): Editing {
  if (now.releases[release.id]) return now;
  const { recommended, chronological, release: released } = now.orders;
  return {
    ...now,
    releases: { ...now.releases, [release.id]: release },
    orders: { recommended: [...recommended, release.id], chronological: [...chronological, release.id], release: [...released, release.id] },
  };
}

/** Without one, and what was said of how it is related. */
export function withoutRelease(now: Editing, id: string): Editing {
  const keep = (ids: readonly string[]): string[] => ids.filter((one) => one !== id);
  return {
    ...now,
    releases: Object.fromEntries(Object.entries(now.releases).filter(([one]) => one !== id)),
    orders: { recommended: keep(now.orders.recommended), chronological: keep(now.orders.chronological), release: keep(now.orders.release) },
    relations: now.relations.filter((relation) => relation.from_id !== id && relation.to_id !== id),
  };
}

/** By year and season, as far as they are known; what is alike stays as it was. */
export function byDate(now: Editing, ids: readonly string[]): readonly string[] {
  const seasons = ['winter', 'spring', 'summer', 'autumn'];
  const key = (id: string): number => {
    const release = now.releases[id];
    return (release?.year ?? 9999) * 4 + Math.max(0, seasons.indexOf(release?.season ?? ''));
  };
  return [...ids].sort((a, b) => key(a) - key(b));
}

export function draftOf(facts: { readonly alias: string; readonly name: string; readonly description: string }, now: Editing): FranchiseDraft {
  const place = (order: Order, id: string): number => now.orders[order].indexOf(id) + 1;
  return {
    ...facts,
    members: now.orders.release.map((id) => ({
      release_id: id,
      release_place: place('release', id),
      chronological_place: place('chronological', id),
      recommended_place: place('recommended', id),
      may_skip: now.skipped[id] ?? false,
      note: (now.notes[id] ?? '').trim(),
    })),
    relations: [...now.relations],
  };
}

/** What an editor has before them and what somebody else saved, where they differ. */
export function differencesOf(facts: { readonly alias: string; readonly name: string; readonly description: string }, now: Editing, theirs: Franchise): readonly Difference[] {
  const other = editing(theirs);
  const known = { ...other.releases, ...now.releases };
  const name = (id: string): string => (known[id] ? releaseTitle(known[id]) : id);
  const order = (of: Editing, which: Order): string => of.orders[which].map(name).join(', ');
  const noted = (of: Editing): string => of.orders.recommended.filter((id) => of.notes[id]?.trim()).map((id) => `${name(id)}: ${(of.notes[id] ?? '').trim()}`).join('\n');
  const skipped = (of: Editing): string => of.orders.recommended.filter((id) => of.skipped[id]).map(name).join(', ');
  const related = (of: Editing): string => of.relations.map(({ from_id, to_id, kind }) => `${name(from_id)} → ${t(`relation.${kind}`)} → ${name(to_id)}`).sort().join('\n');
  return differing([
    [t('franchise.name'), facts.name, theirs.name],
    [t('franchise.alias'), facts.alias, theirs.alias],
    [t('franchise.description'), facts.description, theirs.description],
    [t('franchise.recommended'), order(now, 'recommended'), order(other, 'recommended')],
    [t('franchise.chronological'), order(now, 'chronological'), order(other, 'chronological')],
    [t('franchise.release'), order(now, 'release'), order(other, 'release')],
    [t('franchise.may_skip'), skipped(now), skipped(other)],
    [t('franchise.note'), noted(now), noted(other)],
    [t('franchise.relations'), related(now), related(other)],
  ]);
}
