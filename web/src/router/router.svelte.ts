/** Navigation with the History API: links are ordinary `<a href>`; each page is loaded when first visited. */
import type { Component } from 'svelte';
import { matchPath, type Match } from './match';

export interface Location {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What every page component gets: the parameters of its path. */
export type PageProps = { readonly params: Readonly<Record<string, string>> };
/** `never`: a page may take the parameters or leave them. */
export type PageLoader = () => Promise<{ default: Component<never> }>;

const NOT_FOUND: Match = { name: 'notFound', params: {} };

class Router {
  #location = $state.raw<Location>(readLocation());
  #patterns: Readonly<Record<string, string>> = {};

  get location(): Location {
    return this.#location;
  }

  get match(): Match {
    return matchPath(this.#patterns, this.#location.path) ?? NOT_FOUND;
  }

  start(patterns: Readonly<Record<string, string>>): void {
    this.#patterns = patterns;
    // Pages load their data first, so the browser would restore a scroll position that does not exist yet.
    history.scrollRestoration = 'manual';
    addEventListener('popstate', (event) => {
      this.#location = readLocation();
      const state: unknown = event.state;
      const top = typeof state === 'object' && state !== null && 'scroll' in state ? Number(state.scroll) : 0;
      requestAnimationFrame(() => {
        scrollTo(0, top);
      });
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
      history.replaceState({ scroll: scrollY }, '');
      history.pushState(null, '', href);
      scrollTo(0, 0);
    }
    this.#location = readLocation();
  }
}

function readLocation(): Location {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
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
