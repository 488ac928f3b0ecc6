/** Reads and edits of releases and episodes. */
import { language } from '../../i18n/i18n.svelte';
import { api } from '../client';
import type { Episode, Page, Release, Schemas } from '../types';

export const PAGE_SIZE = 24;

export function listReleases(search: string, page: number, signal: AbortSignal): Promise<Page<Release>> {
  const query = new URLSearchParams({ page: String(page), page_size: String(PAGE_SIZE), language: language.locale });
  if (search) query.set('search', search);
  return api.get(`/releases?${query.toString()}`, { signal });
}

/** A page of the list, and how many there are of each kind where that was asked for. */
export type ReleasePage = Schemas['ReleasePage'];
export type FacetCounts = Schemas['FacetsOut'];
export type FacetValue = Schemas['FacetValue'];

/** `query` is that of the list, as `catalog/listing/filters.ts` writes it. */
export function listCatalogue(query: URLSearchParams, signal: AbortSignal): Promise<ReleasePage> {
  const asked = new URLSearchParams(query);
  asked.set('language', language.locale);
  return api.get(`/releases?${asked.toString()}`, { signal });
}

export type TitleSuggestion = Schemas['TitleSuggestion'];

export type Suggested = Schemas['Suggestions'];

/** Titles, people, studios and tags that `query` may mean, `limit` of each at most, and what to search for instead. */
export function suggestAll(query: string, limit: number, signal: AbortSignal): Promise<Suggested> {
  const asked = new URLSearchParams({ query, limit: String(limit), language: language.locale });
  return api.get(`/search/suggestions?${asked.toString()}`, { signal });
}

/** Releases that `query` may mean, the best match first. */
export async function suggestTitles(query: string, signal: AbortSignal): Promise<readonly TitleSuggestion[]> {
  const asked = new URLSearchParams({ query, language: language.locale });
  return (await api.get<Schemas['Suggestions']>(`/search/suggestions?${asked.toString()}`, { signal })).titles;
}

export function getRelease(id: string): Promise<Release> {
  return api.get(`/releases/${encodeURIComponent(id)}?language=${language.locale}`);
}

export async function listEpisodes(releaseId: string): Promise<readonly Episode[]> {
  const { items } = await api.get<{ items: readonly Episode[] }>(`/releases/${encodeURIComponent(releaseId)}/episodes?language=${language.locale}`);
  return [...items].sort((a, b) => a.ordinal - b.ordinal);
}

export function getEpisode(id: string): Promise<Episode> {
  return api.get(`/episodes/${encodeURIComponent(id)}?language=${language.locale}`);
}

export type ReleaseDraft = Required<Schemas['ReleaseIn']>;

export function createRelease(draft: ReleaseDraft): Promise<Release> {
  return api.create('/releases', draft);
}

/** Replaces the release if it is still the version the editor saw (the ETag is its version). */
export async function updateRelease(seen: Release, draft: ReleaseDraft): Promise<Release> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return (await api.send<Release>('PUT', `/releases/${encodeURIComponent(seen.id)}`, { body: draft, headers })).data;
}

export function publishRelease(id: string): Promise<Release> {
  return api.post(`/releases/${encodeURIComponent(id)}/publish`);
}

export function createEpisode(releaseId: string, ordinal: number, name: string): Promise<Episode> {
  return api.create('/episodes', { release_id: releaseId, ordinal, name });
}

export function publishEpisode(id: string): Promise<Episode> {
  return api.post(`/episodes/${encodeURIComponent(id)}/release`);
}
