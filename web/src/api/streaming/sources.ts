/** Registered video sources: what an operator sees and says. */
import { api } from '../client';
import type { Page, Schemas } from '../types';

export type Policy = Source['policy'];
export type Clock = Correction['clock'];

export type Correction = Schemas['CorrectionOut'];

export type Activity = Schemas['ActivityOut'];

/** How a source is fetched and played. */
export type SourceChange = Schemas['SourceChange'];

export type Source = Schemas['SourceOut'];

export type ExplainedSegment = Schemas['ExplainedSegmentOut'];

export type Explained = Schemas['ExplainedOut'];

export type Preview = Schemas['PreviewOut'];

/** A source answers when it answers: our server gives it 15 s for each of two playlists. */
const SLOW = { timeoutMs: 40_000 };

const of = (id: string): string => `/sources/${encodeURIComponent(id)}`;

export const listSources = (page: number): Promise<Page<Source>> => api.get(`/sources?page=${page}&page_size=50`);
export const getSource = (id: string): Promise<Source> => api.get(of(id));
export const explainSource = (id: string): Promise<Explained> => api.get(`${of(id)}/explain`, SLOW);
export const previewSource = (id: string): Promise<Preview> => api.get(`${of(id)}/preview`, SLOW);

export function registerSource(draft: SourceChange & { readonly episode_id: string; readonly headers?: Record<string, string> }): Promise<Source> {
  return api.create('/sources', draft, SLOW);
}

/** Changes the source if it is still the version the operator saw.  Credentials that are left out stay as they are. */
export async function changeSource(seen: Source, change: SourceChange & { readonly headers?: Record<string, string> }): Promise<Source> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return (await api.send<Source>('PUT', of(seen.id), { body: change, headers, ...SLOW })).data;
}

export async function removeSource(id: string): Promise<void> {
  await api.send('DELETE', of(id));
}

export function correct(id: string, said: Pick<Correction, 'is_ad' | 'clock' | 'start' | 'end'>): Promise<Source> {
  return api.create(`${of(id)}/corrections`, said);
}

export async function withdraw(id: string, correctionId: string): Promise<void> {
  await api.send('DELETE', `${of(id)}/corrections/${encodeURIComponent(correctionId)}`);
}
