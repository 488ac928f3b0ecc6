/** The short facts of a release, in words. */
import type { Episode, Release } from '../api/types';
import { t } from '../i18n/i18n.svelte';
import { isKnown } from '../i18n/translate';

/** The word for a type or season the server knows; a value newer than this client is shown as it is. */
function word(group: 'type' | 'season', value: string): string {
  const key = `${group}.${value}`;
  return isKnown(key) ? t(key as 'type.TV' | 'season.winter') : value;
}

export function typeName(type: string): string {
  return word('type', type);
}

export function seasonName(season: string): string {
  return word('season', season.toLowerCase());
}

export function facts(release: Release): string[] {
  const parts = [typeName(release.type)];
  if (release.year) parts.push(String(release.year));
  if (release.episodes_total) parts.push(t('release.episodes', { count: release.episodes_total }));
  // A line breaks between the facts, never within one.
  return parts.map((part) => part.replaceAll(' ', '\u00a0'));
}

export function episodeTitle(episode: Episode): string {
  const number = t('release.episode', { ordinal: episode.ordinal });
  const name = episode.translation?.name || episode.name;
  return name ? `${number}. ${name}` : number;
}

/** What a release is called, in the reader's language where somebody translated it. */
export function releaseTitle(release: Release): string {
  return release.translation?.name || release.name.main;
}

export function releaseText(release: Release): string {
  return release.translation?.description || release.description;
}
