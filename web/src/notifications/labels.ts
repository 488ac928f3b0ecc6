/** What the server says by kind and values, in words. */
import type { Schemas } from '../api/types';
import { titleFor } from '../catalog/labels';
import { faultText } from '../imports/faults';
import { isKnown, translate, type Locale, type MessageKey } from '../i18n/translate';

/** What fills the sentence is what the kind says: names, titles and counts. */
export type Notification = Schemas['NotificationOut'] & { readonly params: Readonly<Record<string, string | number>> };

/** Values that are codes: `role_changed.after` of `editor` is looked up under `role.editor`. */
const CODES: Readonly<Record<string, string>> = { before: 'role', after: 'role' };

const ICONS = [
  ['episode_', 'play-fill'],
  ['favorite_', 'play-fill'],
  ['ingest_finished', 'check'],
  ['ingest_', 'warning'],
  ['signed_in', 'eye'],
  ['session_', 'warning'],
  ['password_', 'settings'],
  ['email_', 'settings'],
  ['identity_', 'settings'],
  ['library_', 'shelf'],
  ['team_', 'people'],
  ['proposal_commented', 'chat'],
  ['proposal_', 'edit'],
  ['report_', 'check'],
  ['webhook_', 'warning'],
  ['import_', 'warning'],
] as const;

export function iconOf(kind: string): (typeof ICONS)[number][1] | 'bell' {
  return ICONS.find(([prefix]) => kind.startsWith(prefix))?.[1] ?? 'bell';
}

/** The sentence for a notification; one for kinds that are newer than this client. */
export function notificationText(locale: Locale, { kind, params }: Pick<Notification, 'kind' | 'params'>): string {
  const several = ['episode_published', 'favorite_episode'].includes(kind) && Number(params['count']) > 1;
  const gone = kind === 'webhook_paused' && params['reason'] === 'gone';
  const key = `notification.${several ? 'episodes_published' : gone ? 'webhook_gone' : kind}`;
  const known = isKnown(key) ? key : 'notification.other';
  const spoken: Record<string, string | number> = { ...params };
  for (const [name, group] of Object.entries(CODES)) {
    const code = `${group}.${String(params[name])}`;
    if (name in params && isKnown(code)) spoken[name] = say(locale, code, {});
  }
  if (kind === 'signed_in') {
    spoken['where'] = [params['browser'], params['device']].filter(Boolean).join(', ') || say(locale, 'account.unknown_device', {});
  }
  if ('release' in params) {
    const [main, english, alternative] = ['release', 'release_english', 'release_alternative'].map((name) => String(params[name] ?? ''));
    spoken['release'] = titleFor(locale, { name: { main: main ?? '', english: english || null, alternative: alternative || null }, translation: null });
  }
  return say(locale, known, spoken);
}

/** Those of its values that belong to the code of what went wrong. */
const OF_FAULT = 'fault_';

/** The second line: why, or what exactly; empty for most. Why a machine failed is said by its code. */
export function detailOf({ kind, params }: Pick<Notification, 'kind' | 'params'>): string {
  if (params['code'] && params['reason']) {
    const own = Object.entries(params).filter(([name]) => name.startsWith(OF_FAULT));
    return faultText({ code: String(params['code']), params: Object.fromEntries(own.map(([name, value]) => [name.slice(OF_FAULT.length), value])) }, String(params['reason']));
  }
  if (kind === 'signed_in' || kind === 'session_stolen') return String(params['address'] ?? '');
  return String(params['reason'] && kind !== 'password_changed' && kind !== 'webhook_paused' ? params['reason'] : (params['outcome'] ?? ''));
}

function say(locale: Locale, key: string, values: Readonly<Record<string, string | number>>): string {
  // The kind decides the placeholders, and the server decides the kind: there is nothing for the types to check.
  return (translate as (locale: Locale, key: MessageKey, values: unknown) => string)(locale, key as MessageKey, values);
}

export interface Day {
  /** Local midnight, Unix ms. */
  readonly start: number;
  readonly items: readonly Notification[];
}

/** Groups of the days they came in, in the order given. */
export function byDay(items: readonly Notification[]): readonly Day[] {
  const days: { start: number; items: Notification[] }[] = [];
  for (const item of items) {
    const start = new Date(item.created_at).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.start === start) last.items.push(item);
    else days.push({ start, items: [item] });
  }
  return days;
}

/** "Today", "yesterday", or the date. */
export function dayText(locale: Locale, start: number, nowMs: number): string {
  const days = Math.round((new Date(nowMs).setHours(0, 0, 0, 0) - start) / 86_400_000);
  if (days >= 0 && days < 2) {
    const text = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  }
  const year = new Date(start).getFullYear() === new Date(nowMs).getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...(year ? { year } : {}) }).format(start);
}
