/** Promos, or ads in videos, page by page and by their state: what the lists of both have in common. */
import type { PromoState } from '../api/promos/promos';

interface Found<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export class CampaignList<T> {
  items = $state.raw<readonly T[] | null>(null);
  total = $state(0);
  page = $state(1);
  error = $state<unknown>(null);
  #shown = $state<PromoState | null>(null);

  constructor(private readonly ask: (state: PromoState | null, page: number) => Promise<Found<T>>) {}

  /** The state that is wanted; null: all. */
  get shown(): PromoState | null {
    return this.#shown;
  }

  readonly show = (wanted: PromoState | null): void => {
    if (wanted === this.#shown) return;
    this.items = null;
    this.page = 1;
    this.#shown = wanted;
  };

  /** An answer to what is not asked any more is left out. */
  readonly load = async (): Promise<void> => {
    const [shown, page] = [this.#shown, this.page];
    this.error = null;
    try {
      const found = await this.ask(shown, page);
      if (shown !== this.#shown || page !== this.page) return;
      this.items = found.items;
      this.total = found.total;
    } catch (problem) {
      this.error = problem;
    }
  };
}
