/** People, studios and tags as their editors see them. */
import { api } from '../client';
import type { Entry, Kind, TagCategory } from './people';
import type { Page, Schemas } from '../types';

export const ENTRIES_PAGE = 50;

export type EntryDraft = Required<Schemas['PersonIn']> | Required<Schemas['StudioIn']> | Required<Schemas['TagIn']>;

function path(kind: Kind, id: string): string {
  return `/${kind}/${encodeURIComponent(id)}`;
}

/** Only if it is still the version somebody looked at. */
function ifSeen(entry: Entry): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'If-Match': `"v${entry.version}"` } };
}

/** By name, or what begins like `search` first; `category` is for tags. */
export function listEntries(kind: Kind, search: string, category: TagCategory | '', page: number, signal: AbortSignal): Promise<Page<Entry>> {
  const query = new URLSearchParams({ page: String(page), page_size: String(ENTRIES_PAGE) });
  if (search) query.set('search', search);
  if (category) query.set('category', category);
  return api.get(`/${kind}?${query.toString()}`, { signal });
}

export function addEntry(kind: Kind, draft: EntryDraft): Promise<Entry> {
  return api.create(`/${kind}`, draft);
}

export async function updateEntry(kind: Kind, seen: Entry, draft: EntryDraft): Promise<Entry> {
  return (await api.send<Entry>('PUT', path(kind, seen.id), { body: draft, ...ifSeen(seen) })).data;
}

export async function deleteEntry(kind: Kind, seen: Entry): Promise<void> {
  await api.send('DELETE', path(kind, seen.id), ifSeen(seen));
}

/** Makes one of two: the releases of `entry` name `into`, and its addresses lead there. */
export function mergeEntry(kind: Kind, entry: Entry, into: Entry): Promise<Entry> {
  return api.post(`${path(kind, entry.id)}/merge`, { into: into.id });
}
