/** Franchises: releases that belong together, their orders, and one's progress over all of them. */
import { language } from '../../i18n/i18n.svelte';
import { api } from '../client';
import type { Page, Schemas } from '../types';

export const FRANCHISE_PAGE = 24;

export type Franchise = Schemas['FranchiseOut'];
export type FranchiseMember = Schemas['FranchiseMemberOut'];
export type FranchiseSummary = Schemas['FranchiseSummaryOut'];
export type FranchiseProgress = Schemas['FranchiseProgressOut'];
export type FranchiseDraft = Required<Schemas['FranchiseIn']>;
export type RelationKind = Schemas['RelationKind'];

/** The orders a franchise is watched in. */
export const ORDERS = ['recommended', 'chronological', 'release'] as const;
export type Order = (typeof ORDERS)[number];

const path = (key: string): string => `/franchises/${encodeURIComponent(key)}`;

export function listFranchises(search: string, page: number, signal?: AbortSignal): Promise<Page<FranchiseSummary>> {
  const query = new URLSearchParams({ search, page: String(page), page_size: String(FRANCHISE_PAGE) });
  return api.get(`/franchises?${query.toString()}`, signal ? { signal } : {});
}

export const getFranchise = (key: string): Promise<Franchise> => api.get(`${path(key)}?language=${language.locale}`);

/** Null for a release that stands by itself, as most do. */
export const franchiseOfRelease = async (release: string): Promise<Franchise | null> =>
  (await api.get<Schemas['ReleaseFranchiseOut']>(`/releases/${encodeURIComponent(release)}/franchise?language=${language.locale}`)).franchise;

export const franchiseProgress = (key: string): Promise<FranchiseProgress> => api.get(`${path(key)}/progress`);

export const createFranchise = (draft: FranchiseDraft): Promise<Franchise> => api.create('/franchises', draft);

/** Replaces the franchise if it is still the version the editor saw. */
export async function updateFranchise(seen: Franchise, draft: FranchiseDraft): Promise<Franchise> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return (await api.send<Franchise>('PUT', path(seen.id), { body: draft, headers })).data;
}

export async function deleteFranchise(seen: Franchise): Promise<void> {
  await api.send('DELETE', path(seen.id), { headers: { 'If-Match': `"v${seen.version}"` } });
}
