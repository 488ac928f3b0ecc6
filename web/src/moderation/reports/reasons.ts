/** Why something is reported, in words. */
import { REPORT_REASONS, type ReportSubject } from '../../api/moderation';
import { t } from '../../i18n/i18n.svelte';
import { isKnown } from '../../i18n/translate';

type Reason = (typeof REPORT_REASONS)[number];

/** What can be said of people, teams and what they write. */
const OF_CONDUCT: readonly Reason[] = ['offensive', 'spam', 'copyright', 'wrong', 'other'];

export function reasonsFor(kind: ReportSubject): readonly Reason[] {
  return kind === 'release' || kind === 'episode' ? REPORT_REASONS : OF_CONDUCT;
}

/** A reason newer than this client is shown as it is. */
export function reasonName(reason: string): string {
  const key = `report_reason.${reason}`;
  return isKnown(key) ? t(key as 'report_reason.spam') : reason;
}
