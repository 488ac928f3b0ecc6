/** What was seen and followed, told to the server in batches: each impression once, and none lost with the page. */
import { tellPromoDeeds, type PromoDeed } from '../api/promos/promos';

/** Several promos come into view at once. */
const COLLECT_MS = 1_500;
const RETRY_MS = 15_000;
/** As the server takes in one request. */
export const BATCH = 50;

interface Around {
  readonly tell: (events: readonly PromoDeed[]) => Promise<boolean>;
  readonly later: (work: () => void, ms: number) => unknown;
}

export class PromoDeeds {
  #waiting: PromoDeed[] = [];
  readonly #told = new Set<string>();
  #timer = false;

  constructor(private readonly around: Around) {}

  seen(ticket: string): void {
    this.#add({ kind: 'impression', ticket }, COLLECT_MS);
  }

  /** The page may be left at once: it is told at once. */
  followed(ticket: string): void {
    this.#add({ kind: 'click', ticket }, null);
  }

  #add(deed: PromoDeed, afterMs: number | null): void {
    const name = `${deed.kind} ${deed.ticket}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#waiting = [...this.#waiting, deed].slice(-BATCH);
    if (afterMs === null) void this.flush();
    else this.#soon(afterMs);
  }

  #soon(ms: number): void {
    if (this.#timer) return;
    this.#timer = true;
    this.around.later(() => {
      this.#timer = false;
      void this.flush();
    }, ms);
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const done = await this.around.tell(batch).catch(() => false);
    if (done) return;
    // Telling one again counts it once: the server knows the tickets.
    this.#waiting = [...batch, ...this.#waiting].slice(-BATCH);
    this.#soon(RETRY_MS);
  }
}

export const promoDeeds = new PromoDeeds({ tell: tellPromoDeeds, later: (work, ms) => setTimeout(work, ms) });

if (typeof document !== 'undefined') {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void promoDeeds.flush();
  });
}
