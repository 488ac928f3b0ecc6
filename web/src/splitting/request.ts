/** What a moderator types of the new release, and the request of it. Pure. */
import type { SplitRequest } from '../api/catalog/splitting';
import type { Episode, ExternalCatalogue, Release } from '../api/types';
import { aliasFrom } from '../studio/release/releaseFields';
import { parseRanges } from './ranges';

export type CopiedList = NonNullable<SplitRequest['copied']>[number];
export const COPIED = ['credits', 'studios', 'tags'] as const satisfies readonly CopiedList[];

export interface NewReleaseFields {
  main: string;
  english: string;
  alias: string;
  type: SplitRequest['type'];
  year: number | null;
  /** Catalogues whose identifiers go along. */
  catalogues: ExternalCatalogue[];
  /** Addresses of trailers that go along. */
  trailers: string[];
  /** Lists that the new one gets a copy of. */
  copied: CopiedList[];
  renumber: boolean;
}

export function emptyFields(): NewReleaseFields {
  return { main: '', english: '', alias: '', type: 'TV', year: null, catalogues: [], trailers: [], copied: [...COPIED], renumber: true };
}

/** The address name where nobody gives one. */
export function suggestedAlias(fields: Pick<NewReleaseFields, 'main' | 'english'>): string {
  return aliasFrom(fields.english || fields.main);
}

export function requestOf(fields: NewReleaseFields, ranges: string, episodes: readonly Episode[], source: Release | null): SplitRequest {
  const chosen = new Set(parseRanges(ranges, episodes.map((episode) => episode.ordinal)).chosen);
  return {
    episode_ids: episodes.filter((episode) => chosen.has(episode.ordinal)).map((episode) => episode.id),
    alias: fields.alias.trim() || suggestedAlias(fields),
    type: fields.type,
    name: { main: fields.main.trim(), english: fields.english.trim() || null, alternative: null },
    year: fields.year,
    external_ids: Object.fromEntries(fields.catalogues.map((catalogue) => [catalogue, source?.external_ids[catalogue] ?? null])),
    trailers: fields.trailers,
    copied: fields.copied,
    renumber: fields.renumber,
  };
}
