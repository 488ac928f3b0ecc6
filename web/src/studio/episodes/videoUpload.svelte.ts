/** One video on its way: sent in pieces, then processed by a job of the server. */
import { api } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Protection } from '../../api/protection';
import { upload, type Progress, type Surroundings } from '../../api/tus';
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
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

export class VideoUpload {
  step = $state.raw<Step>({ kind: 'idle' });
  #stop: AbortController | null = null;

  get busy(): boolean {
    return this.step.kind === 'sending' || this.step.kind === 'queued' || this.step.kind === 'processing';
  }

  /** Resolves when the video is ready to play or has failed; `step` tells which. */
  async start(file: File, episodeId: string, protection: Protection | null): Promise<void> {
    this.#stop?.abort();
    const { signal } = (this.#stop = new AbortController());
    this.step = { kind: 'sending', sentBytes: 0, totalBytes: file.size, waiting: false };
    try {
      const onProgress = ({ sentBytes, waiting }: Progress): void => {
        this.step = { kind: 'sending', sentBytes, totalBytes: file.size, waiting };
      };
      const jobId = await upload(file, episodeId, browser, signal, onProgress, protection);
      this.step = { kind: 'queued' };
      if (jobId === null) return;
      const job = await watchJob(jobId, signal, (progress) => (this.step = { kind: 'processing', progress }));
      if (job.state === 'succeeded') this.step = { kind: 'done' };
      else this.step = { kind: 'failed', reason: job.error ? refusalText(job.error.code) : '' };
    } catch (error) {
      if (signal.aborted) this.step = { kind: 'idle' };
      else this.step = { kind: 'failed', reason: error instanceof Problem && error.detail ? error.detail : errorText(error) };
    }
  }

  cancel(): void {
    this.#stop?.abort();
  }
}
