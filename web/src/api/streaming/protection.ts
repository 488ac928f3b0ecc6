/** How an episode's video is encrypted, and having that changed without encoding it again. */
import { api } from '../client';
import type { Schemas } from '../types';

export type Protection = Schemas['Protection'];
export type EpisodeProtection = Schemas['ProtectionOut'];

export const PROTECTIONS: readonly Protection[] = ['none', 'aes-128', 'cbcs', 'cenc'];

export function getProtection(episodeId: string): Promise<EpisodeProtection> {
  return api.get(`/episodes/${encodeURIComponent(episodeId)}/protection`);
}

/** Gives the id of the job that does it. */
export async function setProtection(episodeId: string, protection: Protection): Promise<string> {
  const path = `/episodes/${encodeURIComponent(episodeId)}/protection`;
  return (await api.send<Schemas['JobStartedOut']>('PUT', path, { body: { protection } })).data.job_id;
}
