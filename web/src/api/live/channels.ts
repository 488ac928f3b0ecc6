/** `/api/v1/live`: live channels. */
import { api } from '../client';
import type { Schemas } from '../types';

export type LiveChannel = Schemas['ChannelOut'];
export type LiveChannelWithKey = Schemas['ChannelWithKeyOut'];
export type LiveChannelDraft = Required<Schemas['ChannelIn']>;
export type LiveHealth = Schemas['ChannelHealthOut'];
export type LineTest = Schemas['LineTestOut'];
export type LineReport = Schemas['LineReportOut'];
export type LivePlaces = Schemas['PlacesOut'];
export type LiveChannels = Schemas['ChannelsOut'];

const at = (id: string): string => `/live/channels/${encodeURIComponent(id)}`;

export const listLive = (by: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<LiveChannels> =>
  api.get(`/live/channels?${new URLSearchParams({ page_size: '50', ...by }).toString()}`, signal ? { signal } : {});

export const getLiveChannel = (id: string, signal?: AbortSignal): Promise<LiveChannel> => api.get(at(id), signal ? { signal } : {});

export const createLiveChannel = (draft: LiveChannelDraft): Promise<LiveChannelWithKey> => api.create('/live/channels', draft);

export const updateLiveChannel = async ({ id, version }: LiveChannel, draft: LiveChannelDraft): Promise<LiveChannel> =>
  (await api.send<LiveChannel>('PUT', at(id), { body: draft, headers: { 'If-Match': `"v${version}"` } })).data;

export const deleteLiveChannel = (id: string): Promise<unknown> => api.send('DELETE', at(id));

export const makeStreamKey = async (id: string): Promise<LiveChannelWithKey> => (await api.send<LiveChannelWithKey>('PUT', `${at(id)}/key`)).data;

export const revokeStreamKey = (id: string): Promise<unknown> => api.send('DELETE', `${at(id)}/key`);

export const stopPublisher = (id: string): Promise<unknown> => api.send('DELETE', `${at(id)}/publisher`);

export const getLiveHealth = (id: string, signal?: AbortSignal): Promise<LiveHealth> => api.get(`${at(id)}/health`, signal ? { signal } : {});

export const getLineTest = (id: string, signal?: AbortSignal): Promise<LineTest> => api.get(`${at(id)}/line-test`, signal ? { signal } : {});

export const takeDown = async (id: string, reason: string): Promise<LiveChannel> =>
  (await api.send<LiveChannel>('PUT', `${at(id)}/take-down`, { body: { reason } })).data;

export const restoreLiveChannel = async (id: string): Promise<LiveChannel> => (await api.send<LiveChannel>('DELETE', `${at(id)}/take-down`)).data;

export const getLivePlaces = (): Promise<LivePlaces> => api.get('/live/places');

export const setLivePlaces = async (viewers: number | null): Promise<LivePlaces> => (await api.send<LivePlaces>('PUT', '/live/places', { body: { viewers } })).data;
