/** A list that is read page by page, with the releases its entries are about. */
import { untrack } from 'svelte';
import { LIBRARY_PAGE, releasesById } from '../api/library';
import type { Page, Release } from '../api/types';

export class Paged<T extends { readonly release_id: string }> {
  items = $state.raw<readonly T[]>([]);
  releases = $state.raw<ReadonlyMap<string, Release>>(new Map());
  total = $state(0);
  loading = $state(true);
  error = $state<unknown>(null);
  /** Counts loads, so that an answer that was overtaken is dropped. */
  #turn = 0;

  constructor(private readonly read: (page: number) => Promise<Page<T>>) {}

  get hasMore(): boolean {
    return this.items.length < this.total;
  }

  /** From the beginning; as many pages as are shown, so that nothing under the reader's eyes goes away. */
  async load(): Promise<void> {
    // Whoever loads in an effect depends on what they ask for, not on what comes back.
    const pages = Math.max(1, Math.ceil(untrack(() => this.items.length) / LIBRARY_PAGE));
    await this.#fetch(async () => {
      const found = await Promise.all(Array.from({ length: pages }, (_, index) => this.read(index + 1)));
      return { items: found.flatMap((page) => page.items), total: found[0]?.total ?? 0 };
    });
  }

  async more(): Promise<void> {
    await this.#fetch(async () => {
      // By the page that is not full yet: what was removed meanwhile moved everything up.
      const { items, total } = await this.read(Math.floor(this.items.length / LIBRARY_PAGE) + 1);
      return { items: unique([...this.items, ...items]), total };
    });
  }

  clear(): void {
    this.items = [];
    this.total = 0;
  }

  /** Takes an entry off the page at once; the server hears of it from the caller. */
  drop(item: T): void {
    this.items = this.items.filter((one) => one !== item);
    this.total -= 1;
  }

  async #fetch(read: () => Promise<{ items: readonly T[]; total: number }>): Promise<void> {
    const turn = (this.#turn += 1);
    this.loading = true;
    this.error = null;
    try {
      const { items, total } = await read();
      const missing = items.map((item) => item.release_id).filter((id) => !this.releases.has(id));
      const releases = missing.length > 0 ? new Map([...this.releases, ...(await releasesById(missing))]) : this.releases;
      if (turn !== this.#turn) return;
      this.items = items;
      this.total = total;
      this.releases = releases;
    } catch (problem) {
      if (turn === this.#turn) this.error = problem;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}

function unique<T extends { readonly release_id: string }>(items: readonly T[]): T[] {
  const keyed = new Map(items.map((item) => ['episode_id' in item ? String(item.episode_id) : item.release_id, item]));
  return [...keyed.values()];
}
