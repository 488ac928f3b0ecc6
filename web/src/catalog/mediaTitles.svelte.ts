/**
 * What is on in a party, by the name this reader would give it. Parties say which episode it is and one title for everybody;
 * the names and translations are the catalogue's, which is asked once for each episode shown.
 */
import { SvelteMap } from 'svelte/reactivity';
import { getEpisode, getRelease } from '../api/catalog/catalog';
import type { Release } from '../api/types';
import { language } from '../i18n/i18n.svelte';
import { playedTitle } from './labels';

/** A list of parties asks for fifty at a time: it must not keep the page's other requests waiting. */
const AT_ONCE = 3;
/** Far more than a queue and a list of parties show; the oldest go. */
const KEPT = 500;
/** What could not be read is asked again by whoever shows it later than this. */
const RETRY_MS = 30_000;

const titles = new SvelteMap<string, string>();
const asked = new Map<string, number>();
const releases = new Map<string, Promise<Release>>();
const waiting: (() => Promise<void>)[] = [];
let running = 0;

/** The title for the reader; until it is known, and where nobody may read it, the one that came along. */
export function titleOf(media: { readonly episode_id: string; readonly title?: string } | null | undefined): string {
  if (!media) return '';
  if (!media.episode_id) return media.title ?? ''; // a live channel, which has one name
  const key = `${language.locale} ${media.episode_id}`;
  const known = titles.get(key);
  if (known === undefined) ask(key, media.episode_id);
  return known ?? media.title ?? '';
}

function ask(key: string, episodeId: string): void {
  if (Date.now() - (asked.get(key) ?? -Infinity) < RETRY_MS) return;
  asked.set(key, Date.now());
  waiting.push(() => read(key, episodeId));
  queueMicrotask(work); // not while a page is being worked out
}

function work(): void {
  while (running < AT_ONCE) {
    const next = waiting.shift();
    if (!next) return;
    running += 1;
    void next().finally(() => {
      running -= 1;
      work();
    });
  }
}

async function read(key: string, episodeId: string): Promise<void> {
  try {
    const episode = await getEpisode(episodeId);
    const release = await releaseOf(episode.release_id);
    if (!key.startsWith(`${language.locale} `)) {
      asked.delete(key); // the reader chose another language meanwhile
      return;
    }
    titles.set(key, playedTitle(language.locale, release, episode));
    keepFew(titles);
    keepFew(asked);
  } catch {
    // The title that came along stands.
  }
}

function releaseOf(id: string): Promise<Release> {
  const key = `${language.locale} ${id}`;
  const found = releases.get(key) ?? getRelease(id);
  releases.set(key, found);
  keepFew(releases);
  found.catch(() => releases.delete(key));
  return found;
}

function keepFew(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= KEPT) return;
    map.delete(key);
  }
}
