/** Two people edited the same release: what differs, and what comes of the choice. Pure. */
import type { ReleaseFields } from '../release/releaseFields';

export type Side = 'mine' | 'theirs';

export interface Difference {
  readonly field: keyof ReleaseFields;
  /** Who changed it since both began: where only they did, theirs is meant. */
  readonly suggested: Side;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields of which `mine` and `theirs` say different things; both began with `base`. */
export function differencesOf(base: ReleaseFields, mine: ReleaseFields, theirs: ReleaseFields): Difference[] {
  return (Object.keys(mine) as (keyof ReleaseFields)[])
    .filter((field) => !same(mine[field], theirs[field]))
    .map((field) => ({ field, suggested: same(mine[field], base[field]) ? 'theirs' : 'mine' }));
}

/** `theirs`, with what was chosen of `mine`. */
export function merged(mine: ReleaseFields, theirs: ReleaseFields, chosen: Readonly<Partial<Record<keyof ReleaseFields, Side>>>): ReleaseFields {
  const kept = Object.entries(mine).filter(([field]) => chosen[field as keyof ReleaseFields] === 'mine');
  return { ...theirs, ...Object.fromEntries(kept) };
}

export function sameFields(one: ReleaseFields, other: ReleaseFields): boolean {
  return same(one, other);
}
