/** Days and clocks in any time zone. Pure: zone and moment are arguments; days are `2026-07-03`, as on the wire. */
import type { Airing } from '../api/catalog/schedule';
import type { Locale } from '../i18n/translate';

const DAY_MS = 86_400_000;

/** The zone of this device. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** All zones this browser knows, the given one among them. */
export function zones(chosen: string): readonly string[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([chosen, 'UTC', ...known])].sort();
}

/** The calendar day of a moment. */
export function dayIn(zone: string, unixMs: number): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(unixMs);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Monday of the week of `day`. */
export function weekStart(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

export function daysFrom(first: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => addDays(first, index));
}

/** The weeks that a month touches, whole: 28 to 42 days. */
export function monthDays(month: string): readonly string[] {
  const first = weekStart(`${month}-01`);
  const next = addDays(`${month}-28`, 4).slice(0, 7);
  const weeks = Math.ceil((Date.parse(`${next}-01T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / (7 * DAY_MS));
  return daysFrom(first, weeks * 7);
}

export function addMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

export function dayText(locale: Locale, day: string, style: 'short' | 'long'): string {
  const shape: Intl.DateTimeFormatOptions =
    style === 'short' ? { weekday: 'short', day: 'numeric' } : { weekday: 'long', day: 'numeric', month: 'long' };
  return new Intl.DateTimeFormat(locale, { ...shape, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
}

export function monthText(locale: Locale, month: string): string {
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.parse(`${month}-01T00:00:00Z`));
}

export function clockIn(locale: Locale, zone: string, iso: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone }).format(Date.parse(iso));
}

/** Which day an airing stands under: the viewer's, or the broadcaster's, where a night belongs to the evening before. */
export function dayOf(airing: Airing, zone: string, byBroadcast: boolean): string {
  return byBroadcast ? airing.broadcast.day : dayIn(zone, Date.parse(airing.airs_at));
}

/** Items by key, in their order. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group) group.push(item);
    else found.set(key, [item]);
  }
  return found;
}

/** Days, hours and minutes until a moment, rounded up to the minute; all zero once it is there. */
export function until(iso: string, nowMs: number): { readonly days: number; readonly hours: number; readonly minutes: number } {
  const minutes = Math.max(0, Math.ceil((Date.parse(iso) - nowMs) / 60_000));
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
}

/** "2 d 3 h", "3 h 20 min", "5 min"; empty once it is there. */
export function untilText(locale: Locale, iso: string, nowMs: number): string {
  const left = until(iso, nowMs);
  const unit = (value: number, name: 'day' | 'hour' | 'minute'): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(value);
  if (left.days > 0) return `${unit(left.days, 'day')} ${unit(left.hours, 'hour')}`;
  if (left.hours > 0) return `${unit(left.hours, 'hour')} ${unit(left.minutes, 'minute')}`;
  return left.minutes > 0 ? unit(left.minutes, 'minute') : '';
}
