/** The short facts of a release, in words. */
import type { Episode, Release } from '../api/types';
import { language, t } from '../i18n/i18n.svelte';
import { isKnown, type Locale } from '../i18n/translate';
import { paths } from '../routes';

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

export function facts(release: Pick<Release, 'type' | 'year'> & { readonly episodes_total?: number | null }): string[] {
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

const CYRILLIC = /\p{Script=Cyrillic}/u;

/**
 * What a release is called to a reader: as somebody translated it into their language, else by the name of its own that they
 * can read, else in English, which more people read than Japanese.
 */
export function titleFor(locale: Locale, release: Pick<Release, 'name' | 'translation'>): string {
  const { main, english, alternative } = release.name;
  const translated = release.translation?.name;
  if (translated) return translated;
  if (locale === 'en') return english || main;
  return [main, alternative].find((name) => name && CYRILLIC.test(name)) ?? (english || main);
}

/** What a player calls an episode, as the server does: "Release", "Release – 2", or "Release – 2. Name". */
export function playedTitle(
  locale: Locale,
  release: Pick<Release, 'name' | 'translation' | 'episodes_total'>,
  episode: Pick<Episode, 'ordinal' | 'name' | 'translation'>,
): string {
  const title = titleFor(locale, release);
  const name = episode.translation?.name || episode.name;
  if (release.episodes_total === 1 && !name) return title;
  return `${title} – ${episode.ordinal}${name ? `. ${name}` : ''}`;
}

export function releaseTitle(release: Pick<Release, 'name' | 'translation'>): string {
  return titleFor(language.locale, release);
}

/** The other names of a release, each once. */
export function otherTitles(release: Release): string[] {
  const { main, english, alternative } = release.name;
  const names = [main, english, alternative].filter((name): name is string => Boolean(name));
  return [...new Set(names)].filter((name) => name !== releaseTitle(release));
}

export function releaseText(release: Release): string {
  return release.translation?.description || release.description;
}

/** What is said of a release in a word each; what is not known is left out. */
export interface Fact {
  readonly name: string;
  /** Of each its words, and the page that has more of its kind. */
  readonly values: readonly { readonly text: string; readonly href?: string }[];
}

export function detailsOf(release: Release): Fact[] {
  const { year, season } = release;
  return [
    { name: t('release.type'), values: [{ text: typeName(release.type) }] },
    { name: t('release.year'), values: year === null ? [] : [{ text: String(year) }] },
    { name: t('release.season'), values: season ? [{ text: seasonName(season), ...(year === null ? {} : { href: paths.season(year, season.toLowerCase()) }) }] : [] },
    { name: t('release.rating'), values: [{ text: `${release.age_rating}+` }] },
    { name: t('release.genres'), values: release.genres.map(({ name, slug }) => ({ text: name, href: paths.genre(slug) })) },
  ].filter((fact) => fact.values.length > 0);
}
