/**
 * The REST client: the access token in memory only, renewed by the HttpOnly refresh cookie.
 *
 * One refresh is in flight at a time, in this tab (a shared promise) and across tabs (a Web Lock): refresh tokens
 * rotate, and using one twice would end the whole session as stolen.
 */
import { randomId } from '../realtime/ids';
import { Problem, problemOf } from './problem';
import type { Schemas, User } from './types';

const BASE = '/api/v1';

/** A request that takes longer than this has failed for the person waiting. */
const TIMEOUT_MS = 20_000;

/** Renew this long before the access token expires, so that no request of a normal page meets a 401. */
const RENEW_BEFORE_MS = 60_000;

/** `setTimeout` counts in a signed 32-bit integer; longer waits would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Creates whose answer never came, and whose keys are kept; nobody has more forms open. */
const MAX_UNANSWERED = 20;

/** How often a create is asked for again that the server is still at, a second apart: past that it hangs. */
const MAX_IN_PROGRESS = 10;

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is; the headers say what it is. */
  readonly bytes?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The request goes on though the page that made it is left. */
  readonly keepalive?: boolean;
}

export interface Answer<T> {
  readonly data: T;
  readonly headers: Headers;
}

/** What the client needs from the browser; tests bring their own. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly setTimeout: (callback: () => void, delayMs: number) => unknown;
  readonly clearTimeout: (timer: never) => void;
  /** Runs `task` while no other tab of this site runs one under the same name. */
  readonly exclusively: <T>(name: string, task: () => Promise<T>) => Promise<T>;
}

const browser: Surroundings = {
  fetch: (...input) => globalThis.fetch(...input),
  setTimeout: (callback, delayMs) => globalThis.setTimeout(callback, delayMs),
  clearTimeout: (timer) => {
    globalThis.clearTimeout(timer);
  },
  // `navigator.locks` exists in secure contexts only; over plain http to another machine the tab is on its own.
  exclusively: async <T>(name: string, task: () => Promise<T>): Promise<T> =>
    'locks' in navigator ? ((await navigator.locks.request(name, task)) as T) : await task(),
};

export class ApiClient {
  #token: string | null = null;
  #refreshing: Promise<boolean> | null = null;
  #renewal: unknown = null;

  /** What was to be made and got no answer → the `Idempotency-Key` it was sent under. */
  readonly #unanswered = new Map<string, string>();

  /** Called with the user after each log-in or refresh, with null when the session is over. */
  onUser: (user: User | null) => void = () => {};

  constructor(private readonly around: Surroundings = browser) {}

  /** The access token for the Socket.IO handshake and keepalive requests; null when signed out. */
  get token(): string | null {
    return this.#token;
  }

  async get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return (await this.send<T>('GET', path, options)).data;
  }

  async post<T>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
    return (await this.send<T>('POST', path, { ...options, body })).data;
  }

  /**
   * Posts something to make. Its answer may get lost, and whoever presses the button again wants what they wanted before:
   * the same request goes under the same key until it is answered, so that the server makes one thing of it.
   */
  create<T>(path: string, body: unknown = {}, options: RequestOptions = {}): Promise<T> {
    return this.#createOnce(path, JSON.stringify(body), { ...options, body });
  }

  /** The same with a file as the body. */
  createFrom<T>(path: string, file: File, options: RequestOptions = {}): Promise<T> {
    return this.#createOnce(path, `${file.name} ${file.size} ${file.lastModified}`, { ...options, bytes: file });
  }

  async #createOnce<T>(path: string, content: string, options: RequestOptions): Promise<T> {
    const wanted = `${path} ${content}`;
    const key = this.#unanswered.get(wanted) ?? randomId();
    this.#unanswered.delete(wanted); // and in again as the newest
    this.#unanswered.set(wanted, key);
    for (const oldest of this.#unanswered.keys()) if (this.#unanswered.size > MAX_UNANSWERED) this.#unanswered.delete(oldest);
    for (let tries = 1; ; tries++) {
      try {
        const headers = { ...options.headers, 'Idempotency-Key': key };
        const { data } = await this.send<T>('POST', path, { ...options, headers });
        this.#unanswered.delete(wanted);
        return data;
      } catch (error) {
        const answered = error instanceof Problem && error.status >= 400 && error.status < 500;
        if (answered && error.code === 'request_in_progress' && tries < MAX_IN_PROGRESS) {
          await new Promise<void>((resolve) => this.around.setTimeout(resolve, (error.retryAfterS ?? 1) * 1000));
          continue;
        }
        if (answered && error.code !== 'request_in_progress') this.#unanswered.delete(wanted);
        throw error;
      }
    }
  }

  async send<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const response = await this.request(method, path, options);
    const data = response.status === 204 ? undefined : await response.json();
    return { data: data as T, headers: response.headers };
  }

  /** Sends a request; a 401 is answered by one refresh and one more try. Raises Problem for every other failure. */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const sentToken = this.#token;
    let response = await this.#fetch(method, path, options);
    if (response.status === 401 && sentToken !== null) {
      // Somebody else may have renewed the token while this request was under way.
      const renewed = this.#token !== sentToken ? this.#token !== null : await this.refresh();
      if (renewed) response = await this.#fetch(method, path, options);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async register(email: string, password: string, nickname: string): Promise<User> {
    return this.enter('/auth/register', { email, password, nickname });
  }

  async login(login: string, password: string): Promise<User> {
    return this.enter('/auth/login', { login, password });
  }

  async logout(): Promise<void> {
    try {
      await this.post('/auth/logout');
    } finally {
      this.#forget();
    }
  }

  /** Exchanges the refresh cookie for a new access token. False: signed out. Throws if the server cannot be reached. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.around
      .exclusively('ani-refresh', () => this.#refreshOnce())
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<boolean> {
    const response = await this.#fetch('POST', '/auth/refresh', { body: {} }, false);
    if (response.ok) {
      this.#accept((await response.json()) as Schemas['GrantOut']);
      return true;
    }
    if (response.status === 400 || response.status === 401 || response.status === 403) {
      this.#forget();
      return false;
    }
    throw await problemOf(response);
  }

  /** Posts whatever proves who somebody is to `path`, and is them from then on. */
  async enter(path: string, body: object): Promise<User> {
    const response = await this.#fetch('POST', path, { body: { ...body, delivery: 'cookie' } }, false);
    if (!response.ok) throw await problemOf(response);
    const answer = (await response.json()) as Schemas['GrantOut'];
    this.#accept(answer);
    return answer.user;
  }

  #accept(answer: Schemas['GrantOut']): void {
    this.#token = answer.access_token;
    const renewInMs = Math.max(5_000, answer.expires_in_s * 1000 - RENEW_BEFORE_MS);
    this.#renewLater(Math.min(renewInMs, LONGEST_TIMER_MS));
    this.onUser(answer.user);
  }

  #renewLater(delayMs: number): void {
    this.around.clearTimeout(this.#renewal as never);
    this.#renewal = this.around.setTimeout(() => {
      // Unreachable server: the token may still be good for a while, and a 401 would refresh anyway.
      this.refresh().catch(() => {
        this.#renewLater(15_000);
      });
    }, delayMs);
  }

  #forget(): void {
    this.around.clearTimeout(this.#renewal as never);
    this.#token = null;
    this.#unanswered.clear();
    this.onUser(null);
  }

  async #fetch(method: string, path: string, options: RequestOptions, authorised = true): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    if (authorised && this.#token !== null) headers['Authorization'] = `Bearer ${this.#token}`;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const init: RequestInit = {
      method,
      headers,
      credentials: 'same-origin',
      keepalive: options.keepalive ?? false,
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    };
    if (options.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    } else if (options.bytes !== undefined) {
      init.body = options.bytes;
    }
    try {
      return await this.around.fetch(BASE + path, init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw Problem.network();
    }
  }
}

export const api = new ApiClient();
