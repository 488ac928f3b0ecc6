/** One video on its way: sent in pieces, then processed by a job of the server. */
import { api } from '../api/client';
import { Problem } from '../api/problem';
import { upload, type Surroundings } from '../api/tus';
import type { Job } from '../api/types';
import { errorText } from '../i18n/errors';
import { forget, recall, remember } from '../ui/memory';

const POLL_MS = 1_500;

const browser: Surroundings = {
  request: (method, path, options) => api.request(method, path, options),
  remember,
  recall: (key) => recall(key, () => true),
  forget,
  wait,
};

export type Step =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly sentBytes: number; readonly totalBytes: number; readonly waiting: boolean }
  | { readonly kind: 'queued' }
  | { readonly kind: 'processing'; readonly progress: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

export class Transfer {
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
    for (;;) {
      const job = await this.#job(jobId, signal);
      if (job?.state === 'succeeded') {
        this.step = { kind: 'done' };
        return;
      }
      if (job?.state === 'failed') {
        this.step = { kind: 'failed', reason: job.error ?? '' };
        return;
      }
      if (job?.state === 'running') this.step = { kind: 'processing', progress: job.progress };
      await wait(POLL_MS, signal);
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
