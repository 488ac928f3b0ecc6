/** Background jobs: one's own, and for administrators all. */
import { api } from './client';
import type { Job, Page, Schemas } from './types';

export type AdminJob = Schemas['AnyJobOut'];
export type JobState = AdminJob['state'];
export type Priority = AdminJob['priority'];

export const JOBS_PAGE = 20;

export function listJobs(state: JobState, page: number): Promise<Page<AdminJob>> {
  return api.get(`/admin/jobs?state=${state}&page=${page}&page_size=${JOBS_PAGE}`);
}

/** Stops it: at once where it waits, within seconds where it runs. */
export function cancelJob(id: string): Promise<Job> {
  return api.post(`/jobs/${id}/cancel`);
}

/** Has it done again, after it failed or was stopped. */
export function retryJob(id: string): Promise<Job> {
  return api.post(`/jobs/${id}/retry`);
}

export async function setPriority(id: string, priority: Priority): Promise<void> {
  await api.send('PUT', `/admin/jobs/${id}/priority`, { body: { priority } });
}
