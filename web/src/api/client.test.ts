import { describe, expect, it, vi } from 'vitest';
import { ApiClient, type Surroundings } from './client';
import { Problem } from './problem';
import type { User } from './types';

const anna: User = { id: '1', email: 'anna@example.com', email_verified: true, nickname: 'Anna', role: 'user', avatar_url: null, has_password: true, choose_password: false, created_at: '2026-01-01T00:00:00Z' };

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

function tokens(token: string, expiresInS = 900): Response {
  return json({ access_token: token, token_type: 'Bearer', expires_in_s: expiresInS, user: anna });
}

/** A server that knows one good token at a time; each refresh makes the next one good. */
class FakeServer implements Surroundings {
  generation = 1;
  refreshes = 0;
  refreshStatus = 200;
  readonly seen: { path: string; authorization: string | null; body: unknown }[] = [];
  readonly timers: { callback: () => void; delayMs: number }[] = [];
  readonly locks: string[] = [];

  readonly fetch = (async (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const path = input.replace('/api/v1', '');
    const authorization = headers.get('Authorization');
    this.seen.push({ path, authorization, body: init.body ? JSON.parse(init.body as string) : undefined });
    await Promise.resolve();
    if (path === '/auth/login') return tokens(`t${this.generation}`);
    if (path === '/auth/refresh') {
      this.refreshes += 1;
      if (this.refreshStatus !== 200) return json({ code: 'session_ended' }, this.refreshStatus);
      this.generation += 1;
      return tokens(`t${this.generation}`);
    }
    if (path === '/auth/logout') return new Response(null, { status: 204 });
    return authorization === `Bearer t${this.generation}` ? json({ path }) : json({ code: 'unauthenticated' }, 401);
  }) as unknown as typeof fetch;

  readonly setTimeout = (callback: () => void, delayMs: number) => this.timers.push({ callback, delayMs });
  readonly clearTimeout = () => {};
  readonly exclusively = async <T>(name: string, task: () => Promise<T>): Promise<T> => {
    this.locks.push(name);
    return task();
  };
}

async function signedIn(): Promise<{ server: FakeServer; client: ApiClient }> {
  const server = new FakeServer();
  const client = new ApiClient(server);
  await client.login('anna@example.com', 'correct horse');
  return { server, client };
}

describe('signing in', () => {
  it('asks for the refresh token as a cookie and keeps the access token for requests', async () => {
    const { server, client } = await signedIn();
    expect(server.seen[0]?.body).toMatchObject({ delivery: 'cookie' });
    expect(await client.get('/library/history')).toEqual({ path: '/library/history' });
    expect(server.seen[1]?.authorization).toBe('Bearer t1');
  });

  it('reports the user, and null after logging out', async () => {
    const server = new FakeServer();
    const client = new ApiClient(server);
    const users: (User | null)[] = [];
    client.onUser = (user) => users.push(user);
    await client.login('anna@example.com', 'correct horse');
    await client.logout();
    expect(users).toEqual([anna, null]);
    expect(client.token).toBeNull();
  });
});

describe('an expired access token', () => {
  it('is renewed once for any number of requests that meet a 401 together', async () => {
    const { server, client } = await signedIn();
    server.generation = 7;
    const answers = await Promise.all(['/a', '/b', '/c', '/d'].map((path) => client.get(path)));
    expect(answers).toEqual([{ path: '/a' }, { path: '/b' }, { path: '/c' }, { path: '/d' }]);
    expect(server.refreshes).toBe(1);
    expect(server.locks).toEqual(['ani-refresh']);
  });

  it('does not refresh again for an answer to an older token', async () => {
    const { server, client } = await signedIn();
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => (release = resolve));
    const quick = server.fetch;
    const slowServer = new FakeServer();
    const late = new ApiClient({
      ...server,
      fetch: (async (input: string, init: RequestInit) => {
        const response = await quick(input, init);
        if (input.endsWith('/slow')) await slow;
        return response;
      }) as unknown as typeof fetch,
      setTimeout: slowServer.setTimeout,
      clearTimeout: slowServer.clearTimeout,
      exclusively: slowServer.exclusively,
    });
    await late.login('anna@example.com', 'correct horse');
    server.generation = 3;
    const pending = late.get('/slow');
    await late.get('/quick');
    release();
    expect(await pending).toEqual({ path: '/slow' });
    expect(server.refreshes).toBe(1);
    expect(client.token).toBe('t1');
  });

  it('is renewed a minute before it runs out', async () => {
    const { server } = await signedIn();
    expect(server.timers.at(-1)?.delayMs).toBe(840_000);
    server.timers.at(-1)?.callback();
    await vi.waitFor(() => {
      expect(server.refreshes).toBe(1);
    });
  });

  it('ends the session when the cookie is not good any more, and retries nothing', async () => {
    const { server, client } = await signedIn();
    const users: (User | null)[] = [];
    client.onUser = (user) => users.push(user);
    server.generation = 2;
    server.refreshStatus = 401;
    await expect(client.get('/a')).rejects.toMatchObject({ status: 401 });
    expect(users).toEqual([null]);
    expect(server.seen.filter((request) => request.path === '/a')).toHaveLength(1);
  });

  it('keeps the session when the server is only unreachable', async () => {
    const { server, client } = await signedIn();
    server.refreshStatus = 503;
    await expect(client.refresh()).rejects.toBeInstanceOf(Problem);
    expect(client.token).toBe('t1');
  });
});

describe('what is made', () => {
  /** Signed in at a server that answers creates with `answers`, one after the other, and notes the keys they came under. */
  async function creating(...answers: (Response | Error)[]): Promise<{ client: ApiClient; keys: (string | null)[]; waitedMs: number[] }> {
    const server = new FakeServer();
    const keys: (string | null)[] = [];
    const waitedMs: number[] = [];
    const client = new ApiClient({
      ...server,
      setTimeout: (callback, delayMs) => {
        if (delayMs < 60_000) {
          waitedMs.push(delayMs);
          callback();
        }
      },
      fetch: (async (input: string, init: RequestInit) => {
        if (!input.endsWith('/things')) return server.fetch(input, init);
        keys.push(new Headers(init.headers).get('Idempotency-Key'));
        const answer = answers.shift() ?? json({ id: '1' }, 201);
        if (answer instanceof Error) throw answer;
        return answer;
      }) as unknown as typeof fetch,
    });
    await client.login('anna@example.com', 'correct horse');
    return { client, keys, waitedMs };
  }

  it('goes under the same key until it is answered, and then under another', async () => {
    const { client, keys } = await creating(new TypeError('Failed to fetch'), json({}, 502), json({ id: '1' }, 201));
    await expect(client.create('/things', { name: 'a' })).rejects.toMatchObject({ code: 'network' });
    await expect(client.create('/things', { name: 'a' })).rejects.toMatchObject({ status: 502 });
    expect(await client.create('/things', { name: 'a' })).toEqual({ id: '1' });
    await client.create('/things', { name: 'a' });
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('is something else with other content, and for somebody else', async () => {
    const gone = () => new TypeError('Failed to fetch');
    const { client, keys } = await creating(gone(), gone());
    await expect(client.create('/things', { name: 'a' })).rejects.toBeInstanceOf(Problem);
    await expect(client.create('/things', { name: 'b' })).rejects.toBeInstanceOf(Problem);
    await client.logout();
    await client.login('anna@example.com', 'correct horse');
    await client.create('/things', { name: 'a' });
    expect(new Set(keys).size).toBe(3);
  });

  it('keeps its key through a refused token, and loses it with a refusal', async () => {
    const { client, keys } = await creating(json({ code: 'unauthenticated' }, 401), json({ code: 'alias_taken' }, 409));
    await expect(client.create('/things')).rejects.toMatchObject({ code: 'alias_taken' });
    expect(keys[1]).toBe(keys[0]);
    await client.create('/things');
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('waits while the server is still at it', async () => {
    const busy = () => json({ code: 'request_in_progress' }, 409, { 'Retry-After': '1' });
    const { client, keys, waitedMs } = await creating(busy(), busy());
    expect(await client.create('/things')).toEqual({ id: '1' });
    expect(new Set(keys).size).toBe(1);
    expect(waitedMs).toEqual([1000, 1000]);
  });

  it('from a file is known by the file', async () => {
    const { client, keys } = await creating(new TypeError('Failed to fetch'));
    const file = new File(['{}'], 'list.json', { lastModified: 1 });
    await expect(client.createFrom('/things', file)).rejects.toBeInstanceOf(Problem);
    await client.createFrom('/things', new File(['{}'], 'list.json', { lastModified: 1 }));
    await client.createFrom('/things', new File(['{}'], 'list.json', { lastModified: 2 }));
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

describe('signed out', () => {
  it('does not try to refresh on a 401', async () => {
    const server = new FakeServer();
    const client = new ApiClient(server);
    await expect(client.get('/a')).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(server.refreshes).toBe(0);
  });
});

describe('problems', () => {
  function failing(response: Response): ApiClient {
    return new ApiClient({ ...new FakeServer(), fetch: (async () => response) as unknown as typeof fetch });
  }

  it('carry code, detail, the faults of fields and the wait', async () => {
    const body = { title: 'Invalid', detail: 'Look again', code: 'validation', errors: [{ pointer: '/name/main', code: 'too_long', limit: 300 }, { pointer: '/genres/2', code: 'required' }, { pointer: '/' }, 7] };
    await expect(failing(json(body, 422, { 'Retry-After': '7' })).get('/a')).rejects.toMatchObject({
      status: 422,
      code: 'validation',
      detail: 'Look again',
      fields: { main: { code: 'too_long', limit: 300 }, genres: { code: 'required', limit: null } },
      retryAfterS: 7,
    });
  });

  it('survive an answer that is not JSON', async () => {
    await expect(failing(new Response('<h1>Bad gateway</h1>', { status: 502 })).get('/a')).rejects.toMatchObject({
      status: 502,
      code: '',
    });
  });

  it('say "network" when there was no answer', async () => {
    const client = new ApiClient({
      ...new FakeServer(),
      fetch: (async () => {
        throw new TypeError('Failed to fetch');
      }) as unknown as typeof fetch,
    });
    await expect(client.get('/a')).rejects.toMatchObject({ status: 0, code: 'network' });
  });
});
