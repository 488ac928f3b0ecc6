/** One video on its way: sent in pieces, then processed by a job of the server. */
import { api } from '../../api/client';
import { Problem } from '../../api/problem';
import { upload, type Surroundings } from '../../api/tus';
import type { Job, JobNews } from '../../api/types';
import { errorText, refusalText } from '../../i18n/errors';
import { onUpdate } from '../../realtime/updates.svelte';
import { readSetting, removeSetting, saveSetting } from '../../ui/localSettings';

/** News come over the socket; this is for when it is away. */
const POLL_MS = 5_000;

const browser: Surroundings = {
  request: (method, path, options) => api.request(method, path, options),
  remember: saveSetting,
  recall: (key) => readSetting(key, () => true),
  forget: removeSetting,
  wait,
};

export type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly sentBytes: number; readonly totalBytes: number; readonly waiting: boolean }
  | { readonly kind: 'queued' }
  | { readonly kind: 'processing'; readonly progress: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

export class VideoUpload {
  step = $state.raw<Step>({ kind: 'idle' });
  #stop: AbortController | null = null;

  get busy(): boolean {
    return this.step.kind === 'sending' || this.step.kind === 'queued' || this.step.kind === 'processing';
  }

  /** Resolves when the video is ready to play or has failed; `step` tells which. */
  async start(file: File, episodeId: string): Promise<void> {
    this.#stop?.abort();
    const { signal } = (this.#stop = new AbortController());
    this.step = { kind: 'sending', sentBytes: 0, totalBytes: file.size, waiting: false };
    try {
      const jobId = await upload(file, episodeId, browser, signal, ({ sentBytes, waiting }) => {
        this.step = { kind: 'sending', sentBytes, totalBytes: file.size, waiting };
      });
      this.step = { kind: 'queued' };
      if (jobId !== null) await this.#watch(jobId, signal);
    } catch (error) {
      if (signal.aborted) this.step = { kind: 'idle' };
      else this.step = { kind: 'failed', reason: error instanceof Problem && error.detail ? error.detail : errorText(error) };
    }
  }

  cancel(): void {
    this.#stop?.abort();
  }

  async #watch(jobId: string, signal: AbortSignal): Promise<void> {
    let ended = (): void => {};
    const stop = onUpdate<JobNews>('job:progress', (news) => {
      if (news.job_id !== jobId) return;
      if (news.state === 'running') this.step = { kind: 'processing', progress: news.progress };
      else ended();
    });
    try {
      for (;;) {
        const told = new Promise<void>((resolve) => (ended = resolve));
        const job = await this.#job(jobId, signal);
        if (job?.state === 'succeeded') {
          this.step = { kind: 'done' };
          return;
        }
        if (job?.state === 'failed') {
          this.step = { kind: 'failed', reason: job.error ? refusalText(job.error.code) : '' };
          return;
        }
        if (job?.state === 'running') this.step = { kind: 'processing', progress: job.progress };
        await Promise.race([wait(POLL_MS, signal), told]);
      }
    } finally {
      stop();
    }
  }

  /** Null while the server cannot be asked: the job goes on without us. */
  async #job(jobId: string, signal: AbortSignal): Promise<Job | null> {
    try {
      return await api.get<Job>(`/jobs/${jobId}`, { signal });
    } catch (error) {
      if (error instanceof Problem && (error.status === 0 || error.status >= 500)) return null;
      throw error;
    }
  }
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
