/** The sound and subtitles of an episode's video, and those added later. */
import { api } from '../client';
import type { Schemas } from '../types';

export type Tracks = Schemas['TracksOut'];
export type TrackEdit = Schemas['TrackEditIn'];
export type AddedSubtitles = Schemas['SubtitleOut'];
export type SubtitleDraft = Schemas['SubtitleIn'];

function place(episodeId: string, name = ''): string {
  return `/episodes/${encodeURIComponent(episodeId)}/tracks${name && `/${encodeURIComponent(name)}`}`;
}

export function getTracks(episodeId: string): Promise<Tracks> {
  return api.get(place(episodeId));
}

/** Gives the id of the job that does it. */
export async function editTrack(episodeId: string, name: string, edit: Partial<TrackEdit>): Promise<string> {
  return (await api.send<Schemas['JobStartedOut']>('PATCH', place(episodeId, name), { body: edit })).data.job_id;
}

/** Gives the id of the job that does it. */
export async function removeTrack(episodeId: string, name: string): Promise<string> {
  return (await api.send<Schemas['JobStartedOut']>('DELETE', place(episodeId, name))).data.job_id;
}

export async function addSubtitles(episodeId: string, draft: SubtitleDraft): Promise<void> {
  await api.post(`/episodes/${encodeURIComponent(episodeId)}/subtitles`, draft);
}

export async function editSubtitles(id: string, draft: SubtitleDraft): Promise<void> {
  await api.send('PUT', `/subtitles/${encodeURIComponent(id)}`, { body: draft });
}

export async function removeSubtitles(id: string): Promise<void> {
  await api.send('DELETE', `/subtitles/${encodeURIComponent(id)}`);
}
