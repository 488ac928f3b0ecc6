/** What the values of filters are called. */
import type { FacetCounts } from '../../api/catalog/catalog';
import { t } from '../../i18n/i18n.svelte';
import { isKnown } from '../../i18n/translate';
import { seasonName, typeName } from '../labels';
import type { Chip, Facet, Filters } from './filters';

export function valueName(facet: Facet, value: string, label = ''): string {
  switch (facet) {
    case 'type':
      return typeName(value);
    case 'season':
      return seasonName(value);
    case 'age_rating':
      return `${value}+`;
    case 'status': {
      const key = `catalogue.status.${value}`;
      return isKnown(key) ? t(key as 'catalogue.status.ongoing') : value;
    }
    default:
      return label || value;
  }
}

export function chipName(chip: Chip, filters: Filters, facets: FacetCounts | null): string {
  if (chip.name === 'gems') return t('catalogue.gems');
  if (chip.name === 'scores') {
    const { score_from: from, score_to: to } = filters;
    if (from === null) return t('catalogue.scores_to', { to: String(to ?? '') });
    if (to === null) return t('catalogue.scores_from', { from: String(from) });
    return t('catalogue.scores', { from: String(from), to: String(to) });
  }
  if (chip.name === 'years') {
    const { year_from: from, year_to: to } = filters;
    if (from === null) return t('catalogue.years_to', { year: String(to ?? '') });
    if (to === null) return t('catalogue.years_from', { year: String(from) });
    return from === to ? String(from) : t('catalogue.years', { from: String(from), to: String(to) });
  }
  const facet = (chip.name === 'genre_all' ? 'genre' : chip.name.replace('_not', '')) as Facet;
  const name = valueName(facet, chip.value, facets?.[facet].find((known) => known.value === chip.value)?.label);
  return chip.name.endsWith('_not') ? t('catalogue.without', { name }) : name;
}
