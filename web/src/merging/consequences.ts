/** What a merge would do, in words. */
import type { MergePreview } from '../api/catalog/merging';
import { plainList } from '../i18n/format';
import { language, t } from '../i18n/i18n.svelte';
import { isKnown } from '../i18n/translate';
import { CATALOGUES } from '../studio/release/releaseFields';

export interface Consequence {
  readonly label: string;
  readonly text: string;
}

/** Longer values are cut: a description is there to be recognised. */
const VALUE_MAX = 160;

export function fieldName(field: string): string {
  if (field.startsWith('external_ids.')) {
    const catalogue = field.slice('external_ids.'.length);
    return t('merging.id_of', { catalogue: CATALOGUES[catalogue as keyof typeof CATALOGUES]?.name ?? catalogue });
  }
  const key = `merging.field.${field}`;
  return isKnown(key) ? t(key as 'merging.field.year') : field;
}

export function consequences(preview: MergePreview): Consequence[] {
  const list = plainList(language.locale);
  const numbers = new Intl.NumberFormat(language.locale);
  const lines: Consequence[] = preview.filled.map(({ field, value }) => {
    const text = String(value ?? '');
    return { label: fieldName(field), text: text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text };
  });
  if (preview.names.length > 0) lines.push({ label: t('merging.names'), text: list.format(preview.names) });
  if (preview.genres.length > 0) lines.push({ label: t('merging.genres'), text: list.format(preview.genres) });
  if (preview.trailers.length > 0) lines.push({ label: t('merging.trailers'), text: list.format(preview.trailers) });
  const episodes = (ordinals: readonly number[]) => list.format(ordinals.map((ordinal) => numbers.format(ordinal)));
  lines.push({ label: t('merging.moved'), text: preview.moved.length > 0 ? episodes(preview.moved) : t('merging.none') });
  if (preview.replaced.length > 0) {
    lines.push({ label: t('merging.replaced'), text: `${episodes(preview.replaced)}. ${t('merging.replaced_text')}` });
  }
  return lines;
}
