/** A list that follows what somebody types: asked for in pauses, walked with the arrow keys. */

/** Typing pauses this long before suggestions are asked for: shorter than most pauses between words, longer than between letters. */
export const PAUSE_MS = 140;

export class Suggestions<T> {
  items = $state.raw<readonly T[]>([]);
  /** Shown, because there is something to show. */
  open = $state(false);
  #place = $state(-1);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | null = null;

  constructor(
    private readonly ask: (query: string, signal: AbortSignal) => Promise<readonly T[]>,
    /** What stays the same of one item from answer to answer. */
    private readonly keyOf: (item: T) => unknown = (item) => item,
  ) {}

  /** What Enter opens; null while no arrow was pressed. */
  get chosen(): T | null {
    return this.items[this.#place] ?? null;
  }

  /** Somebody typed: ask when they pause. */
  typed(query: string): void {
    this.#forget();
    if (!query.trim()) {
      this.close();
      return;
    }
    this.#timer = setTimeout(() => void this.#load(query), PAUSE_MS);
  }

  async #load(query: string): Promise<void> {
    const request = (this.#request = new AbortController());
    let found: readonly T[] = [];
    try {
      found = await this.ask(query, request.signal);
    } catch {
      // The list of results below says what is wrong, and has a button to try again.
    }
    if (request.signal.aborted) return;
    // Whoever pressed an arrow before the last letters were answered keeps what they chose.
    const chosen = this.chosen;
    this.items = found;
    this.#place = chosen === null ? -1 : found.findIndex((item) => this.keyOf(item) === this.keyOf(chosen));
    this.open = found.length > 0;
  }

  /** One down (1) or up (-1), round through none. */
  move(by: 1 | -1): void {
    if (this.items.length === 0) return;
    if (!this.open) {
      this.open = true;
      return;
    }
    const places = this.items.length + 1;
    this.#place = ((this.#place + 1 + by + places) % places) - 1;
  }

  /** The pointer is over this one. */
  point(place: number): void {
    this.#place = place;
  }

  /** Take the list away, and ask for nothing more. */
  close(): void {
    this.#forget();
    this.open = false;
    this.#place = -1;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }
}
