/** Ads in videos, the operator's own and places for those of ad servers, as administrators work on them. */
import { api } from '../client';
import type { Editable, PromoState } from './promos';
import type { Schemas } from '../types';

export type LinearAd = Schemas['LinearAdOut'];
export type LinearAdDraft = Editable<Schemas['LinearAdIn']>;
export type TagAnswer = NonNullable<LinearAd['last_answer']>;
export type TagTried = Schemas['VastTriedOut'];
export type AdPlacement = LinearAd['placement'];

export const PAGE_SIZE = 20;

const path = (id: string): string => `/linear-ads/${encodeURIComponent(id)}`;

export function listLinearAds(state: PromoState | null, page: number): Promise<{ readonly items: readonly LinearAd[]; readonly total: number }> {
  return api.get(`/linear-ads?${state ? `state=${state}&` : ''}page=${page}&page_size=${PAGE_SIZE}`);
}

export function getLinearAd(id: string): Promise<LinearAd> {
  return api.get(path(id));
}

export function createLinearAd(draft: LinearAdDraft): Promise<LinearAd> {
  return api.create('/linear-ads', draft);
}

export async function editLinearAd(seen: LinearAd, draft: LinearAdDraft): Promise<LinearAd> {
  return (await api.send<LinearAd>('PUT', path(seen.id), { body: draft, headers: { 'If-Match': `"v${seen.version}"` } })).data;
}

export function switchLinearAd(ad: LinearAd, deed: 'start' | 'stop'): Promise<LinearAd> {
  return api.post(`${path(ad.id)}/${deed}`);
}

export async function deleteLinearAd(id: string): Promise<void> {
  await api.send('DELETE', path(id));
}

export function tryTag(tagUrl: string): Promise<TagTried> {
  return api.post('/linear-ads/try', { tag_url: tagUrl });
}
