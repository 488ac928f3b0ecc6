/** Why something is reported, in words. */
import { t } from '../i18n/i18n.svelte';
import { isKnown } from '../i18n/translate';

/** A reason newer than this client is shown as it is. */
export function reasonName(reason: string): string {
  const key = `report_reason.${reason}`;
  return isKnown(key) ? t(key as 'report_reason.spam') : reason;
}
