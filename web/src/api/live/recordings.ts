/** `/api/v1/live/recordings`: what was recorded of one's live channels. */
import { api } from '../client';
import type { LiveChannel } from './channels';
import type { Schemas } from '../types';

export type Recording = Schemas['RecordingOut'];
export type Recordings = Schemas['RecordingsOut'];

const switchOf = (channelId: string): string => `/live/channels/${encodeURIComponent(channelId)}/recording`;
const at = (id: string): string => `/live/recordings/${encodeURIComponent(id)}`;

export const record = async (channelId: string, on: boolean): Promise<LiveChannel> =>
  (await api.send<LiveChannel>(on ? 'PUT' : 'DELETE', switchOf(channelId))).data;

export const listRecordings = (channelId: string, signal?: AbortSignal): Promise<Recordings> =>
  api.get(`/live/recordings?${new URLSearchParams({ channel_id: channelId, page_size: '50' }).toString()}`, signal ? { signal } : {});

export const deleteRecording = (id: string): Promise<unknown> => api.send('DELETE', at(id));

/** Gives the id of the job that does it. */
export const makeEpisode = async (id: string, episodeId: string): Promise<string> =>
  (await api.send<Schemas['EpisodeJobOut']>('POST', `${at(id)}/episode`, { body: { episode_id: episodeId } })).data.job_id;
