/** Numbers, times and names as people read them. Pure: the locale is an argument. */
import type { Locale } from './translate';

/** A media position as a player shows it: `4:05`, `1:02:09`. Negative and unknown positions read as `0:00`. */
export function timecode(positionMs: number): string {
  const total = Number.isFinite(positionMs) && positionMs > 0 ? Math.floor(positionMs / 1000) : 0;
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** A running time in words: hours and minutes, seconds only below a minute. */
export function durationText(locale: Locale, durationMs: number): string {
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return unit(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return unit(minutes, 'minute');
  return minutes % 60 === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`;
}

export function clockText(locale: Locale, unixMs: number): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(unixMs);
}

/** A day and a time on it: `3 May, 14:05`; the year stands there when it is another one than that of `nowMs`. */
export function momentText(locale: Locale, iso: string, nowMs = Date.now()): string {
  const moment = new Date(iso);
  const sameYear = moment.getFullYear() === new Date(nowMs).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
  }).format(moment);
}

/** How long ago: `now`, `5 minutes ago`, `yesterday`; from a week on the moment itself. */
export function agoText(locale: Locale, iso: string, nowMs = Date.now()): string {
  // A clock that runs ahead of ours has nothing to tell from the future.
  const minutes = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 60_000));
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (minutes < 1) return words.format(0, 'second');
  if (minutes < 60) return words.format(-minutes, 'minute');
  if (minutes < 24 * 60) return words.format(-Math.floor(minutes / 60), 'hour');
  if (minutes < 7 * 24 * 60) return words.format(-Math.floor(minutes / (24 * 60)), 'day');
  return momentText(locale, iso, nowMs);
}

/** Decimal units, one digit after the point below 100: `4.2 MB`, `120 GB`. */
export function bytesText(locale: Locale, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  let value = Math.max(0, bytes);
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  const digits = index === 0 || value >= 100 ? 0 : 1;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[index] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** "English", "японский" for a BCP 47 tag; the tag itself when the browser does not know it. */
export function languageName(locale: Locale, tag: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** "A, B, C" in every language: names side by side, where `unit` leaves out the commas in some. */
export function plainList(locale: Locale): Intl.ListFormat {
  return new Intl.ListFormat(locale, { type: 'conjunction', style: 'narrow' });
}
