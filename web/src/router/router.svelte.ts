/** Navigation with the History API: links are ordinary `<a href>`; each page is loaded when first visited. */
import type { Component } from 'svelte';
import { randomId } from '../realtime/ids';
import { matchPath, type Match } from './match';

export interface Location {
  readonly path: string;
  readonly query: URLSearchParams;
  /** What follows the `#`; no server sees it. */
  readonly fragment: string;
}

/** What every page component gets: the parameters of its path. */
export type PageProps = { readonly params: Readonly<Record<string, string>> };
/** `never`: a page may take the parameters or leave them. */
export type PageLoader = () => Promise<{ default: Component<never> }>;

const NOT_FOUND: Match = { name: 'notFound', params: {} };

/** Of so many visited places it is remembered what they showed; a place further back is simply loaded again. */
const PLACES_MAX = 20;
/** A page whose data comes later than this is left at its top. */
const SETTLE_MS = 3_000;

interface Place {
  scroll: number;
  page: unknown;
}

class Router {
  #location = $state.raw<Location>(readLocation());
  #patterns: Readonly<Record<string, string>> = {};
  /** The entry of the history that is shown; in `history.state` as well, for when it comes back. */
  #entry = readState().entry ?? randomId();
  readonly #places = new Map<string, Place>();
  #returnTo: number | null = null;

  get location(): Location {
    return this.#location;
  }

  get match(): Match {
    return matchPath(this.#patterns, this.#location.path) ?? NOT_FOUND;
  }

  get entry(): string {
    return this.#entry;
  }

  start(patterns: Readonly<Record<string, string>>): void {
    this.#patterns = patterns;
    // Pages load their data first, so the browser would restore a scroll position that does not exist yet.
    history.scrollRestoration = 'manual';
    history.replaceState({ ...readState(), entry: this.#entry }, '');
    this.#returnTo = readState().scroll ?? null; // reloaded, or back from another site
    addEventListener('popstate', () => {
      this.#place(this.#entry).scroll = scrollY;
      const { entry, scroll } = readState();
      this.#entry = entry ?? randomId();
      this.#returnTo = this.#places.get(this.#entry)?.scroll ?? scroll ?? 0;
      this.#location = readLocation();
    });
    addEventListener('pagehide', () => {
      history.replaceState({ entry: this.#entry, scroll: scrollY }, '');
    });
    document.addEventListener('click', (event) => {
      const href = internalHref(event);
      if (href === null) return;
      event.preventDefault();
      this.go(href);
    });
  }

  go(href: string, { replace = false }: { replace?: boolean } = {}): void {
    if (replace) {
      history.replaceState(history.state, '', href);
    } else {
      history.replaceState({ entry: this.#entry, scroll: scrollY }, '');
      this.#place(this.#entry).scroll = scrollY;
      this.#entry = randomId();
      history.pushState({ entry: this.#entry }, '', href);
      this.#returnTo = null;
      scrollTo(0, 0);
    }
    this.#location = readLocation();
  }

  /** What a page wants to find again when somebody comes back to it by the history; `entry` is that of its beginning. */
  keep(entry: string, page: unknown): void {
    this.#place(entry).page = page;
  }

  /** What was kept for the place that is shown now. */
  kept(): unknown {
    return this.#places.get(this.#entry)?.page;
  }

  /** The page is there: back to where it was left, as soon as it is long enough for that, unless somebody moves before. */
  arrived(): void {
    const top = this.#returnTo;
    this.#returnTo = null;
    if (top === null) return;
    const until = performance.now() + SETTLE_MS;
    const moved = new AbortController();
    for (const sign of ['wheel', 'touchstart', 'pointerdown', 'keydown', 'popstate'] as const) {
      addEventListener(sign, () => moved.abort(), { signal: moved.signal, passive: true });
    }
    const step = (): void => {
      if (moved.signal.aborted) return;
      const reach = document.documentElement.scrollHeight - innerHeight;
      if (reach >= top || performance.now() > until) {
        scrollTo(0, top);
        moved.abort();
      } else requestAnimationFrame(step);
    };
    step();
  }

  #place(entry: string): Place {
    const place = this.#places.get(entry) ?? { scroll: 0, page: undefined };
    // Last in, last out.
    this.#places.delete(entry);
    this.#places.set(entry, place);
    for (const oldest of this.#places.keys()) {
      if (this.#places.size <= PLACES_MAX) break;
      this.#places.delete(oldest);
    }
    return place;
  }
}

/** What we have left in the history; another version of us, or nobody, may have written it. */
function readState(): { entry?: string; scroll?: number } {
  const state: unknown = history.state;
  if (typeof state !== 'object' || state === null) return {};
  return {
    ...('entry' in state && typeof state.entry === 'string' ? { entry: state.entry } : {}),
    ...('scroll' in state && typeof state.scroll === 'number' ? { scroll: state.scroll } : {}),
  };
}

function readLocation(): Location {
  return { path: location.pathname, query: new URLSearchParams(location.search), fragment: location.hash.slice(1) };
}

/** The address of a plain click on a link within the client, null for every other click. */
function internalHref(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return null;
  if (link.pathname.startsWith('/api/') || link.hash) return null;
  return link.pathname + link.search;
}

export const router = new Router();
