/** Registered video sources: what an operator sees and says. */
import { api } from './client';
import type { Page } from './types';

export type Policy = 'replace' | 'delete' | 'off';
export type Clock = 'measured' | 'dated' | 'numbered';

export interface Correction {
  readonly id: string;
  readonly is_ad: boolean;
  readonly clock: Clock;
  readonly start: number;
  readonly end: number;
  readonly at: string;
}

export interface Activity {
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** When counting began; null before the first request. */
  readonly since: string | null;
  readonly requests: number;
  readonly cached: number;
  readonly failed: number;
  readonly playlists: number;
  readonly ads_cut: number;
  readonly ad_seconds_cut: number;
  readonly guard_trips: number;
  readonly bytes_passed: number;
  readonly upstream_ms: number | null;
  readonly last_error: string;
}

export interface Findings {
  readonly is_live: boolean;
  readonly variants: number;
  readonly height_px: number;
  readonly duration_ms: number;
  readonly codecs: readonly string[];
  readonly encryption: readonly string[];
  readonly ad_signals: readonly string[];
  readonly ads: number;
}

/** How a source is fetched and played. */
export interface SourceChange {
  readonly name: string;
  readonly url: string;
  readonly policy: Policy;
  readonly signals: boolean;
  readonly heuristics: boolean;
  readonly allowed_hosts: readonly string[];
  readonly ad_addresses: readonly string[];
  readonly programme_addresses: readonly string[];
}

export interface Source extends SourceChange {
  readonly id: string;
  readonly episode_id: string;
  readonly corrections: readonly Correction[];
  readonly activity: Activity;
  readonly findings: Findings;
  readonly version: number;
}

export interface ExplainedSegment {
  readonly msn: number;
  readonly start_s: number;
  readonly at: number;
  readonly until: number;
  readonly duration_s: number;
  readonly uri: string;
  readonly title: string;
  readonly fate: 'keep' | 'gap' | 'slate' | 'delete';
  readonly source: 'signal' | 'rule' | 'heuristic' | 'operator' | null;
  readonly reasons: readonly string[];
  readonly score: number;
}

export interface Explained {
  readonly url: string;
  readonly is_live: boolean;
  readonly refusal: string;
  readonly clock: Clock;
  readonly segments: readonly ExplainedSegment[];
}

export interface Preview {
  readonly original: string;
  readonly stripped: string;
}

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
