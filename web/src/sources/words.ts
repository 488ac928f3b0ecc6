/** What the detector calls things, in words. */
import { Problem } from '../api/problem';
import { errorText } from '../i18n/errors';
import { t } from '../i18n/i18n.svelte';
import type { Activity, ExplainedSegment, Policy, Source } from '../api/sources';

const GUESSES = {
  'foreign-host': 'sources.sign_host',
  'foreign-directory': 'sources.sign_folder',
  'numbering-sandwich': 'sources.sign_numbers',
  'clear-between-encrypted': 'sources.sign_clear',
  'ad-word-in-address': 'sources.sign_word',
  'beside-known-ads': 'sources.sign_shelf',
  'unlike-durations': 'sources.sign_durations',
  'unlike-packager': 'sources.sign_packager',
  'foreign-names': 'sources.sign_names',
  'repeated-creative': 'sources.sign_repeated',
  'ad-length': 'sources.sign_length',
} as const;

const PLAIN = {
  title: 'sources.reason_title',
  'ad-server-address': 'sources.reason_address',
  'other-rendition': 'sources.reason_rendition',
  'address-rule': 'sources.reason_rule',
  'title-rule': 'sources.reason_rule',
  operator: 'sources.reason_operator',
  'window-opens-mid-break': 'sources.reason_middle',
} as const;

/** A reason as a sentence; the tag that is meant is named, for whoever looks into the playlist. */
export function reasonText(reason: string): string {
  if (reason in GUESSES) return t(GUESSES[reason as keyof typeof GUESSES]);
  if (reason in PLAIN) return t(PLAIN[reason as keyof typeof PLAIN]);
  if (reason.startsWith('daterange')) return t('sources.reason_dates', { tag: reason });
  if (reason.includes('scte35') || reason.includes('oatcls')) return t('sources.reason_scte35', { tag: reason });
  return t('sources.reason_tag', { tag: reason });
}

const BY = {
  signal: 'sources.by_signal',
  rule: 'sources.by_rule',
  heuristic: 'sources.by_heuristic',
  operator: 'sources.by_operator',
} as const;

export function sourceText(source: ExplainedSegment['source']): string {
  return source === null ? t('sources.programme') : t(BY[source]);
}

const POLICIES = { replace: 'sources.policy_replace', delete: 'sources.policy_delete', off: 'sources.policy_off' } as const;

export function policyText(policy: Policy): string {
  return t(POLICIES[policy]);
}

export type Health = 'idle' | 'well' | 'failing' | 'down';

/** How a source does, of what this server saw of it. */
export function healthOf(activity: Activity): Health {
  if (activity.circuit !== 'closed') return 'down';
  if (activity.requests === 0) return 'idle';
  return activity.failed > activity.requests / 20 ? 'failing' : 'well';
}

const HEALTH = {
  idle: 'sources.health_idle',
  well: 'sources.health_well',
  failing: 'sources.health_failing',
  down: 'sources.health_down',
} as const;

export function healthText(activity: Activity): string {
  return t(HEALTH[healthOf(activity)]);
}

/** What the probe found, in one line. */
export function findingsText(source: Source, duration: (ms: number) => string): string {
  const found = source.findings;
  return [
    found.is_live ? t('sources.live') : duration(found.duration_ms),
    found.height_px ? `${found.height_px}p` : '',
    t('sources.variants', { count: found.variants }),
    ...found.encryption.map((method) => method.replace(' (identity)', '')),
    ...found.codecs,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why a source was not taken.  The server's own words say which rule an address breaks. */
export function refusalOf(problem: unknown): string {
  const ownWords = problem instanceof Problem && ['address_refused', 'source_unusable', 'not_a_playlist', 'upstream_refused'].includes(problem.code);
  return ownWords ? problem.detail : errorText(problem);
}
