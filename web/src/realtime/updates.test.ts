import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Socket } from 'socket.io-client';

// The module's singletons belong to the browser: a page, a cookie, an address bar.
vi.mock('../account/session.svelte', () => ({ session: { user: null } }));
vi.mock('../router/router.svelte', () => ({ router: { match: { name: 'home' } } }));

const { Updates } = await import('./updates.svelte');

type Listener = (...args: never[]) => void;

/** The little of a socket.io client that is used here. */
class FakeSocket {
  connects = 0;
  disconnected = false;
  readonly listeners = new Map<string, Listener>();
  any: ((event: string, body: unknown) => void) | null = null;

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }
  onAny(listener: (event: string, body: unknown) => void): void {
    this.any = listener;
  }
  connect(): void {
    this.connects += 1;
  }
  disconnect(): void {
    this.disconnected = true;
  }
  removeAllListeners(): void {
    this.listeners.clear();
    this.any = null;
  }
  happens(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.(...(args as never[]));
  }
}

class Scene {
  readonly sockets: FakeSocket[] = [];
  readonly tokens: string[] = [];
  token = 'first';
  refreshes = 0;
  refreshed = true;
  auth: (() => Promise<{ readonly token?: string }>) | null = null;
  readonly updates = new Updates({
    open: (auth) => {
      this.auth = auth;
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return Promise.resolve(socket as unknown as Socket);
    },
    token: () => this.token,
    refresh: () => {
      this.refreshes += 1;
      this.token = 'renewed';
      return Promise.resolve(this.refreshed);
    },
  });

  async opened(): Promise<FakeSocket> {
    this.updates.open();
    await vi.advanceTimersByTimeAsync(0);
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('not opened');
    return socket;
  }
}

describe('updates', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shares one socket between all who listen, until they stop', async () => {
    const scene = new Scene();
    const heard: unknown[] = [];
    const stop = scene.updates.onUpdate('notification', (body) => heard.push(['a', body]));
    scene.updates.onUpdate('notification', (body) => heard.push(['b', body]));
    const socket = await scene.opened();
    scene.updates.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(scene.sockets).toHaveLength(1);
    socket.any?.('notification', 1);
    stop();
    socket.any?.('notification', 2);
    socket.any?.('something else', 3);
    expect(heard).toEqual([['a', 1], ['b', 1], ['b', 2]]);
  });

  it('says so when updates may have been missed, and not when the first connection was prompt', async () => {
    const scene = new Scene();
    let missed = 0;
    let connected = 0;
    scene.updates.onReconnect(() => (missed += 1));
    const stop = scene.updates.onConnect(() => (connected += 1));
    const socket = await scene.opened();
    socket.happens('connect');
    expect([missed, connected]).toEqual([0, 1]);
    socket.happens('disconnect', 'transport close');
    socket.happens('connect');
    expect([missed, connected]).toEqual([1, 2]);
    stop();
    socket.happens('connect');
    expect([missed, connected]).toEqual([2, 2]);
  });

  it('says so after a first connection that took long', async () => {
    const scene = new Scene();
    let missed = 0;
    scene.updates.onReconnect(() => (missed += 1));
    const socket = await scene.opened();
    await vi.advanceTimersByTimeAsync(2_500);
    socket.happens('connect');
    expect(missed).toBe(1);
  });

  it('comes back after the server closed the socket, with the token of that moment', async () => {
    const scene = new Scene();
    const socket = await scene.opened();
    socket.happens('connect');
    scene.token = 'second';
    socket.happens('disconnect', 'io server disconnect');
    await vi.advanceTimersByTimeAsync(400);
    expect(socket.connects).toBe(2);
    expect(await scene.auth?.()).toEqual({ token: 'second' });
  });

  it('renews a token that ran out once, and then waits', async () => {
    const scene = new Scene();
    const socket = await scene.opened();
    socket.happens('connect_error', { data: { code: 'unauthenticated' } });
    await vi.advanceTimersByTimeAsync(0);
    expect([scene.refreshes, socket.connects]).toEqual([1, 2]);
    socket.happens('connect_error', { data: { code: 'unauthenticated' } });
    await vi.advanceTimersByTimeAsync(5_000);
    expect([scene.refreshes, socket.connects]).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(socket.connects).toBe(3);
  });

  it('leaves what the network failed at to the library', async () => {
    const scene = new Scene();
    const socket = await scene.opened();
    socket.happens('connect_error', {});
    await vi.advanceTimersByTimeAsync(60_000);
    expect([scene.refreshes, socket.connects]).toEqual([0, 1]);
  });

  it('closes for good, also while the library is still on its way', async () => {
    const scene = new Scene();
    const socket = await scene.opened();
    socket.happens('disconnect', 'io server disconnect');
    scene.updates.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([socket.disconnected, socket.connects]).toEqual([true, 1]);
    scene.updates.open();
    scene.updates.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(scene.sockets.at(-1)?.connects).toBe(0);
  });

  it('hears the same over a socket it is lent', () => {
    const scene = new Scene();
    const heard: unknown[] = [];
    let missed = 0;
    scene.updates.onUpdate('notification', (body) => heard.push(body));
    scene.updates.onReconnect(() => (missed += 1));
    const socket = new FakeSocket();
    scene.updates.lend(socket as unknown as Socket);
    socket.happens('connect');
    socket.any?.('notification', 1);
    expect([heard, missed]).toEqual([[1], 1]);
    expect(socket.connects).toBe(0);
  });
});
