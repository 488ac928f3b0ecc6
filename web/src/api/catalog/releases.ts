/** What happens to releases beside the editing: publishing, deleting, changing many at once. */
import { api } from '../client';
import type { Release, Schemas } from '../types';

export type DeletedRelease = Schemas['DeletedReleaseOut'];
export type DeletedReleasePage = Schemas['DeletedReleasePage'];
export type BulkIn = Schemas['BulkIn'];
export type BulkOut = Schemas['BulkOut'];
export type BulkItem = Schemas['BulkItemOut'];

function path(id: string): string {
  return `/releases/${encodeURIComponent(id)}`;
}

/** Only if it is still the version somebody looked at. */
function ifSeen(release: Release): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'If-Match': `"v${release.version}"` } };
}

/** `publishAt` is a moment in ISO 8601 with its offset; null: not by itself. */
export async function schedulePublication(seen: Release, publishAt: string | null): Promise<Release> {
  return (await api.send<Release>('PUT', `${path(seen.id)}/publication`, { body: { publish_at: publishAt }, ...ifSeen(seen) })).data;
}

export function unpublishRelease(seen: Release): Promise<Release> {
  return api.post(`${path(seen.id)}/unpublish`, {}, ifSeen(seen));
}

export async function deleteRelease(seen: Release): Promise<void> {
  await api.send('DELETE', path(seen.id), ifSeen(seen));
}

/** `alias` in place of its own, where that is taken by now. */
export function restoreRelease(id: string, alias: string | null = null): Promise<Release> {
  return api.post(`${path(id)}/restore`, { alias });
}

export function listDeleted(page: number, pageSize: number): Promise<DeletedReleasePage> {
  return api.get(`/releases/deleted?page=${page}&page_size=${pageSize}`);
}

/** `timeoutMs` as 200 releases are one long transaction. */
export function changeMany(change: BulkIn): Promise<BulkOut> {
  return api.post('/releases/bulk', change, { timeoutMs: 60_000 });
}
