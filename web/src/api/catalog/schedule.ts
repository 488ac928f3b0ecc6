/** When episodes air, and the calendars of it. */
import { language } from '../../i18n/i18n.svelte';
import { api } from '../client';
import type { Schemas } from '../types';

export type Airing = Schemas['AiringOut'];
export type Schedule = Schemas['ScheduleOut'];
export type ScheduleDraft = Schemas['ScheduleIn'];
export type Slot = Schemas['SlotIO'];
export type Override = Schemas['OverrideIO'];
export type Feed = Schemas['FeedOut'];
export type FeedWithAddress = Schemas['FeedWithAddressOut'];

/** `from` and `to` are days of `tz`, both included. */
export async function listAirings(from: string, to: string, tz: string, mine: boolean, signal?: AbortSignal): Promise<readonly Airing[]> {
  const query = new URLSearchParams({ from, to, tz, language: language.locale });
  if (mine) query.set('mine', 'true');
  return (await api.get<Schemas['AiringList']>(`/schedule?${query.toString()}`, signal ? { signal } : {})).items;
}

export function getSchedule(releaseId: string): Promise<Schedule> {
  return api.get(`/releases/${encodeURIComponent(releaseId)}/schedule?language=${language.locale}`);
}

/** Replaces the schedule if it is still the version the editor saw. */
export async function putSchedule(seen: Schedule, draft: ScheduleDraft): Promise<Schedule> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return (await api.send<Schedule>('PUT', `/releases/${encodeURIComponent(seen.release_id)}/schedule`, { body: draft, headers })).data;
}

/** For calendar programs; the address of a release's calendar is no secret. */
export function calendarAddress(releaseId: string): string {
  return new URL(`/api/v1/releases/${encodeURIComponent(releaseId)}/schedule.ics`, location.href).href;
}

export async function listFeeds(): Promise<readonly Feed[]> {
  return (await api.get<Schemas['FeedsOut']>('/schedule/feeds')).items;
}

export function createFeed(label: string): Promise<FeedWithAddress> {
  return api.create('/schedule/feeds', { label });
}

export async function revokeFeed(id: string): Promise<void> {
  await api.send('DELETE', `/schedule/feeds/${encodeURIComponent(id)}`);
}
