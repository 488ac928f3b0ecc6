/** Merges of releases, and pairs that are never merged. */
import { api } from '../client';
import type { Schemas } from '../types';

export type MergePreview = Schemas['MergePreviewOut'];
export type Merge = Schemas['MergeOut'];
export type MergeLock = Schemas['MergeLockOut'];

export interface Pair {
  readonly source_id: string;
  readonly target_id: string;
}

/** Rows of one page of the history or of the locks. */
export const PAGE_SIZE = 20;

export function previewMerge(pair: Pair): Promise<MergePreview> {
  return api.post<MergePreview>('/merges/preview', pair);
}

export function mergeReleases(pair: Pair): Promise<Merge> {
  return api.create<Merge>('/merges', pair);
}

export function listMerges(page: number): Promise<{ items: readonly Merge[]; total: number }> {
  return api.get(`/merges?page=${page}&page_size=${PAGE_SIZE}`);
}

export function undoMerge(id: string): Promise<Merge> {
  return api.post<Merge>(`/merges/${id}/undo`, {});
}

export function listLocks(page: number): Promise<{ items: readonly MergeLock[]; total: number }> {
  return api.get(`/merge-locks?page=${page}&page_size=${PAGE_SIZE}`);
}

export function removeLock(lock: MergeLock): Promise<unknown> {
  return api.send('DELETE', `/merge-locks/${lock.release_id}/${lock.other_id}`);
}
