/** Puts a Problem (or a refused Socket.IO event) into words a person can act on. */
import { Problem, type FieldFault } from '../api/problem';
import { t } from './i18n.svelte';
import { isKnown } from './translate';

/** Faults whose texts name a limit; without one they say nothing. */
const LIMITED: readonly string[] = ['too_short', 'too_long', 'too_few', 'too_many', 'too_small', 'too_large'];

/** Texts without placeholders under `error.`: those can be shown by the code alone. */
function messageFor(code: string): string | null {
  const key = `error.${code}`;
  return isKnown(key) && key !== 'error.too_many' ? t(key as 'error.network') : null;
}

/** Our own words for a code; what the server says beside it is for programs, in English, and no text for a page. */
export function refusalText(code: string): string {
  return messageFor(code) ?? t('error.server');
}

/** What is wrong with each field that was refused; what the server says of them is for programs, in English. */
export function fieldTexts(problem: Problem): Record<string, string> {
  return Object.fromEntries(Object.entries(problem.fields).map(([field, fault]) => [field, faultText(fault)]));
}

function faultText({ code, limit }: FieldFault): string {
  const key = `error.field_${code}`;
  if (!isKnown(key) || (LIMITED.includes(code) && limit === null)) return t('error.field');
  // The code decides the placeholders, and the server decides the code: there is nothing for the types to check.
  return (t as (key: string, values: object) => string)(key, { count: limit, limit: String(limit) });
}

export function errorText(error: unknown): string {
  if (!(error instanceof Problem)) return t('error.server');
  if (error.status === 429) return t('error.too_many', { count: Math.max(1, Math.ceil(error.retryAfterS ?? 30)) });
  // Most forms have one field that can be wrong, and no place of its own for what is.
  const faults = [...new Set(Object.values(fieldTexts(error)))];
  if (error.code === 'invalid_payload' && faults.length > 0) return faults.join(' ');
  const known = messageFor(error.code);
  if (known !== null) return known;
  if (error.status >= 500) return t('error.server');
  if (error.status === 401) return t('error.unauthenticated');
  if (error.status === 403) return t('error.forbidden');
  if (error.status === 404) return t('error.not_found');
  return t('error.invalid');
}
