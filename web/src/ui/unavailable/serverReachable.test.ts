import { afterEach, describe, expect, it, vi } from 'vitest';
import { ASK_AGAIN_MS, serverReachable, waitUntilReachable } from './serverReachable';

describe('serverReachable', () => {
  afterEach(() => vi.unstubAllGlobals());

  const asked = (answer: () => Promise<Response>): Promise<boolean> => {
    vi.stubGlobal('window', { location: { pathname: '/library' } });
    return serverReachable(answer as typeof fetch);
  };

  it('is a server that answers, whatever it says', async () => {
    expect(await asked(() => Promise.resolve(new Response(null, { status: 200 })))).toBe(true);
    expect(await asked(() => Promise.resolve(new Response(null, { status: 404 })))).toBe(true);
  });

  it('is none whose proxy answers for it, and none that is away', async () => {
    expect(await asked(() => Promise.resolve(new Response(null, { status: 502 })))).toBe(false);
    expect(await asked(() => Promise.reject(new TypeError('Failed to fetch')))).toBe(false);
  });
});

describe('waitUntilReachable', () => {
  it('asks again, with pauses, until the server is there', async () => {
    const answers = [false, false, true];
    const waits: number[] = [];
    const ask = (): Promise<boolean> => Promise.resolve(answers.shift() ?? true);
    const wait = (ms: number): Promise<void> => (waits.push(ms), Promise.resolve());
    expect(await waitUntilReachable(new AbortController().signal, ask, wait)).toBe(true);
    expect(waits).toEqual([ASK_AGAIN_MS, ASK_AGAIN_MS]);
  });

  it('gives up when nobody waits any more', async () => {
    const leaving = new AbortController();
    const wait = (): Promise<void> => (leaving.abort(), Promise.resolve());
    expect(await waitUntilReachable(leaving.signal, () => Promise.resolve(false), wait)).toBe(false);
  });
});
