/** Figures of playback as people read them; a dash for what is not known. Pure. */
import type { Locale } from '../../i18n/translate';

const DASH = '–';

export function secondsText(locale: Locale, ms: number | null): string {
  if (ms === null) return DASH;
  const maximumFractionDigits = ms < 10_000 ? 2 : ms < 60_000 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits }).format(ms / 1000);
}

export function shareText(locale: Locale, share: number | null): string {
  return share === null ? DASH : new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(share);
}

export function rateText(locale: Locale, bps: number | null): string {
  if (bps === null) return DASH;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: bps < 1_000_000 ? 'kilobit-per-second' : 'megabit-per-second',
    maximumFractionDigits: bps < 1_000_000 || bps >= 10_000_000 ? 0 : 1,
  }).format(bps / (bps < 1_000_000 ? 1_000 : 1_000_000));
}

export function countText(locale: Locale, count: number | null): string {
  return count === null ? DASH : new Intl.NumberFormat(locale).format(count);
}
