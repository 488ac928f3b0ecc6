/** Figures for the cards on a page, asked for together: one request for all that come up in one moment. */
import { SvelteMap } from 'svelte/reactivity';
import { figuresOf, type Figures } from '../../api/catalog/ratings';

/** As many as the server takes in one question. */
const IDS_PER_QUESTION = 100;
/** Cards of one list appear within a few frames. */
const COMPANY_MS = 30;
/** What a card shows may be so old. */
const KEPT_MS = 120_000;
/** Cards remembered; a long evening's scrolling. */
const KEPT_MAX = 2_000;

const known = new SvelteMap<string, Figures | null>();
const askedAt = new Map<string, number>();
let waiting = new Set<string>();

/** The figures of a release, as far as they are known by now. */
export const figures = (releaseId: string): Figures | null => known.get(releaseId) ?? null;

/** Has the figures of a release read soon. */
export function wantFigures(releaseId: string): void {
  const last = askedAt.get(releaseId);
  if (last !== undefined && Date.now() - last < KEPT_MS) return;
  if (askedAt.size >= KEPT_MAX) {
    askedAt.clear();
    known.clear();
  }
  askedAt.set(releaseId, Date.now());
  if (waiting.size === 0) setTimeout(ask, COMPANY_MS);
  waiting.add(releaseId);
}

/** Somebody has just voted: what their page knows is newer. */
export function rememberFigures(newer: Figures): void {
  known.set(newer.release_id, newer);
}

function ask(): void {
  const ids = [...waiting];
  waiting = new Set();
  for (let start = 0; start < ids.length; start += IDS_PER_QUESTION) {
    const part = ids.slice(start, start + IDS_PER_QUESTION);
    figuresOf(part).then(
      (found) => {
        for (const one of found) known.set(one.release_id, one);
      },
      () => {
        // Cards do without, and ask again the next time.
        for (const id of part) askedAt.delete(id);
      },
    );
  }
}
