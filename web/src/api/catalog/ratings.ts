/** Votes on releases, what they come to, and rankings. */
import { api } from '../client';
import type { Page, Schemas } from '../types';

export type Rating = Schemas['RatingOut'];
export type Figures = Schemas['FiguresOut'];
export type Ranked = Schemas['RankedOut'];

export const RANKINGS = ['top', 'popular', 'trending'] as const;
export type Ranking = (typeof RANKINGS)[number];

const path = (releaseId: string): string => `/releases/${encodeURIComponent(releaseId)}`;

export const getRating = (releaseId: string): Promise<Rating> => api.get(`${path(releaseId)}/rating`);

/** One's vote from 1 to 10, or (null) none any more; what the rating is afterwards. */
export async function vote(releaseId: string, score: number | null): Promise<Rating> {
  const method = score === null ? 'DELETE' : 'PUT';
  return (await api.send<Rating>(method, `${path(releaseId)}/vote`, score === null ? {} : { body: { score } })).data;
}

/** Of up to 100 releases; those that nobody voted for or has are left out. */
export async function figuresOf(releaseIds: readonly string[]): Promise<readonly Figures[]> {
  const query = releaseIds.map((id) => `id=${encodeURIComponent(id)}`).join('&');
  return (await api.get<Schemas['RatingsOut']>(`/ratings?${query}`)).items;
}

export const ranking = (kind: Ranking, page: number, pageSize: number, signal?: AbortSignal): Promise<Page<Ranked>> =>
  api.get(`/rankings/${kind}?page=${page}&page_size=${pageSize}`, signal ? { signal } : {});
