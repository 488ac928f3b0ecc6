/** One video on its way: sent in pieces, then processed by a job of the server. */
import { api } from '../../api/client';
import { cancelJob, retryJob } from '../../api/jobs';
import { Problem } from '../../api/problem';
import type { Protection } from '../../api/streaming/protection';
import { upload, type AddedSound, type Progress, type Surroundings } from '../../api/streaming/tus';
import { errorText, refusalText } from '../../i18n/errors';
import { readSetting, removeSetting, saveSetting } from '../../ui/localSettings';
import { wait, watchJob } from './jobWatch';

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
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

export class VideoUpload {
  step = $state.raw<Step>({ kind: 'idle' });
  #stop: AbortController | null = null;
  #jobId: string | null = null;

  get busy(): boolean {
    return this.step.kind === 'sending' || ['queued', 'processing', 'stopping'].includes(this.step.kind);
  }

  /** Resolves when the video is ready to play or has failed; `step` tells which. */
  async start(file: File, episodeId: string, protection: Protection | null, sound: AddedSound | null = null, codecs: string | null = null): Promise<void> {
    this.#stop?.abort();
    const { signal } = (this.#stop = new AbortController());
    this.step = { kind: 'sending', sentBytes: 0, totalBytes: file.size, waiting: false };
    try {
      const onProgress = ({ sentBytes, waiting }: Progress): void => {
        this.step = { kind: 'sending', sentBytes, totalBytes: file.size, waiting };
      };
      this.#jobId = await upload(file, episodeId, browser, signal, onProgress, protection, sound, codecs);
      await this.#processed(signal);
    } catch (error) {
      this.#failed(error, signal);
    }
  }

  /** Has the server not go on with it; what was sent stays there for a while. */
  async stopProcessing(): Promise<void> {
    if (this.#jobId === null) return;
    this.step = { kind: 'stopping' };
    try {
      await cancelJob(this.#jobId);
    } catch (error) {
      // It may have ended in this moment, which whoever watches it tells.
      if (!(error instanceof Problem && error.code === 'job_ended')) this.#failed(error, this.#stop?.signal);
    }
  }

  /** Resolves as {@link start}, without sending the file again. */
  async processAgain(): Promise<void> {
    if (this.#jobId === null) return;
    const { signal } = (this.#stop = new AbortController());
    try {
      await retryJob(this.#jobId);
      await this.#processed(signal);
    } catch (error) {
      this.#failed(error, signal);
    }
  }

  async #processed(signal: AbortSignal): Promise<void> {
    this.step = { kind: 'queued' };
    if (this.#jobId === null) return;
    const job = await watchJob(this.#jobId, signal, (progress) => {
      if (this.step.kind !== 'stopping') this.step = { kind: 'processing', progress };
    });
    if (job.state === 'succeeded') this.step = { kind: 'done' };
    else if (job.state === 'cancelled') this.step = { kind: 'stopped' };
    else this.step = { kind: 'failed', reason: job.error ? refusalText(job.error.code) : '' };
  }

  #failed(error: unknown, signal: AbortSignal | undefined): void {
    if (signal?.aborted) this.step = { kind: 'idle' };
    else this.step = { kind: 'failed', reason: error instanceof Problem && error.detail ? error.detail : errorText(error) };
  }

  cancel(): void {
    this.#stop?.abort();
  }
}
