import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem';
import { CHUNK_BYTES, upload, type Progress, type Surroundings } from './tus';

/** A tus server in memory that can lose the line at given requests. */
class FakeServer implements Surroundings {
  readonly stored = new Map<string, { length: number; received: number; metadata: string }>();
  readonly memory = new Map<string, string>();
  readonly log: string[] = [];
  readonly waits: number[] = [];
  /** Requests (counted from 1) that fail, and how. */
  failures = new Map<number, Problem>();
  #count = 0;
  #ids = 0;

  readonly request: Surroundings['request'] = async (method, path, { headers, bytes }) => {
    this.#count += 1;
    this.log.push(`${method} ${path}`);
    const failure = this.failures.get(this.#count);
    if (failure) throw failure;
    expect(headers['Tus-Resumable']).toBe('1.0.0');
    if (method === 'POST') {
      const address = `/uploads/${(this.#ids += 1)}`;
      this.stored.set(address, { length: Number(headers['Upload-Length']), received: 0, metadata: headers['Upload-Metadata'] ?? '' });
      return new Response(null, { status: 201, headers: { Location: `/api/v1${address}` } });
    }
    const entry = this.stored.get(path);
    if (!entry) throw new Problem(404, 'upload_not_found', '');
    if (method === 'PATCH') {
      if (Number(headers['Upload-Offset']) !== entry.received) throw new Problem(409, 'conflict', '');
      entry.received += bytes?.size ?? 0;
    }
    const done = entry.received === entry.length ? { 'Upload-Job-Id': 'job-1' } : {};
    return new Response(null, { status: 200, headers: { 'Upload-Offset': String(entry.received), ...done } });
  };
  readonly remember = (key: string, path: string): void => void this.memory.set(key, path);
  readonly recall = (key: string): string | null => this.memory.get(key) ?? null;
  readonly forget = (key: string): void => void this.memory.delete(key);
  onWait = (): void => {};
  readonly wait = async (delayMs: number): Promise<void> => {
    this.waits.push(delayMs);
    this.onWait();
  };
}

let server: FakeServer;
let progress: Progress[];
const file = new File([new Uint8Array(2.5 * CHUNK_BYTES)], 'Серия 1.mp4', { lastModified: 1 });

beforeEach(() => {
  server = new FakeServer();
  progress = [];
});

function start(): Promise<string | null> {
  return upload(file, 'episode-1', server, new AbortController().signal, (step) => progress.push(step));
}

describe('upload', () => {
  it('sends the file in chunks and gives the job', async () => {
    expect(await start()).toBe('job-1');
    expect(server.log.map((line) => line.split(' ')[0])).toEqual(['POST', 'HEAD', 'PATCH', 'PATCH', 'PATCH']);
    expect(progress.map((step) => step.sentBytes)).toEqual([0, CHUNK_BYTES, 2 * CHUNK_BYTES, 2.5 * CHUNK_BYTES]);
    expect(server.memory.size).toBe(0);
  });

  it('names the file and the episode in UTF-8', async () => {
    await start();
    const fields = (server.stored.get('/uploads/1')?.metadata ?? '').split(',').map((field) => field.split(' '));
    const decoded = fields.map(([name, value]) => [name, Buffer.from(value ?? '', 'base64').toString('utf8')]);
    expect(decoded).toEqual([
      ['filename', 'Серия 1.mp4'],
      ['episode_id', 'episode-1'],
    ]);
  });

  it('asks where it stopped after the line broke, and sends nothing twice', async () => {
    server.failures.set(4, Problem.network());
    expect(await start()).toBe('job-1');
    expect(server.log.map((line) => line.split(' ')[0])).toEqual(['POST', 'HEAD', 'PATCH', 'PATCH', 'HEAD', 'PATCH', 'PATCH']);
    expect(server.stored.get('/uploads/1')?.received).toBe(file.size);
    expect(progress.some((step) => step.waiting)).toBe(true);
  });

  it('finds the job even when the last answer got lost', async () => {
    server.failures.set(5, Problem.network());
    // The bytes had arrived: the answer alone was lost.
    server.onWait = () => Object.assign(server.stored.get('/uploads/1') ?? {}, { received: file.size });
    expect(await start()).toBe('job-1');
    expect(server.log.at(-1)).toBe('HEAD /uploads/1');
  });

  it('waits longer each time the line stays down', async () => {
    for (const request of [3, 4, 5]) server.failures.set(request, Problem.network());
    await start();
    expect(server.waits).toEqual([1_000, 2_000, 4_000]);
  });

  it('goes on after the browser was closed', async () => {
    server.failures.set(4, new Problem(413, 'too_large', ''));
    await expect(start()).rejects.toMatchObject({ status: 413 });
    // As if closed: a final refusal forgets the upload, a closed tab does not.
    server.memory.set(`upload.episode-1.${file.name}.${file.size}.1`, '/uploads/1');
    server.failures.clear();
    server.log.length = 0;
    expect(await start()).toBe('job-1');
    expect(server.log.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'PATCH', 'PATCH']);
  });

  it('begins anew when the server has thrown the rest away', async () => {
    server.memory.set(`upload.episode-1.${file.name}.${file.size}.1`, '/uploads/gone');
    expect(await start()).toBe('job-1');
    expect(server.log.slice(0, 2)).toEqual(['HEAD /uploads/gone', 'POST /uploads']);
  });

  it('waits as long as the server asks', async () => {
    server.failures.set(1, new Problem(429, 'too_many_requests', '', {}, 7));
    await start();
    expect(server.waits).toEqual([7_000]);
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    const stopped = upload(file, 'episode-1', { ...server, request: async () => Promise.reject(new DOMException('', 'AbortError')) }, stop.signal, () => {});
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});
