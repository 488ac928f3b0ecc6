/** What a team worked on, in words. */
import type { Kind } from '../api/moderation';
import { t } from '../i18n/i18n.svelte';

const WORDS = {
  release: 'credit.release',
  episode: 'credit.episode',
  translation: 'credit.translation',
  subtitle: 'credit.subtitle',
} as const satisfies Record<Kind, string>;

export function workText(kinds: readonly Kind[]): string {
  return kinds.map((kind) => t(WORDS[kind])).join(', ');
}
