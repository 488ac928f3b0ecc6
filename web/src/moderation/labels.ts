/** Proposals and reports, in words. */
import type { ProposalState, Value } from '../api/moderation';
import type { MarkedSpan } from '../api/types';
import { seasonName, typeName } from '../catalog/labels';
import { momentText } from '../i18n/format';
import { language, languageName, t } from '../i18n/i18n.svelte';
import { isKnown, type MessageKey } from '../i18n/translate';
import { isSpan, isTrailer } from './proposals/fields';
import { formatTimecode } from './proposals/timecode';

const FIELD_LABELS: Readonly<Record<string, MessageKey>> = {
  'name.main': 'edit.name_main',
  'name.english': 'edit.name_english',
  'name.alternative': 'edit.name_alternative',
  alias: 'edit.alias',
  type: 'edit.type',
  year: 'edit.year',
  season: 'edit.season',
  age_rating: 'edit.age_rating',
  episodes_total: 'moderation.episodes_total',
  genres: 'release.genres',
  trailers: 'edit.trailers',
  description: 'edit.description',
  is_ongoing: 'edit.is_ongoing',
  ordinal: 'edit.ordinal',
  name: 'moderation.field_name',
  language: 'nav.language',
  label: 'moderation.label',
  text: 'moderation.subtitle_text',
  forced: 'moderation.forced',
  sdh: 'moderation.sdh',
  recap: 'moderation.recap',
  opening: 'moderation.opening',
  ending: 'moderation.ending',
  preview: 'moderation.preview',
  episodes: 'release.episode_list',
};

export function fieldName(field: string): string {
  const key = FIELD_LABELS[field];
  return key ? t(key as 'edit.year') : field;
}

export function valueText(field: string, value: Value): string {
  if (value === null || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'moderation.yes' : 'moderation.no');
  if (field === 'type') return typeName(String(value as string));
  if (field === 'season') return seasonName(String(value as string));
  if (field === 'age_rating') return `${String(value as number)}+`;
  if (field === 'language') return languageName(String(value as string));
  if (Array.isArray(value)) return (value as readonly Value[]).map((one) => (isTrailer(one) ? [one.title, one.url].filter(Boolean).join(': ') : String(one as string))).join(', ');
  if (isSpan(value)) return `${formatTimecode(value.start_ms)} – ${formatTimecode(value.stop_ms)}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Who says where an opening, say, is; empty where a person does. */
export function markedBy(span: MarkedSpan | null): string {
  if (span?.source === 'sound') return t('moderation.span_by_sound', { percent: Math.round(span.confidence * 100) });
  return span?.source === 'chapters' ? t('moderation.span_by_chapters') : '';
}

export function stateName(state: ProposalState): string {
  return t(`proposal_state.${state}`);
}

export function kindName(kind: string): string {
  const key = `subject.${kind}`;
  return isKnown(key) ? t(key as 'subject.release') : kind;
}

export function moment(iso: string): string {
  return momentText(language.locale, iso);
}
