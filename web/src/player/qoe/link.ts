/**
 * What the link of this browser carried when it played last, for the start of the next video: the server chooses the first quality
 * by it.  Of accounts it remembers that by itself, of guests nobody else does.
 */
import { readSetting, saveSetting } from '../../ui/localSettings';

const NAME = 'link';
/** As long as the server: after a month somebody may well have moved. */
const GOOD_FOR_MS = 30 * 24 * 3_600_000;
/** It is written so seldom; what is measured changes with every segment. */
const EVERY_MS = 5_000;

let writtenAtMs = -Infinity;

export function rememberLink(bps: number, nowMs = Date.now()): void {
  if (!(bps >= 1) || (nowMs >= writtenAtMs && nowMs - writtenAtMs < EVERY_MS)) return;
  writtenAtMs = nowMs;
  saveSetting(NAME, `${Math.round(bps)} ${nowMs}`);
}

/** Bit/s; null: not known, or too long ago. */
export function rememberedLink(nowMs = Date.now()): number | null {
  const kept = readSetting(NAME, (text) => /^\d{1,10} \d{1,15}$/.test(text));
  if (kept === null) return null;
  const [bps = 0, atMs = 0] = kept.split(' ').map(Number);
  return bps >= 1 && atMs <= nowMs && nowMs - atMs <= GOOD_FOR_MS ? bps : null;
}
