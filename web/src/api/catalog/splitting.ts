/** Splits of releases. */
import { api } from '../client';
import type { Release, Schemas } from '../types';

export type SplitRequest = Schemas['SplitIn'];
export type SplitPreview = Schemas['SplitPreviewOut'];
export type Split = Schemas['SplitOut'];

/** Rows of one page of the history. */
export const PAGE_SIZE = 20;

export function previewSplit(releaseId: string, request: SplitRequest): Promise<SplitPreview> {
  return api.post<SplitPreview>(`/releases/${encodeURIComponent(releaseId)}/split/preview`, request);
}

/** `seen` is the release as the moderator saw it: refused if somebody changed it meanwhile. */
export function splitRelease(seen: Release, request: SplitRequest): Promise<Split> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return api.create<Split>(`/releases/${encodeURIComponent(seen.id)}/split`, request, { headers });
}

export function listSplits(page: number): Promise<{ items: readonly Split[]; total: number }> {
  return api.get(`/splits?page=${page}&page_size=${PAGE_SIZE}`);
}

export function undoSplit(seen: Split): Promise<Split> {
  const { source_version, target_version } = seen;
  return api.post<Split>(`/splits/${seen.id}/undo`, { source_version, target_version });
}
