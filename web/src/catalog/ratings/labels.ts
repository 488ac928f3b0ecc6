/** What votes say, in words; apart from the scores, which cards show without them. */
import { t } from '../../i18n/i18n.svelte';

/** What a vote says, in a word. */
export function scoreWord(score: number): string {
  const words = [
    t('rating.word_1'), t('rating.word_2'), t('rating.word_3'), t('rating.word_4'), t('rating.word_5'),
    t('rating.word_6'), t('rating.word_7'), t('rating.word_8'), t('rating.word_9'), t('rating.word_10'),
  ];
  return words[score - 1] ?? '';
}
