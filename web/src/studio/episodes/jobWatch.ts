/** Follows a job of the server to its end: by the socket, and by asking where that is away. */
import { api } from '../../api/client';
import { Problem } from '../../api/problem';
import type { Job, JobNews } from '../../api/types';
import { onUpdate } from '../../realtime/updates.svelte';

/** News come over the socket; this is for when it is away. */
const POLL_MS = 5_000;

/** Gives the job when it has ended; `onProgress` hears how far it is, from 0 to 1. */
export async function watchJob(jobId: string, signal: AbortSignal, onProgress: (progress: number) => void): Promise<Job> {
  let ended = (): void => {};
  const stop = onUpdate<JobNews>('job:progress', (news) => {
    if (news.job_id !== jobId) return;
    if (news.state === 'running') onProgress(news.progress);
    else ended();
  });
  try {
    for (;;) {
      const told = new Promise<void>((resolve) => (ended = resolve));
      const job = await ask(jobId, signal);
      if (job !== null && job.state !== 'queued' && job.state !== 'running') return job;
      if (job?.state === 'running') onProgress(job.progress);
      await Promise.race([wait(POLL_MS, signal), told]);
    }
  } finally {
    stop();
  }
}

/** Null while the server cannot be asked: the job goes on without us. */
async function ask(jobId: string, signal: AbortSignal): Promise<Job | null> {
  try {
    return await api.get<Job>(`/jobs/${jobId}`, { signal });
  } catch (error) {
    if (error instanceof Problem && (error.status === 0 || error.status >= 500)) return null;
    throw error;
  }
}

export function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
