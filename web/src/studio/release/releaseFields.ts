/** The release form: what an editor types, and the draft the server gets. Pure. */
import type { ReleaseDraft } from '../../api/catalog/catalog';
import { ExternalIdsIn, ReleaseIn } from '../../api/limits';
import type { ExternalCatalogue, Release } from '../../api/types';

export const TYPES = ['TV', 'MOVIE', 'ONA', 'OVA', 'OAD', 'WEB', 'SPECIAL', 'DORAMA'] as const satisfies readonly ReleaseDraft['type'][];
export const SEASONS = ['winter', 'spring', 'summer', 'autumn'] as const satisfies readonly ReleaseDraft['season'][];
/** Catalogue → its name, and what its identifiers look like. */
export const CATALOGUES: Readonly<Record<ExternalCatalogue, { readonly name: string; readonly pattern: string; readonly example: string }>> = {
  mal: { name: 'MyAnimeList', pattern: ExternalIdsIn.mal.pattern, example: '1' },
  shikimori: { name: 'Shikimori', pattern: ExternalIdsIn.shikimori.pattern, example: '1' },
  anilist: { name: 'AniList', pattern: ExternalIdsIn.anilist.pattern, example: '1' },
  anidb: { name: 'AniDB', pattern: ExternalIdsIn.anidb.pattern, example: '23' },
  kinopoisk: { name: 'Kinopoisk', pattern: ExternalIdsIn.kinopoisk.pattern, example: '256084' },
  imdb: { name: 'IMDb', pattern: ExternalIdsIn.imdb.pattern, example: 'tt0213338' },
  bangumi: { name: 'Bangumi', pattern: ExternalIdsIn.bangumi.pattern, example: '253' },
  tmdb: { name: 'TMDB', pattern: ExternalIdsIn.tmdb.pattern, example: 'tv/30991' },
};
export const AIRING_STATUSES = ['announced', 'ongoing', 'paused', 'finished', 'cancelled'] as const satisfies readonly Release['airing_status'][];
export const AGE_RATINGS = [0, 6, 12, 16, 18] as const satisfies readonly ReleaseDraft['age_rating'][];

export interface ReleaseFields {
  alias: string;
  type: ReleaseDraft['type'];
  year: number | null;
  episodesTotal: number | null;
  season: NonNullable<ReleaseDraft['season']> | '';
  main: string;
  english: string;
  alternative: string;
  description: string;
  ageRating: ReleaseDraft['age_rating'];
  airingStatus: Release['airing_status'];
  genres: string;
  externalIds: Record<ExternalCatalogue, string>;
  names: OtherName[];
  trailers: TrailerFields[];
  /** Where it may not be shown: ISO 3166-1 codes. */
  regions: string[];
  copyright: boolean;
}

/** One more name that a release is found by; an empty language is one that nobody said. */
export interface OtherName {
  text: string;
  language: string;
  kind: Release['names'][number]['kind'];
}

/** A trailer by its address; an empty language is one that nobody said. */
export interface TrailerFields {
  url: string;
  title: string;
  language: string;
}

export function fieldsOf(release: Release | null): ReleaseFields {
  return {
    alias: release?.alias ?? '',
    type: release?.type ?? 'TV',
    year: release?.year ?? null,
    episodesTotal: release?.episodes_total ?? null,
    season: release?.season ?? '',
    main: release?.name.main ?? '',
    english: release?.name.english ?? '',
    alternative: release?.name.alternative ?? '',
    description: release?.description ?? '',
    ageRating: release?.age_rating ?? 0,
    airingStatus: release?.airing_status ?? 'finished',
    genres: release?.genres.map((genre) => genre.name).join(', ') ?? '',
    externalIds: eachCatalogue((catalogue) => release?.external_ids[catalogue] ?? ''),
    names: release?.names.map(({ text, language, kind }) => ({ text, language: language ?? '', kind })) ?? [],
    trailers: release?.trailers.map(({ url, title, language }) => ({ url, title, language: language ?? '' })) ?? [],
    regions: [...(release?.blocks.regions ?? [])],
    copyright: release?.blocks.copyright ?? false,
  };
}

export function draftOf(fields: ReleaseFields): ReleaseDraft {
  return {
    alias: fields.alias.trim() || aliasFrom(fields.english || fields.main),
    type: fields.type,
    year: fields.year,
    season: fields.season || null,
    name: {
      main: fields.main.trim(),
      english: fields.english.trim() || null,
      alternative: fields.alternative.trim() || null,
    },
    description: fields.description.trim(),
    age_rating: fields.ageRating,
    is_ongoing: fields.airingStatus === 'ongoing',
    airing_status: fields.airingStatus,
    episodes_total: fields.episodesTotal,
    external_ids: eachCatalogue((catalogue) => fields.externalIds[catalogue].trim() || null),
    genres: commaList(fields.genres),
    names: fields.names
      .map(({ text, language, kind }) => ({ text: text.trim(), language: language.trim() || null, kind }))
      .filter(({ text }) => text !== ''),
    trailers: fields.trailers
      .map(({ url, title, language }) => ({ url: url.trim(), title: title.trim(), language: language.trim() || null }))
      .filter(({ url }) => url !== ''),
    blocks: { regions: [...fields.regions], copyright: fields.copyright },
  };
}

/** "Drama, Slice of life" as its parts. */
export function commaList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function eachCatalogue<T>(value: (catalogue: ExternalCatalogue) => T): Record<ExternalCatalogue, T> {
  const names = Object.keys(CATALOGUES) as ExternalCatalogue[];
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<ExternalCatalogue, T>;
}

const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  [...'абвгдеёжзийклмнопрстуфхцчшщъыьэюя'].map((letter, index) => [
    letter,
    ['a', 'b', 'v', 'g', 'd', 'e', 'e', 'zh', 'z', 'i', 'y', 'k', 'l', 'm', 'n', 'o', 'p', 'r', 's', 't', 'u', 'f', 'kh', 'ts', 'ch', 'sh', 'shch', '', 'y', '', 'e', 'yu', 'ya'][index] ?? '',
  ]),
);

/** A name for the address out of a title: lower-case Latin letters, digits and single hyphens. */
export function aliasFrom(title: string): string {
  return [...title.toLowerCase()]
    .map((letter) => CYRILLIC[letter] ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, ReleaseIn.alias.maxLength)
    .replace(/^-+|-+$/g, '');
}
