/**
 * Resumable uploads: the client's side of tus 1.0 (https://tus.io/protocols/resumable-upload), creation and core.
 *
 * The address of an unfinished upload is remembered, so that the same file chosen again, even after the browser was
 * closed, goes on where it stopped.
 */
import { Problem } from '../problem';
import type { Protection } from './protection';

/** Small enough to show progress on a slow line and to lose little when it breaks. */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** 256 kbit/s is the slowest line an upload is sensible on. */
const CHUNK_TIMEOUT_MS = 150_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const VERSION = { 'Tus-Resumable': '1.0.0' };

export interface Surroundings {
  readonly request: (
    method: string,
    path: string,
    options: { headers: Record<string, string>; bytes?: Blob; signal: AbortSignal; timeoutMs?: number },
  ) => Promise<Response>;
  readonly remember: (key: string, path: string) => void;
  readonly recall: (key: string) => string | null;
  readonly forget: (key: string) => void;
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

export interface AddedSound {
  /** BCP 47; `und`: nobody knows. */
  readonly language: string;
  /** Empty: the language's own name. */
  readonly label: string;
  /** By how much it is played later than the file has it. */
  readonly offsetMs: number;
  readonly isDefault: boolean;
}

export interface Progress {
  readonly sentBytes: number;
  /** The line is down; the upload goes on by itself. */
  readonly waiting: boolean;
}

/** Who can mend what: these statuses mean the same request will never be accepted. */
function isFinal(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && ![401, 408, 409, 423, 429].includes(problem.status);
}

/**
 * Sends `file` for `episodeId` and gives the id of the job that processes it, null if the server named none.
 * Raises Problem where trying again is of no use, and AbortError when `signal` says so.
 */
export async function upload(
  file: File,
  episodeId: string,
  around: Surroundings,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
  /** How the server is to encrypt it; null: as its operator set. */
  protection: Protection | null = null,
  /** What the file is, where it is sound for a video that is there. */
  sound: AddedSound | null = null,
  /** What its picture is to be encoded with, separated by commas; null: as the server's operator set. */
  codecs: string | null = null,
): Promise<string | null> {
  const wish = `${protection === null ? '' : `.${protection}`}${codecs === null ? '' : `.${codecs}`}${sound === null ? '' : `.${JSON.stringify(sound)}`}`;
  const key = `upload.${episodeId}.${file.name}.${file.size}.${file.lastModified}${wish}`;
  let waitMs = FIRST_WAIT_MS;
  let sentBytes = 0;
  for (;;) {
    try {
      const path = await addressOf(file, episodeId, key, around, signal, protection, sound, codecs);
      const standing = await around.request('HEAD', path, { headers: VERSION, signal });
      sentBytes = Number(standing.headers.get('Upload-Offset') ?? 0);
      // There already if all was sent and only the last answer got lost.
      let jobId = standing.headers.get('Upload-Job-Id');
      onProgress({ sentBytes, waiting: false });
      while (sentBytes < file.size) {
        const answer = await send(file, path, sentBytes, around, signal);
        waitMs = FIRST_WAIT_MS;
        jobId = answer.headers.get('Upload-Job-Id');
        sentBytes = Number(answer.headers.get('Upload-Offset') ?? sentBytes);
        onProgress({ sentBytes, waiting: false });
      }
      around.forget(key);
      return jobId;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 404 || error.status === 410) {
        // The server has thrown the unfinished upload away: begin anew, unless that is what just failed.
        if (around.recall(key) === null) throw error;
        around.forget(key);
        continue;
      }
      if (isFinal(error)) {
        around.forget(key);
        throw error;
      }
      onProgress({ sentBytes, waiting: true });
      await around.wait(error.retryAfterS === null ? waitMs : error.retryAfterS * 1000, signal);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}

async function addressOf(
  file: File,
  episodeId: string,
  key: string,
  around: Surroundings,
  signal: AbortSignal,
  protection: Protection | null,
  sound: AddedSound | null,
  codecs: string | null,
): Promise<string> {
  const known = around.recall(key);
  if (known !== null) return known;
  const said = { filename: file.name, episode_id: episodeId, ...(protection && { protect: protection }), ...(codecs && { codecs }), ...(sound && metadataOf(sound)) };
  const metadata = Object.entries(said).map(([name, value]) => `${name} ${base64(value)}`).join(',');
  const answer = await around.request('POST', '/uploads', {
    headers: { ...VERSION, 'Upload-Length': String(file.size), 'Upload-Metadata': metadata },
    signal,
  });
  const location = new URL(answer.headers.get('Location') ?? '', 'http://server').pathname.replace(/^\/api\/v1/, '');
  around.remember(key, location);
  return location;
}

function metadataOf(sound: AddedSound): Record<string, string> {
  return {
    audio_language: sound.language,
    audio_label: sound.label,
    audio_offset_ms: String(sound.offsetMs),
    audio_default: String(sound.isDefault),
  };
}

function send(file: File, path: string, offset: number, around: Surroundings, signal: AbortSignal): Promise<Response> {
  return around.request('PATCH', path, {
    headers: { ...VERSION, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
    bytes: file.slice(offset, offset + CHUNK_BYTES),
    signal,
    timeoutMs: CHUNK_TIMEOUT_MS,
  });
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
