/** Recommendations, what may be recommended, and what is similar. */
import { language } from '../../i18n/i18n.svelte';
import { api } from '../client';
import type { Schemas } from '../types';

export type Recommendations = Schemas['RecommendationsOut'];
export type Recommendation = Schemas['RecommendationOut'];
export type Reason = Schemas['ReasonOut'];
type Stored = Required<Schemas['PreferencesIO']>;
export type Preferences = { -readonly [Name in keyof Stored]: Stored[Name] };
export type HiddenRelease = Schemas['HiddenOut'];
export type Model = Schemas['ModelOut'];
export type Similar = Schemas['SimilarOut'];

export function getRecommendations(limit: number): Promise<Recommendations> {
  return api.get(`/recommendations?limit=${limit}&language=${language.locale}`);
}

export function getPreferences(): Promise<Preferences> {
  return api.get('/recommendations/settings');
}

export async function savePreferences(preferences: Preferences): Promise<void> {
  await api.send('PUT', '/recommendations/settings', { body: preferences });
}

export async function listHidden(): Promise<readonly HiddenRelease[]> {
  const query = new URLSearchParams({ page_size: '100', language: language.locale });
  return (await api.get<Schemas['HiddenPage']>(`/recommendations/not-interested?${query.toString()}`)).items;
}

export async function hideRelease(id: string): Promise<void> {
  await api.send('POST', `/recommendations/not-interested/${encodeURIComponent(id)}`);
}

export async function restoreRelease(id: string): Promise<void> {
  await api.send('DELETE', `/recommendations/not-interested/${encodeURIComponent(id)}`);
}

/** For administrators: what is stored; the list of a server may still be of the one before. */
export async function getModel(): Promise<Model | null> {
  return (await api.get<Schemas['AdminModelOut']>('/admin/recommendations/model')).model;
}

/** For administrators. */
export async function buildModel(): Promise<void> {
  await api.send('POST', '/admin/recommendations/model');
}

const similarPath = (id: string) => `/releases/${encodeURIComponent(id)}/similar`;

export function getSimilar(id: string): Promise<Similar> {
  return api.get(`${similarPath(id)}?language=${language.locale}`);
}

export async function suggestSimilar(id: string, otherId: string): Promise<void> {
  await api.send('POST', similarPath(id), { body: { release_id: otherId } });
}

export async function voteSimilar(id: string, otherId: string, agree: boolean): Promise<void> {
  await api.send(agree ? 'PUT' : 'DELETE', `${similarPath(id)}/${encodeURIComponent(otherId)}/vote`);
}

/** For moderators: nobody can suggest the pair again. */
export async function removeSimilar(id: string, otherId: string): Promise<void> {
  await api.send('DELETE', `${similarPath(id)}/${encodeURIComponent(otherId)}`);
}
