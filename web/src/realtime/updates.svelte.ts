/**
 * What the server tells a signed-in person while they look at any page: one socket, shared by all who listen.
 *
 * On a party page the party's own socket hears the same things, and is lent; everywhere else this opens one. The library
 * behind it is loaded when somebody is signed in, and not before the first page is there.
 */
import type { Socket } from 'socket.io-client';
import { session } from '../account/session.svelte';
import { api } from '../api/client';
import { router } from '../router/router.svelte';
import type { Auth } from './socket';

export type UpdateHandler<T = unknown> = (body: T) => void;

/** The socket.io client retries by itself where the network failed; these are for what it gives up on. */
const TOLD_TO_GO_MS = 300;
const REFUSED_MS = 15_000;

/** A first connection that takes longer than this may have missed what happened after the page read its data. */
const PROMPT_MS = 2_000;

/** What `Updates` needs; tests bring their own. */
export interface Line {
  readonly open: (auth: () => Promise<Auth>) => Promise<Socket>;
  readonly token: () => string | null;
  readonly refresh: () => Promise<boolean>;
}

const line: Line = {
  open: async (auth) => (await import('./socket')).openSocket(auth),
  token: () => api.token,
  refresh: () => api.refresh(),
};

export class Updates {
  readonly #handlers = new Map<string, Set<UpdateHandler>>();
  readonly #stale = new Set<() => void>();
  readonly #connected = new Set<() => void>();
  #socket: Socket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Counts openings and closings, so that a library that arrives late finds out it is not wanted any more. */
  #turn = 0;
  #refreshTried = false;

  constructor(private readonly around: Line = line) {}

  /** Calls `handler` for each `event` until the returned function is called. */
  onUpdate<T>(event: string, handler: UpdateHandler<T>): () => void {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(handler as UpdateHandler);
    return () => handlers.delete(handler as UpdateHandler);
  }

  /** Calls `handler` when updates may have been missed: whoever shows something reads it again. */
  onReconnect(handler: () => void): () => void {
    this.#stale.add(handler);
    return () => this.#stale.delete(handler);
  }

  /** Calls `handler` at every connection, the first too: for what may change between reading it and listening. */
  onConnect(handler: () => void): () => void {
    this.#connected.add(handler);
    return () => this.#connected.delete(handler);
  }

  /** Listens on a socket that somebody else opened and will close. */
  lend(socket: Socket): void {
    this.#hear(socket);
    socket.on('connect', () => {
      this.#call(this.#connected);
      this.#call(this.#stale);
    });
  }

  /** Opens the socket; does nothing if it is open. */
  open(): void {
    if (this.#turn % 2 === 1) return;
    const turn = (this.#turn += 1);
    const beganMs = performance.now();
    this.around.open(() => Promise.resolve({ token: this.around.token() ?? '' })).then(
      (socket) => {
        if (turn === this.#turn) this.#listen(socket, beganMs);
      },
      () => {
        // The chunk did not come: the pages work without, and the next opening asks for it again.
        if (turn === this.#turn) this.#turn += 1;
      },
    );
  }

  close(): void {
    if (this.#turn % 2 === 0) return;
    this.#turn += 1;
    clearTimeout(this.#retry);
    this.#socket?.removeAllListeners();
    this.#socket?.disconnect();
    this.#socket = null;
  }

  #listen(socket: Socket, beganMs: number): void {
    this.#socket = socket;
    let first = true;
    this.#hear(socket);
    socket.on('connect', () => {
      this.#refreshTried = false;
      this.#call(this.#connected);
      if (!first || performance.now() - beganMs > PROMPT_MS) this.#call(this.#stale);
      first = false;
    });
    socket.on('disconnect', (reason) => {
      // By the server: a restart, or rights that changed. socket.io waits for us to come back by ourselves.
      if (reason === 'io server disconnect') this.#connectLater(TOLD_TO_GO_MS);
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      if (error.data?.code !== undefined) void this.#refused(error.data.code);
    });
    socket.connect();
  }

  #hear(socket: Socket): void {
    socket.onAny((event: string, body: unknown) => {
      for (const handler of [...(this.#handlers.get(event) ?? [])]) handler(body);
    });
  }

  /** An access token that ran out meanwhile is renewed, once; if the session is over, the pages hear of it that way. */
  async #refused(code: string): Promise<void> {
    const turn = this.#turn;
    let renewed = false;
    if (!this.#refreshTried && (code === 'unauthenticated' || code.startsWith('token_'))) {
      this.#refreshTried = true;
      renewed = await this.around.refresh().catch(() => false);
    }
    if (turn !== this.#turn) return;
    if (renewed) this.#socket?.connect();
    else this.#connectLater(REFUSED_MS);
  }

  #connectLater(delayMs: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#refreshTried = false;
      this.#socket?.connect();
    }, delayMs);
  }

  #call(handlers: ReadonlySet<() => void>): void {
    for (const handler of [...handlers]) handler();
  }
}

export const updates = new Updates();

export const onUpdate = <T>(event: string, handler: UpdateHandler<T>): (() => void) => updates.onUpdate(event, handler);
export const onConnect = (handler: () => void): (() => void) => updates.onConnect(handler);
export const onReconnect = (handler: () => void): (() => void) => updates.onReconnect(handler);

/** Keeps the socket open while somebody is signed in and not in a party. Call while the root component initialises. */
export function keepUpdates(): void {
  const user = $derived(session.user?.id ?? null);
  const wanted = $derived(user !== null && router.match.name !== 'party');
  $effect(() => {
    // Another person is another socket.
    if (user === null || !wanted) return;
    updates.open();
    return () => {
      updates.close();
    };
  });
}
