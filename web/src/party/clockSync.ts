/** Asks the server for its time: a quick burst at each connection, then every few seconds, as the clock filter wants it. */
import type { Socket } from 'socket.io-client';
import { ask } from '../realtime/socket';
import { BURST_INTERVAL_MS, BURST_PINGS, type ClockFilter } from '../sync/clock';

interface ClockAnswer {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
}

export class ClockSync {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #burst = 0;

  constructor(
    private readonly socket: Socket,
    private readonly filter: ClockFilter,
    private readonly onSample: () => void,
  ) {}

  /** Call at each connection: the server, and with it the clock, may be another one now. */
  start(): void {
    this.stop();
    this.#running = true;
    this.#burst = BURST_PINGS;
    void this.#ping();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  async #ping(): Promise<void> {
    this.#burst -= 1;
    // The next question does not wait for this answer: on a slow line the burst would take seconds.
    this.#again(this.#burst > 0 ? BURST_INTERVAL_MS : this.filter.nextPingInMs);
    const t0 = performance.now();
    try {
      const { t1, t2 } = await ask<ClockAnswer>(this.socket, 'clock', { t0 });
      if (!this.#running || !this.filter.add(t0, t1, t2, performance.now())) return;
      // The clock stepped: the filter began anew and wants a burst.
      if (this.#burst <= 0 && this.filter.nextPingInMs === BURST_INTERVAL_MS) this.#again(BURST_INTERVAL_MS);
      this.onSample();
    } catch {
      // Too slow, or no connection: the next question may do better.
    }
  }

  #again(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ping(), delayMs);
  }
}
