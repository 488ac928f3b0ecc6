/** People, studios and tags, and what a release says of them. */
import { language } from '../../i18n/i18n.svelte';
import { api } from '../client';
import type { Page, Release, Schemas } from '../types';

export type Credit = Schemas['StaffCreditOut'];
export type StaffRole = Credit['role'];
export type StudioPart = Schemas['StudioPartOut'];
export type StudioRole = StudioPart['role'];
export type ReleaseTag = Schemas['ReleaseTagOut'];
export type TagCategory = Schemas['TagNameOut']['category'];

/** The last part of the addresses of a reference list. */
export type Kind = 'people' | 'studios' | 'tags';

/** What people, studios and tags have in common. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly names: readonly { readonly text: string; readonly language: string | null }[];
  readonly description: string;
  readonly releases: number;
  /** Of people and studios. */
  readonly alias?: string;
  /** Of tags. */
  readonly slug?: string;
  readonly category?: TagCategory;
  /** Of tags: it gives a story away wherever it stands. */
  readonly spoiler?: boolean;
  readonly version: number;
}

/** A list of a release with the tag that says which version of it was seen. */
export interface Seen<T> {
  readonly items: readonly T[];
  readonly etag: string;
}

/** What of a release → what is in that list. */
export interface Lists {
  credits: Credit;
  studios: StudioPart;
  tags: ReleaseTag;
}

export async function listOf<K extends keyof Lists>(releaseId: string, what: K): Promise<Seen<Lists[K]>> {
  const { data, headers } = await api.send<{ items: readonly Lists[K][] }>('GET', `/releases/${encodeURIComponent(releaseId)}/${what}`);
  return { items: data.items, etag: headers.get('ETag') ?? '*' };
}

/** Replaces the whole list if it still is what the editor saw. */
export async function replaceList<K extends keyof Lists>(releaseId: string, what: K, seen: Seen<Lists[K]>, items: readonly object[]): Promise<Seen<Lists[K]>> {
  const headers = { 'If-Match': seen.etag };
  const answer = await api.send<{ items: readonly Lists[K][] }>('PUT', `/releases/${encodeURIComponent(releaseId)}/${what}`, { body: { items }, headers });
  return { items: answer.data.items, etag: answer.headers.get('ETag') ?? '*' };
}

export function getEntry(kind: Kind, key: string): Promise<Entry> {
  return api.get(`/${kind}/${encodeURIComponent(key)}`);
}

/** Those whose names have these words, what begins like them first. */
export async function searchEntries(kind: Kind, text: string, signal: AbortSignal): Promise<readonly Entry[]> {
  const query = new URLSearchParams({ search: text, page_size: '8' });
  return (await api.get<Page<Entry>>(`/${kind}?${query.toString()}`, { signal })).items;
}

export function createEntry(kind: Kind, name: string): Promise<Entry> {
  return api.create(`/${kind}`, { name });
}

/** A release, and what the person or studio did for it. */
export interface Made {
  readonly release: Release;
  readonly roles: readonly { readonly role: string; readonly character: string }[];
}

export async function listMade(kind: Kind, key: string, page: number): Promise<Page<Made>> {
  const query = new URLSearchParams({ page: String(page), page_size: '24', language: language.locale });
  const found = await api.get<Page<Release | Schemas['PersonReleaseOut'] | Schemas['StudioReleaseOut']>>(`/${kind}/${encodeURIComponent(key)}/releases?${query.toString()}`);
  return {
    ...found,
    items: found.items.map((item) =>
      'release' in item
        ? { release: item.release, roles: item.roles.map((role) => (typeof role === 'string' ? { role, character: '' } : role)) }
        : { release: item, roles: [] },
    ),
  };
}
