/** What promos are called, and how their moments are edited. */
import type { Placement, PromoDraft, PromoState } from '../api/promos/promos';

export const STATES = {
  running: 'promos.running',
  scheduled: 'promos.scheduled',
  stopped: 'promos.stopped',
  ended: 'promos.ended',
} as const satisfies Record<PromoState, string>;

export const PLACEMENTS = {
  home_hero: 'promos.home_hero',
  home_row: 'promos.home_row',
  release: 'promos.on_release',
} as const satisfies Record<Placement, string>;

/** `datetime-local` speaks of the editor's own clock; empty for none. */
export function toLocal(iso: string | null | undefined): string {
  if (!iso) return '';
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocal(local: string): string | null {
  return local ? new Date(local).toISOString() : null;
}

/** "en, RU ,en" → ["en", "ru"]. */
export function words(text: string, fold: (word: string) => string = (word) => word): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean).map(fold))];
}

/** Clicks of a hundred who saw it. */
export function clickRate(impressions: number, clicks: number): number {
  return impressions === 0 ? 0 : clicks / impressions;
}

export function emptyPromo(now = Date.now()): PromoDraft {
  return {
    name: '',
    placement: 'home_hero',
    title: '',
    text: '',
    action: '',
    link: '',
    starts_at: new Date(Math.floor(now / 60_000) * 60_000).toISOString(),
    ends_at: null,
    weight: 100,
    audience: { roles: [], languages: [], regions: [], kinds: [], genres: [], release_ids: [] },
    cap: { impressions: 0, days: 0 },
  };
}
