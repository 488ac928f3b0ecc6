/** Moments of an episode as people write them: `1:30`, `1:02:03`, `1:30.5`. Pure. */
import { timecode } from '../../i18n/format';

const MARK = /^(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d(?:[.,]\d{1,3})?)$/;

/** With the part of a second that a mark has: `90500` is `1:30.5`. */
export function formatTimecode(ms: number): string {
  const rest = ms % 1000;
  return rest === 0 ? timecode(ms) : `${timecode(ms)}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}

/** In ms; null for what is no moment. */
export function parseTimecode(text: string): number | null {
  const match = MARK.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Math.round(((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds.replace(',', '.'))) * 1000);
}
