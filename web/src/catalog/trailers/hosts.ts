/** Hosts of trailers: what they are called, and whose an address is. Pure; the server has the last word. */
import type { Release } from '../../api/types';

export type Trailer = Release['trailers'][number];

/** Their own names, the same in every language. */
export const HOST_NAMES: Readonly<Record<Trailer['host'], string>> = {
  youtube: 'YouTube',
  vimeo: 'Vimeo',
  dailymotion: 'Dailymotion',
  rutube: 'Rutube',
  bilibili: 'Bilibili',
};

const DOMAINS: Readonly<Record<string, Trailer['host']>> = {
  'youtube.com': 'youtube',
  'youtube-nocookie.com': 'youtube',
  'youtu.be': 'youtube',
  'vimeo.com': 'vimeo',
  'dailymotion.com': 'dailymotion',
  'dai.ly': 'dailymotion',
  'rutube.ru': 'rutube',
  'bilibili.com': 'bilibili',
};

/** The host that an address leads to; null for any other, and for what is no address. */
export function hostOf(address: string): Trailer['host'] | null {
  const text = address.trim();
  if (!URL.canParse(text)) return null;
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return DOMAINS[hostname.split('.').slice(-2).join('.')] ?? null;
}
