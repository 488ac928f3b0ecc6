/** Promos: what the operator shows on its own pages, and how it is counted. */
import { api } from '../client';
import { Problem, problemFrom } from '../problem';
import type { Schemas } from '../types';

export type Promo = Schemas['PromoOut'];
/** As the form edits it. */
export type Editable<T> = T extends readonly (infer One)[] ? Editable<One>[] : T extends object ? { -readonly [K in keyof T]: Editable<T[K]> } : T;
export type PromoDraft = Editable<Schemas['PromoIn']>;
export type PromoState = Promo['state'];
export type Placement = Promo['placement'];
export type ShownPromo = Schemas['ShownPromoOut'];
export type PromoDeed = Schemas['PromoDeedIn'];
export type PromoReport = Schemas['PromoReportOut'];
export type AdExemption = Schemas['AdExemptionOut'];

export const PAGE_SIZE = 20;
/** A photo of 8 MB over a poor phone connection. */
const UPLOAD_TIMEOUT_MS = 180_000;

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

const path = (id: string): string => `/promos/${encodeURIComponent(id)}`;
const based = (promo: Promo): { headers: Record<string, string> } => ({ headers: { 'If-Match': `"v${promo.version}"` } });

export function listPromos(state: PromoState | null, page: number): Promise<Page<Promo>> {
  return api.get(`/promos?${state ? `state=${state}&` : ''}page=${page}&page_size=${PAGE_SIZE}`);
}

export function getPromo(id: string): Promise<Promo> {
  return api.get(path(id));
}

export function createPromo(draft: PromoDraft): Promise<Promo> {
  return api.create('/promos', draft);
}

export async function editPromo(seen: Promo, draft: PromoDraft): Promise<Promo> {
  return (await api.send<Promo>('PUT', path(seen.id), { body: draft, ...based(seen) })).data;
}

export function switchPromo(promo: Promo, deed: 'start' | 'stop'): Promise<Promo> {
  return api.post(`${path(promo.id)}/${deed}`);
}

export async function deletePromo(id: string): Promise<void> {
  await api.send('DELETE', path(id));
}

/** Sends a picture; `onProgress` hears from 0 to 1, which `fetch` would not tell. */
export function uploadPromoImage(promo: Promo, file: File, onProgress: (part: number) => void): Promise<Promo> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/v1${path(promo.id)}/image`);
    request.setRequestHeader('Content-Type', file.type);
    if (api.token) request.setRequestHeader('Authorization', `Bearer ${api.token}`);
    request.responseType = 'json';
    request.timeout = UPLOAD_TIMEOUT_MS;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 200) resolve(request.response as Promo);
      else reject(problemFrom(request.status, request.response));
    };
    request.onerror = request.ontimeout = () => {
      reject(Problem.network());
    };
    request.send(file);
  });
}

export async function removePromoImage(promo: Promo): Promise<Promo> {
  return (await api.send<Promo>('DELETE', `${path(promo.id)}/image`, based(promo))).data;
}

export function promoReport(id: string): Promise<PromoReport> {
  return api.get(`${path(id)}/report`);
}

export async function shownPromos(placement: Placement, by: { readonly language: string; readonly viewer: string; readonly release?: string }): Promise<readonly ShownPromo[]> {
  const query = new URLSearchParams({ placement, language: by.language, viewer: by.viewer, ...(by.release ? { release: by.release } : {}) });
  return (await api.get<{ items: readonly ShownPromo[] }>(`/promos/shown?${query.toString()}`)).items;
}

/** A keepalive request outlives the page. Tickets are enough: nobody needs to be signed in. */
export async function tellPromoDeeds(events: readonly PromoDeed[]): Promise<boolean> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch('/api/v1/promos/events', { method: 'POST', keepalive: true, headers, body: JSON.stringify({ events }) });
  // What is refused would be refused again; only a server in trouble is asked again.
  return answer.status < 500 && answer.status !== 429;
}

export function listExemptions(page: number): Promise<Page<AdExemption>> {
  return api.get(`/promo-exemptions?page=${page}&page_size=${PAGE_SIZE}`);
}

export async function exempt(userId: string, reason: string): Promise<AdExemption> {
  return (await api.send<AdExemption>('PUT', `/promo-exemptions/${encodeURIComponent(userId)}`, { body: { reason } })).data;
}

export async function endExemption(userId: string): Promise<void> {
  await api.send('DELETE', `/promo-exemptions/${encodeURIComponent(userId)}`);
}
