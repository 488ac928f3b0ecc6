/** How playback goes for everybody, for administrators. */
import { api } from '../client';
import type { Page, Schemas } from '../types';

export type QualityWindow = Schemas['QualityWindowOut'];
export type QualitySummary = Schemas['QualitySummaryOut'];
export type QualityHour = Schemas['QualityHourOut'];
export type StreamQuality = Schemas['PlaybackQualityOut'];

export const STREAMS_PAGE = 20;

export const qualityWindow = (hours: number): Promise<QualityWindow> => api.get(`/admin/playback/quality?hours=${hours}`);

export const qualityOfStreams = (page: number, failed: boolean): Promise<Page<StreamQuality>> =>
  api.get(`/admin/playback/quality/sessions?page=${page}&page_size=${STREAMS_PAGE}&failed=${failed}`);
