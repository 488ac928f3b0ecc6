/** The releases of one question to the catalogue, page by page as they come on the screen. */
import type { FacetCounts, ReleasePage } from '../../api/catalog/catalog';
import type { Release } from '../../api/types';

/** Releases asked for at once: a screen of a large display, and half of what the server needs for two. */
export const PAGE_SIZE = 24;

/** What is there of an answer; kept for whoever comes back to the page. */
export interface Loaded {
  /** What was asked, in the reader's language. */
  readonly key: string;
  readonly pages: ReadonlyMap<number, readonly Release[]>;
  readonly total: number;
  readonly facets: FacetCounts | null;
}

type Ask = (question: URLSearchParams, signal: AbortSignal) => Promise<ReleasePage>;

export class CatalogueList {
  loaded = $state.raw<Loaded | null>(null);
  /** Another question was asked, and what is shown is the answer to the one before. */
  stale = $state(true);
  error = $state<unknown>(null);
  #question = new URLSearchParams();
  readonly #requests = new Map<number, AbortController>();

  constructor(private readonly ask: Ask) {}

  /** Ask another question; `kept` is the answer where somebody comes back to it. */
  async start(key: string, question: URLSearchParams, kept: Loaded | null): Promise<void> {
    this.stop();
    this.#question = question;
    this.error = null;
    if (kept !== null) {
      this.loaded = kept;
      this.stale = false;
      return;
    }
    this.stale = true;
    await this.#load(1, key, true);
  }

  /** These pages are on the screen: ask for those that are not there yet. */
  need(pages: readonly number[]): void {
    const { loaded } = this;
    if (this.stale || loaded === null) return;
    for (const page of pages) if (!loaded.pages.has(page) && !this.#requests.has(page)) void this.#load(page, loaded.key, false);
    // Somebody scrolled past these.
    for (const [page, request] of this.#requests) if (!pages.includes(page)) request.abort();
  }

  item(place: number): Release | undefined {
    return this.loaded?.pages.get(Math.floor(place / PAGE_SIZE) + 1)?.[place % PAGE_SIZE];
  }

  stop(): void {
    for (const request of this.#requests.values()) request.abort();
    this.#requests.clear();
  }

  async #load(page: number, key: string, first: boolean): Promise<void> {
    const request = new AbortController();
    this.#requests.set(page, request);
    const question = new URLSearchParams(this.#question);
    question.set('page', String(page));
    question.set('page_size', String(PAGE_SIZE));
    if (first) question.set('facets', 'true');
    try {
      const found = await this.ask(question, request.signal);
      if (request.signal.aborted) return;
      const before = first ? null : this.loaded;
      this.loaded = {
        key,
        pages: new Map([...(before?.pages ?? []), [page, found.items]]),
        total: found.total,
        facets: first ? (found.facets ?? null) : (before?.facets ?? null),
      };
      this.stale = false;
      this.error = null;
    } catch (problem) {
      if (!request.signal.aborted) this.error = problem;
    } finally {
      if (this.#requests.get(page) === request) this.#requests.delete(page);
    }
  }
}
