/** What the detector calls things, in words. */
import { Problem } from '../api/problem';
import type { Activity, ExplainedSegment, Policy, Source } from '../api/streaming/sources';
import { errorText } from '../i18n/errors';
import { t } from '../i18n/i18n.svelte';

const GUESSES = {
  'foreign-host': 'sources.sign_host',
  'foreign-directory': 'sources.sign_folder',
  'numbering-sandwich': 'sources.sign_numbers',
  'folder-resumes': 'sources.sign_resumes',
  'clear-between-encrypted': 'sources.sign_clear',
  'ad-word-in-address': 'sources.sign_word',
  'named-ad': 'sources.sign_called',
  'beside-known-ads': 'sources.sign_shelf',
  'unlike-durations': 'sources.sign_durations',
  'unlike-packager': 'sources.sign_packager',
  'unlike-decimals': 'sources.sign_decimals',
  'foreign-names': 'sources.sign_names',
  'repeated-creative': 'sources.sign_repeated',
  'repeated-lengths': 'sources.sign_lengths',
  'several-creatives': 'sources.sign_several',
  'ad-length': 'sources.sign_length',
} as const;

const PLAIN = {
  title: 'sources.reason_title',
  'ad-server-address': 'sources.reason_address',
  'ad-address': 'sources.reason_address',
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

/** How a source does: whether it answers this server, and what all of them saw of it. */
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
    ...new Set(found.encryption.map((method) => method.replace(/ \(.*\)$/, ''))),
    ...found.codecs,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why a source was not taken, and what to do about it. */
export function refusalOf(problem: unknown): string {
  if (!(problem instanceof Problem)) return errorText(problem);
  if (problem.code === 'upstream_refused') {
    const status = /\d{3}/.exec(problem.detail)?.[0] ?? '';
    if (status === '401' || status === '403') return t('sources.who_asks', { status });
    return status === '404' || status === '410' ? t('sources.not_there', { status }) : t('sources.answers_badly', { status });
  }
  // Which of the rules for addresses it breaks, in the words of the server.
  if (problem.code === 'address_refused') return t('sources.address_reason', { reason: problem.detail.replace(/^[^:]*: |\.$/g, '') });
  return errorText(problem);
}

/** Why ads that were found are left in. */
export function guardText(refusal: string): string {
  if (refusal.startsWith('nothing would')) return t('sources.refused_all');
  return t(refusal.startsWith('more than') ? 'sources.refused_share' : 'sources.refused_check');
}

const FAILURES = {
  timeout: 'sources.failed_timeout',
  connection: 'sources.failed_connection',
  truncated: 'sources.failed_truncated',
  too_large: 'sources.failed_too_large',
  status_4xx: 'sources.failed_4xx',
  status_5xx: 'sources.failed_5xx',
} as const;

export function failureText(kind: string): string {
  return kind in FAILURES ? t(FAILURES[kind as keyof typeof FAILURES]) : kind;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  'com.apple.streamingkeydelivery': 'FairPlay',
  'com.microsoft.playready': 'PlayReady',
  'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed': 'Widevine',
};

/** Key systems a source needs licences of; none for clear streams and those whose keys are plain files. */
export function keySystems(encryption: readonly string[]): string[] {
  const formats = encryption.flatMap((method) => /\((.+)\)$/.exec(method)?.[1] ?? []);
  return [...new Set(formats.filter((format) => format !== 'identity').map((format) => SYSTEMS[format.toLowerCase()] ?? format))];
}
