/** What a person keeps: favourites, shelves, history and lists. */
import { list_history, list_releases } from './limits';
import { api } from './client';
import type { Page, Release, Schemas } from './types';

export const SHELVES = ['WATCHING', 'PLANNED', 'WATCHED', 'POSTPONED', 'ABANDONED'] as const;
export type Shelf = ShelfItem['type'];

/** Newest or oldest first. */
export type Sort = '-changed_at' | 'changed_at';
/** By one's own scores, those without one last. */
export type ScoreSort = '-score' | 'score';

export const LIBRARY_PAGE = 24;

/** As much as the server takes in one question. */
const IDS_PER_QUESTION = list_releases.id.maxItems;

export type FavoriteItem = Schemas['FavoriteOut'];

export type ShelfItem = Schemas['ScoredShelfItemOut'];

/** How far one is in an episode. */
export type Seen = Pick<WatchedItem, 'episode_id' | 'position_ms' | 'duration_ms' | 'watched'>;

export type WatchedItem = Schemas['ProgressOut'];

export type Counts = Schemas['CountsOut'];

/** What one's library says of a release. */
export type Standing = Schemas['LibraryStandingOut'];

/** `library:updated`, from another device or tab. */
export interface LibraryNews {
  readonly change: 'favorites' | 'collections' | 'lists' | 'history';
  readonly release_ids?: readonly string[];
  readonly lists?: readonly string[];
}

export type Visibility = ListSummary['visibility'];

export type ListSummary = Schemas['ListSummaryOut'];

export type OwnList = Schemas['OwnListSummaryOut'];

export type ListItem = Schemas['ListItemOut'];

export type OwnListWithItems = Schemas['OwnListOut'];
export type PublicList = Schemas['PublicListOut'];

export type ListDraft = Required<Schemas['ListIn']>;

export const counts = (): Promise<Counts> => api.get('/library/counts');
export const standing = (releaseId: string): Promise<Standing> => api.get(`/library/releases/${releaseId}`);

const paged = (page: number): string => `page=${page}&page_size=${LIBRARY_PAGE}`;

export const favorites = (page: number, sort: Sort): Promise<Page<FavoriteItem>> => api.get(`/favorites?${paged(page)}&sort=${sort}`);

export async function setFavorite(releaseId: string, favorite: boolean): Promise<void> {
  await api.send(favorite ? 'POST' : 'DELETE', `/favorites/${releaseId}`);
}

export const shelf = (type: Shelf | null, page: number, sort: Sort | ScoreSort): Promise<Page<ShelfItem>> =>
  api.get(`/library/collections?${paged(page)}&sort=${sort}${type ? `&type=${type}` : ''}`);

export async function putOnShelf(releaseId: string, type: Shelf | null): Promise<void> {
  if (type) await api.send('PUT', `/library/collections/${releaseId}`, { body: { type } });
  else await api.send('DELETE', `/library/collections/${releaseId}`);
}

export const history = (page: number): Promise<Page<WatchedItem>> => api.get(`/library/history?${paged(page)}`);

/** As many as one request may ask for. */
const HISTORY_PAGE_MAX = list_history.page_size.maximum;

/** How far one is in the episodes of a release, by episode. */
export async function releaseHistory(releaseId: string): Promise<Map<string, Seen>> {
  const rows = new Map<string, Seen>();
  for (let page = 1; ; page++) {
    const query = `release_id=${releaseId}&page=${page}&page_size=${HISTORY_PAGE_MAX}`;
    const { items, total }: Page<WatchedItem> = await api.get(`/library/history?${query}`);
    for (const item of items) rows.set(item.episode_id, item);
    if (page * HISTORY_PAGE_MAX >= total) return rows;
  }
}

/** Says that one has seen an episode, or that one has not; what it is now. */
export async function markWatched(episodeId: string, watched: boolean): Promise<readonly Seen[]> {
  return (await api.send<{ items: readonly Seen[] }>('PUT', `/library/progress/${episodeId}`, { body: { watched } })).data.items;
}

export async function removeFromHistory(episodeId: string): Promise<void> {
  await api.send('DELETE', `/library/progress/${episodeId}`);
}

/** Puts an episode back where it was. A position is a new report; "watched" is said in so many words. */
export async function restoreToHistory(item: WatchedItem): Promise<void> {
  if (item.watched) await api.send('PUT', `/library/progress/${item.episode_id}`, { body: { watched: true } });
  if (item.position_ms > 0 || !item.watched) {
    const { episode_id, position_ms, duration_ms } = item;
    await api.post('/library/progress', { items: [{ episode_id, position_ms, duration_ms, at_ms: Date.now() }] });
  }
}

export async function dismissContinue(releaseId: string): Promise<void> {
  await api.send('DELETE', `/library/continue/${releaseId}`);
}

export async function lists(releaseId?: string): Promise<readonly OwnList[]> {
  const query = releaseId ? `?release_id=${releaseId}` : '';
  return (await api.get<{ items: readonly OwnList[] }>(`/library/lists${query}`)).items;
}

export const ownList = (id: string): Promise<OwnListWithItems> => api.get(`/library/lists/${encodeURIComponent(id)}`);
export const publicList = (id: string): Promise<PublicList> => api.get(`/lists/${encodeURIComponent(id)}`);
export const sharedList = (token: string): Promise<PublicList> => api.get(`/lists/shared/${encodeURIComponent(token)}`);
export const createList = (draft: ListDraft): Promise<OwnList> => api.create('/library/lists', draft);

const seen = (list: Pick<OwnList, 'version'>) => ({ 'If-Match': `"v${list.version}"` });

export async function updateList(list: Pick<OwnList, 'id' | 'version'>, draft: ListDraft): Promise<OwnList> {
  return (await api.send<OwnList>('PUT', `/library/lists/${list.id}`, { body: draft, headers: seen(list) })).data;
}

export async function deleteList(list: Pick<OwnList, 'id' | 'version'>): Promise<void> {
  await api.send('DELETE', `/library/lists/${list.id}`, { headers: seen(list) });
}

/** A new link; the one before opens nothing any more. */
export const renewLink = (list: Pick<OwnList, 'id'>): Promise<OwnList> => api.post(`/library/lists/${list.id}/share`);

export async function putInList(listId: string, releaseId: string, note?: string): Promise<OwnList> {
  const body = note === undefined ? {} : { note };
  return (await api.send<OwnList>('PUT', `/library/lists/${listId}/items/${releaseId}`, { body })).data;
}

export async function removeFromList(listId: string, releaseId: string): Promise<void> {
  await api.send('DELETE', `/library/lists/${listId}/items/${releaseId}`);
}

/** Right after another entry, or (null) first. */
export async function moveInList(listId: string, releaseId: string, after: string | null): Promise<OwnList> {
  return (await api.send<OwnList>('PUT', `/library/lists/${listId}/items/${releaseId}/place`, { body: { after } })).data;
}

/** The releases with these ids that are there, by id. */
export async function releasesById(ids: Iterable<string>): Promise<Map<string, Release>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Release>();
  for (let start = 0; start < wanted.length; start += IDS_PER_QUESTION) {
    const part = wanted.slice(start, start + IDS_PER_QUESTION);
    const query = part.map((id) => `id=${id}`).join('&');
    const page = await api.get<Page<Release>>(`/releases?page_size=${IDS_PER_QUESTION}&${query}`);
    for (const release of page.items) found.set(release.id, release);
  }
  return found;
}

/** Saves the whole library as a file. */
export async function downloadLibrary(): Promise<void> {
  const answer = await api.request('GET', '/library/export', { timeoutMs: 120_000 });
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = `ani-library-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

export type Policy = Required<Schemas['ApplyIn']>['policy'];
export type MatchState = ImportRow['state'];

export type ImportView = Schemas['ImportOut'];

export type ImportRow = Schemas['RowOut'];

export async function readLibraryFile(file: File): Promise<ImportView> {
  const headers = { 'Content-Type': 'application/octet-stream' };
  return api.createFrom('/library/import', file, { headers, timeoutMs: 120_000 });
}

export const importView = (id: string): Promise<ImportView> => api.get(`/library/import/${id}`);

export const importRows = (id: string, policy: Policy, state: MatchState | null, page: number): Promise<Page<ImportRow>> =>
  api.get(`/library/import/${id}/rows?policy=${policy}&${paged(page)}${state ? `&state=${state}` : ''}`);

export const applyImport = (id: string, policy: Policy, choices: ReadonlyMap<number, string>): Promise<ImportView> =>
  api.post(`/library/import/${id}/apply`, {
    policy,
    choices: [...choices].map(([number, release_id]) => ({ number, release_id })),
  });

export async function discardImport(id: string): Promise<void> {
  await api.send('DELETE', `/library/import/${id}`);
}
