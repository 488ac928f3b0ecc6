/** What an import changes of a release, in words. */
import { seasonName, typeName } from '../catalog/labels';
import { t } from '../i18n/i18n.svelte';
import { isKnown } from '../i18n/translate';

/** Longer values are cut: a description is read on its page. */
const SHOWN = 200;

/** The field as an editor knows it; one that is newer than this client is shown by its name in the API. */
export function fieldName(field: string): string {
  const [group = field, part] = field.split('.', 2);
  const key = `imports.field_${group}`;
  const name = isKnown(key) ? t(key as 'imports.field_year') : group;
  return part ? `${name}: ${part}` : name;
}

/** A value of it, empty where it says nothing. */
export function fieldValue(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value === 'boolean') return t(value ? 'imports.yes' : 'imports.no_value');
  if (field === 'type') return typeName(String(value));
  if (field === 'season') return seasonName(String(value));
  if (field === 'age_rating') return `${String(value)}+`;
  const text = Array.isArray(value) ? value.map((one: unknown) => (Array.isArray(one) ? String(one[0]) : String(one))).join(', ') : String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
