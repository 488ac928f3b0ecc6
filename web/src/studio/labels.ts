/** What the studio calls things, in words. */
import type { Release } from '../api/types';
import { language, languageName, t } from '../i18n/i18n.svelte';
import { seasonName, typeName } from '../catalog/labels';
import { CATALOGUES, type OtherName, type ReleaseFields } from './release/releaseFields';
import { regionName } from './release/regions';

export const KIND_NAMES = {
  official: 'edit.names.official',
  synonym: 'edit.names.synonym',
  abbreviation: 'edit.names.abbreviation',
  romanised: 'edit.names.romanised',
  reading: 'edit.names.reading',
} as const satisfies Readonly<Record<OtherName['kind'], string>>;

export const AIRING_NAMES = {
  announced: 'edit.airing.announced',
  ongoing: 'edit.airing.ongoing',
  paused: 'edit.airing.paused',
  finished: 'edit.airing.finished',
  cancelled: 'edit.airing.cancelled',
} as const satisfies Readonly<Record<Release['airing_status'], string>>;

/** Form field → its name; fields of the server's that have another name here as well. */
export const FIELD_NAMES = {
  main: 'edit.name_main',
  english: 'edit.name_english',
  alternative: 'edit.name_alternative',
  alias: 'edit.alias',
  genres: 'release.genres',
  type: 'edit.type',
  year: 'edit.year',
  episodesTotal: 'edit.episodes_total',
  episodes_total: 'edit.episodes_total',
  season: 'edit.season',
  ageRating: 'edit.age_rating',
  age_rating: 'edit.age_rating',
  airingStatus: 'edit.airing',
  airing_status: 'edit.airing',
  description: 'edit.description',
  externalIds: 'edit.external_ids',
  names: 'edit.names',
  trailers: 'edit.trailers',
  text: 'edit.names',
  language: 'edit.names.language',
  regions: 'edit.blocks.regions',
  copyright: 'edit.blocks.copyright',
  status: 'bulk.field_status',
  deleted: 'bulk.field_deleted',
} as const;

export function fieldName(field: string): string {
  return field in FIELD_NAMES ? t(FIELD_NAMES[field as keyof typeof FIELD_NAMES]) : field;
}

export function otherNameText({ text, language: tag, kind }: OtherName): string {
  const about = [tag ? languageName(tag) : '', t(KIND_NAMES[kind])].filter(Boolean).join(', ');
  return `${text} (${about})`;
}

/** What a field of the form holds, one line each. */
export function fieldLines(field: keyof ReleaseFields, fields: ReleaseFields): readonly string[] {
  const lines = linesOf(field, fields).filter(Boolean);
  return lines.length > 0 ? lines : [t('edit.nothing')];
}

function linesOf(field: keyof ReleaseFields, fields: ReleaseFields): readonly string[] {
  switch (field) {
    case 'names':
      return fields.names.map(otherNameText);
    case 'trailers':
      return fields.trailers.map(({ url, title, language: tag }) => [title, tag ? languageName(tag) : '', url].filter(Boolean).join(', '));
    case 'regions':
      return fields.regions.map((code) => regionName(language.locale, code));
    case 'copyright':
      return [fields.copyright ? t('edit.yes') : t('edit.no')];
    case 'externalIds':
      return Object.entries(CATALOGUES).map(([key, { name }]) => {
        const value = fields.externalIds[key as keyof typeof CATALOGUES];
        return value ? `${name}: ${value}` : '';
      });
    case 'type':
      return [typeName(fields.type)];
    case 'season':
      return [fields.season ? seasonName(fields.season) : ''];
    case 'ageRating':
      return [`${fields.ageRating}+`];
    case 'airingStatus':
      return [t(AIRING_NAMES[fields.airingStatus])];
    case 'year':
    case 'episodesTotal':
      return [fields[field] === null ? '' : String(fields[field])];
    default:
      return [fields[field]];
  }
}

/** A value that the server says of a field, before or after a change of many releases. */
export function changedValue(field: string, value: unknown): string {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('edit.nothing');
  if (typeof value === 'boolean') return value ? t('edit.yes') : t('edit.no');
  if (Array.isArray(value)) return value.map(String).join(', ');
  if (typeof value !== 'string' && typeof value !== 'number') return JSON.stringify(value);
  const text = String(value);
  switch (field) {
    case 'type':
      return typeName(text);
    case 'season':
      return seasonName(text);
    case 'age_rating':
      return `${text}+`;
    case 'airing_status':
      return text in AIRING_NAMES ? t(AIRING_NAMES[text as keyof typeof AIRING_NAMES]) : text;
    case 'status':
      return text === 'draft' ? t('release.draft') : t('edit.published');
    default:
      return text;
  }
}
