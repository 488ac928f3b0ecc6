/** What went wrong with a source or a row of it, in words of the reader's language. */
import type { Schemas } from '../api/types';
import { t } from '../i18n/i18n.svelte';
import { isKnown } from '../i18n/translate';

type Fault = Schemas['FaultOut'];

/** By its code; what has none, or one newer than this client, is told in the server's own words, which are English. */
export function faultText(fault: Fault | null, text: string): string {
  if (fault === null) return text;
  const own = `imports.fault_${fault.code}`;
  const key = isKnown(own) ? own : `error.${fault.code}`;
  if (!isKnown(key)) return text;
  // The code decides the placeholders, and the server decides the code: there is nothing for the types to check.
  const said = (t as (key: string, values: object) => string)(key, fault.params);
  return /\{\w+\}/.test(said) ? text : said;
}

/** Where a row that cannot be read stands in its source. */
export function placeText(place: string): string {
  const line = /^line (\d+)$/.exec(place)?.[1];
  return line === undefined ? place : t('imports.place_line', { number: line });
}
