/** Libraries in numbers, what of them others may see, and how far tastes agree. */
import { api } from './client';
import type { Schemas } from './types';

export type Numbers = Schemas['LibraryNumbersOut'];
export type Share = Numbers['genres'][number];
export type Statistics = Schemas['StatisticsOut'];
export type ActiveDay = Schemas['ActiveDayOut'];
export type Sharing = Schemas['SharingOut'];
export type PublicProfile = Schemas['ProfileOut'];
export type Compatibility = Schemas['CompatibilityOut'];

/** Days begin by the reader's clock. */
export const statistics = (): Promise<Statistics> => api.get(`/library/statistics?utc_offset_min=${-new Date().getTimezoneOffset()}`);

export const sharing = (): Promise<Sharing> => api.get('/library/sharing');
export const share = async (wanted: Sharing): Promise<Sharing> => (await api.send<Sharing>('PUT', '/library/sharing', { body: wanted })).data;

export const publicProfile = (nickname: string): Promise<PublicProfile> => api.get(`/users/${encodeURIComponent(nickname)}/profile`);
export const compatibility = (nickname: string): Promise<Compatibility> => api.get(`/users/${encodeURIComponent(nickname)}/compatibility`);
