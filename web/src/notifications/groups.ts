/** Kinds of notification under the headings that people look for them under. */
import type { Role } from '../api/types';

export const GROUPS = ['watching', 'account', 'teams', 'suggestions', 'server'] as const;
export type Group = (typeof GROUPS)[number];

/** By how a kind begins; what begins otherwise is about one's account. */
const BEGINNINGS: readonly (readonly [string, Group])[] = [
  ['episode_', 'watching'],
  ['favorite_', 'watching'],
  ['library_', 'watching'],
  ['team_', 'teams'],
  ['proposal_', 'suggestions'],
  ['report_', 'suggestions'],
  ['ingest_', 'server'],
  ['webhook_', 'server'],
  ['import_', 'server'],
];

/** Who can be told of it at all: the others would wonder what it is. */
const CONCERNS: Readonly<Record<string, Role>> = { ingest_: 'editor', webhook_: 'admin', import_: 'admin' };

const beginning = (kind: string): readonly [string, Group] => BEGINNINGS.find(([begins]) => kind.startsWith(begins)) ?? ['', 'account'];

/** The groups that somebody has something in, in their order, each with its kinds in theirs. */
export function grouped<Item extends { readonly kind: string }>(
  items: readonly Item[],
  may: (role: Role) => boolean,
): readonly { readonly group: Group; readonly items: readonly Item[] }[] {
  const concerned = items.filter(({ kind }) => may(CONCERNS[beginning(kind)[0]] ?? 'user'));
  return GROUPS.map((group) => ({ group, items: concerned.filter(({ kind }) => beginning(kind)[1] === group) })).filter(
    (part) => part.items.length > 0,
  );
}
