/** One change of many releases: what an editor chose, what is sent, and what is said of it. Pure. */
import type { BulkIn, BulkOut } from '../../api/catalog/releases';
import { commaList } from '../release/releaseFields';

type Fields = NonNullable<BulkIn['set']>;

/** As the form has it: empty stands for "as it is". */
export interface BulkChange {
  addGenres: string;
  removeGenres: string;
  type: Fields['type'] | '';
  ageRating: NonNullable<Fields['age_rating']> | '';
  airingStatus: Fields['airing_status'] | '';
  season: NonNullable<Fields['season']> | 'none' | '';
  year: number | null;
  /** It shall have none. */
  clearYear: boolean;
  action: NonNullable<BulkIn['action']> | '';
}

export function noChange(): BulkChange {
  return { addGenres: '', removeGenres: '', type: '', ageRating: '', airingStatus: '', season: '', year: null, clearYear: false, action: '' };
}

/** What is sent, but for the releases it is of; null where nothing was chosen. */
export function changeOf(form: BulkChange): Omit<BulkIn, 'ids'> | null {
  const set: Fields = {
    ...(form.type ? { type: form.type } : {}),
    ...(form.ageRating === '' ? {} : { age_rating: form.ageRating }),
    ...(form.airingStatus ? { airing_status: form.airingStatus } : {}),
    ...(form.season ? { season: form.season === 'none' ? null : form.season } : {}),
    ...(form.clearYear ? { year: null } : form.year === null ? {} : { year: form.year }),
  };
  const change = {
    set,
    add_genres: commaList(form.addGenres),
    remove_genres: commaList(form.removeGenres),
    action: form.action || null,
  };
  const any = Object.keys(set).length + change.add_genres.length + change.remove_genres.length > 0 || change.action !== null;
  return any ? change : null;
}

/** Parts of at most `size`, so that there is something to tell while it goes on. */
export function parts<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) => items.slice(place * size, (place + 1) * size));
}

/** What became of several parts, as one; it was applied where any was. */
export function joined(results: readonly BulkOut[]): BulkOut {
  const sum = (count: 'changed' | 'unchanged' | 'failed') => results.reduce((total, each) => total + each[count], 0);
  return {
    applied: results.some((each) => each.applied),
    changed: sum('changed'),
    unchanged: sum('unchanged'),
    failed: sum('failed'),
    items: results.flatMap((each) => each.items),
  };
}

/** `ids` with `more` behind, each once, as far as `max` goes. */
export function withMore(ids: readonly string[], more: readonly string[], max: number): readonly string[] {
  return [...new Set([...ids, ...more])].slice(0, max);
}
