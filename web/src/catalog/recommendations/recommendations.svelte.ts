/** The list of recommendations, which follows what the reader hides and what changes in their library. */
import { getRecommendations, hideRelease, restoreRelease, type Recommendation, type Recommendations } from '../../api/catalog/recommendations';
import type { LibraryNews } from '../../api/library';
import { t } from '../../i18n/i18n.svelte';
import { undo } from '../../library/undo.svelte';
import { onReconnect, onUpdate } from '../../realtime/updates.svelte';
import { releaseTitle } from '../labels';

export class RecommendationList {
  found = $state.raw<Recommendations | null>(null);
  error = $state<unknown>(null);
  readonly #limit: number;
  #asked = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const found = await getRecommendations(this.#limit);
      if (asked !== this.#asked) return; // a later question has an answer, or will
      this.found = found;
      this.error = null;
    } catch (problem) {
      if (asked === this.#asked) this.error = problem;
    }
  }

  /** Read, and read again whenever favourites or shelves change, here or on another device; returns how to stop. */
  follow(): () => void {
    void this.load();
    const stops = [
      onUpdate<LibraryNews>('library:updated', (news) => {
        if (news.change === 'favorites' || news.change === 'collections') void this.load();
      }),
      onReconnect(() => void this.load()),
    ];
    return () => {
      this.#asked += 1;
      for (const stop of stops) stop();
    };
  }

  /** "Not this": gone at once, with a way back. */
  async hide(item: Recommendation): Promise<void> {
    const id = item.release.id;
    if (this.found) this.found = { ...this.found, items: this.found.items.filter((one) => one !== item) };
    try {
      await hideRelease(id);
      undo.offer(t('recommendations.hidden', { title: releaseTitle(item.release) }), async () => {
        await restoreRelease(id);
        await this.load();
      });
    } finally {
      // The one that comes up instead, or the one that could not be hidden.
      await this.load();
    }
  }
}
