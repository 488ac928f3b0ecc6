/** Tells the server which release was meant by what was searched for, so that it learns the names that people use. */
import { api } from '../../api/client';

/** A search that found nothing belongs to what is chosen within this time. */
export const MISSED_MS = 120_000;
const MISSED_MAX = 10;

const key = (text: string): string => text.trim().toLowerCase();
/** Whether one is the other, typed further. */
const grows = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

export class Searches {
  #missed: { readonly text: string; readonly at: number }[] = [];

  constructor(
    private readonly report: (query: string, releaseId: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Nothing, or nothing surely, was found for `text`. */
  missed(text: string): void {
    const last = this.#missed.at(-1);
    // While a word is typed, or deleted again, its longest form is what was meant.
    if (last && key(last.text).startsWith(key(text))) return;
    if (last && key(text).startsWith(key(last.text))) this.#missed.pop();
    this.#missed = [...this.#missed, { text: text.trim(), at: this.now() }].slice(-MISSED_MAX);
  }

  /** A release was opened from what `query` found. */
  chose(query: string, releaseId: string): void {
    const missed = this.#missed.filter(({ text, at }) => at >= this.now() - MISSED_MS && !grows(key(text), key(query))).at(-1);
    this.#missed = [];
    for (const text of [query.trim(), missed?.text]) if (text) this.report(text, releaseId);
  }
}

/** Nobody waits for it, and nobody is told that it failed. */
export const searches = new Searches((query, releaseId) => void api.post('/search/choices', { query, release_id: releaseId }).catch(() => undefined));

/** The release that a click opens; null for any other click. */
export function releaseOpened(target: EventTarget | null): string | null {
  const link = target instanceof Element ? target.closest('a') : null;
  const found = /^\/releases\/([^/]+)$/.exec(link?.pathname ?? '');
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

/** An action for a list of what a search found. */
export function choosing(list: HTMLElement, query: string): { update: (query: string) => void; destroy: () => void } {
  let searched = query;
  const clicked = (event: Event): void => {
    const release = releaseOpened(event.target);
    if (release && searched.trim()) searches.chose(searched, release);
  };
  list.addEventListener('click', clicked);
  return { update: (text) => (searched = text), destroy: () => list.removeEventListener('click', clicked) };
}
