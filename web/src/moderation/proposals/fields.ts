/** What can be proposed of each kind of thing: the form's fields, and the changes that what was typed amounts to. Pure. */
import { EpisodeIn, NamesIn, ReleaseIn, SubtitleIn, TranslationIn } from '../../api/limits';
import type { Change, Kind, Value } from '../../api/moderation';
import type { Episode, Release } from '../../api/types';
import { AGE_RATINGS, SEASONS, TYPES } from '../../studio/release/releaseFields';
import { formatTimecode, parseTimecode } from './timecode';

export type Document = Readonly<Record<string, Value>>;

export interface Field {
  readonly name: string;
  readonly input: 'line' | 'text' | 'file' | 'number' | 'check' | 'list' | 'trailers' | 'choice' | 'language' | 'span';
  readonly required?: boolean;
  readonly max?: number;
  readonly min?: number;
  readonly choices?: readonly (string | number)[];
  /** Absent means null; other texts are empty instead. */
  readonly nullable?: boolean;
}

export const FORMS: Readonly<Record<Kind, readonly Field[]>> = {
  release: [
    { name: 'name.main', input: 'line', required: true, max: NamesIn.main.maxLength },
    { name: 'name.english', input: 'line', max: NamesIn.english.maxLength, nullable: true },
    { name: 'name.alternative', input: 'line', max: NamesIn.alternative.maxLength, nullable: true },
    { name: 'alias', input: 'line', max: ReleaseIn.alias.maxLength, required: true },
    { name: 'type', input: 'choice', choices: TYPES, required: true },
    { name: 'year', input: 'number', min: ReleaseIn.year.minimum, max: ReleaseIn.year.maximum, nullable: true },
    { name: 'season', input: 'choice', choices: SEASONS, nullable: true },
    { name: 'age_rating', input: 'choice', choices: AGE_RATINGS, required: true },
    { name: 'episodes_total', input: 'number', min: ReleaseIn.episodes_total.minimum, max: ReleaseIn.episodes_total.maximum, nullable: true },
    { name: 'genres', input: 'list' },
    { name: 'trailers', input: 'trailers' },
    { name: 'description', input: 'text', max: ReleaseIn.description.maxLength },
    { name: 'is_ongoing', input: 'check' },
  ],
  episode: [
    { name: 'ordinal', input: 'number', min: EpisodeIn.ordinal.minimum, max: EpisodeIn.ordinal.maximum, required: true },
    { name: 'name', input: 'line', max: EpisodeIn.name.maxLength },
    { name: 'recap', input: 'span' },
    { name: 'opening', input: 'span' },
    { name: 'ending', input: 'span' },
    { name: 'preview', input: 'span' },
  ],
  translation: [
    { name: 'language', input: 'language', required: true },
    { name: 'name', input: 'line', max: TranslationIn.name.maxLength },
    { name: 'description', input: 'text', max: TranslationIn.description.maxLength },
  ],
  subtitle: [
    { name: 'language', input: 'language', required: true },
    { name: 'label', input: 'line', max: SubtitleIn.label.maxLength, required: true },
    { name: 'text', input: 'file', max: SubtitleIn.text.maxLength, required: true },
    { name: 'forced', input: 'check' },
    { name: 'sdh', input: 'check' },
  ],
};

/** A stretch of an episode as its two ends are typed. */
export interface RawSpan {
  readonly start: string;
  readonly stop: string;
}

/** What an input holds. */
export type Raw = string | number | boolean | null | RawSpan;

/** A stretch of an episode. A type, as only those are JSON values. */
export type Span = { readonly start_ms: number; readonly stop_ms: number };

export function isSpan(value: Value | undefined): value is Span {
  return typeof value === 'object' && value !== null && 'start_ms' in value && 'stop_ms' in value;
}

export function spanRaw(raw: Raw | undefined): RawSpan {
  return typeof raw === 'object' && raw !== null ? raw : { start: '', stop: '' };
}

export function releaseDocument(release: Release): Document {
  return {
    'name.main': release.name.main,
    'name.english': release.name.english,
    'name.alternative': release.name.alternative,
    alias: release.alias,
    type: release.type,
    year: release.year,
    season: release.season,
    age_rating: release.age_rating,
    episodes_total: release.episodes_total,
    genres: release.genres.map((genre) => genre.name),
    trailers: release.trailers.map(({ url, title, language }) => ({ url, title, language })),
    description: release.description,
    is_ongoing: release.is_ongoing,
  };
}

/** Of an episode: stretches that somebody says, or a program found. */
export const MARKS = ['recap', 'opening', 'ending', 'preview'] as const;

export function episodeDocument(episode: Episode): Document {
  const span = (of: Span | null): Value => of && { start_ms: of.start_ms, stop_ms: of.stop_ms };
  return { ordinal: episode.ordinal, name: episode.name, recap: span(episode.recap), opening: span(episode.opening), ending: span(episode.ending), preview: span(episode.preview) };
}

/** A trailer as it is proposed. A type, as only those are JSON values. */
export type TrailerValue = { readonly url: string; readonly title: string; readonly language: string | null };

export function isTrailer(value: Value): value is TrailerValue {
  return typeof value === 'object' && value !== null && 'url' in value;
}

/** One trailer a line, the address first: "https://… What it is called". */
function trailerLine({ url, title }: TrailerValue): string {
  return [url, title].filter(Boolean).join(' ');
}

/** `before` knows the languages of those that stay. */
function trailersIn(text: string, before: Value | undefined): TrailerValue[] {
  const known = new Map((Array.isArray(before) ? (before as readonly Value[]) : []).filter(isTrailer).map((one) => [one.url, one.language]));
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [url = '', ...words] = line.split(/\s+/);
      return { url, title: words.join(' '), language: known.get(url) ?? null };
    });
}

export function rawOf(field: Field, value: Value | undefined): Raw {
  if (field.input === 'trailers') return Array.isArray(value) ? (value as readonly Value[]).filter(isTrailer).map(trailerLine).join('\n') : '';
  if (field.input === 'check') return value === true;
  if (field.input === 'list') return Array.isArray(value) ? value.join(', ') : '';
  if (field.input === 'number') return typeof value === 'number' ? value : null;
  if (field.input === 'span') return isSpan(value) ? { start: formatTimecode(value.start_ms), stop: formatTimecode(value.stop_ms) } : spanRaw(null);
  return value === null || value === undefined ? '' : String(value as string | number);
}

export function valueOf(field: Field, raw: Raw | undefined, before?: Value): Value {
  if (field.input === 'check') return raw === true;
  if (field.input === 'number') return typeof raw === 'number' ? raw : null;
  if (field.input === 'span') {
    const [start, stop] = [parseTimecode(spanRaw(raw).start), parseTimecode(spanRaw(raw).stop)];
    // What is half typed is nothing yet; its input keeps the form from being sent.
    return start === null || stop === null ? null : { start_ms: start, stop_ms: stop };
  }
  const text = String(raw ?? '').trim();
  if (field.input === 'trailers') return trailersIn(text, before);
  if (field.input === 'list') {
    return [...new Set(text.split(',').map((name) => name.trim()))].filter(Boolean);
  }
  if (text === '' && field.nullable) return null;
  return field.choices?.find((choice) => String(choice) === text) ?? text;
}

/** The fields whose typed value says something else than what stands there; everything filled in, where it is new. */
export function changesOf(kind: Kind, before: Document | null, raw: Readonly<Record<string, Raw>>): Change[] {
  const changes: Change[] = [];
  for (const field of FORMS[kind]) {
    const was = before?.[field.name] ?? (before === null ? null : valueOf(field, rawOf(field, undefined)));
    const after = valueOf(field, raw[field.name], was);
    if (before === null ? isEmpty(after) : same(was, after)) continue;
    changes.push({ field: field.name, before: was, after, current: was, conflict: false });
  }
  return changes;
}

function isEmpty(value: Value): boolean {
  return value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);
}

/** Lists of names say the same in any order. */
export function same(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    // The order of trailers is meant.
    if ([...(a as readonly Value[]), ...(b as readonly Value[])].some(isTrailer)) return JSON.stringify(a) === JSON.stringify(b);
    const names = (list: readonly Value[]): string => list.map((name) => String(name as string).toLowerCase()).sort().join('\n');
    return names(a as readonly Value[]) === names(b as readonly Value[]);
  }
  if (isSpan(a) && isSpan(b)) return a.start_ms === b.start_ms && a.stop_ms === b.stop_ms;
  return a === b;
}
