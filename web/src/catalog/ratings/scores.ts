/** Scores in words. */
import { language } from '../../i18n/i18n.svelte';

export const SCORES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** "8.36", "8,36". */
export function scoreText(score: number): string {
  return score.toLocaleString(language.locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** The share of each score in percent, rounded; all 0 without a vote. */
export function shares(histogram: readonly number[]): number[] {
  const votes = histogram.reduce((sum, count) => sum + count, 0);
  return histogram.map((count) => (votes === 0 ? 0 : Math.round((100 * count) / votes)));
}
