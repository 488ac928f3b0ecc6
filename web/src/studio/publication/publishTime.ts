/** Moments as a date-time field has them: in the reader's own zone, without saying which. Pure. */

/** How far ahead the server lets a publication be scheduled, in days (`LATEST_PUBLISH_AT`). */
const LATEST_DAYS = 730;
const DAY_MS = 24 * 60 * 60 * 1000;

/** "2026-11-30T18:05" where `unixMs` is on this machine's clock. */
export function localInput(unixMs: number): string {
  const moment = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** The moment of a local date-time, in UTC as ISO 8601; null for what is none. */
export function instantOf(local: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(local)) return null;
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** The first minute that lies ahead, and the last that may be chosen. */
export function publishRange(nowMs: number): { readonly min: string; readonly max: string } {
  return { min: localInput(nowMs + 60_000), max: localInput(nowMs + LATEST_DAYS * DAY_MS) };
}

/** "Europe/Berlin, GMT+1": the zone and what it is at that moment. */
export function zoneText(unixMs: number): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const offset = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts(unixMs).find(({ type }) => type === 'timeZoneName')?.value;
  return offset && offset !== zone ? `${zone}, ${offset}` : zone;
}

/** Whole days until `iso`, begun ones counted; none once it is past. */
export function daysLeft(iso: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - nowMs) / DAY_MS));
}
