/**
 * A party around a live channel: where in what was sent it stands, and how far it may go.
 *
 * `realtime/sync/live.py` is the same in Python, with the reasons; both are held to `tests/vectors/live.json`.
 */

const DELAY_MS = 4_000;
const MARGIN_MS = 10_000;

/** A live channel as a party watches it. */
export interface Live {
  readonly channel_id: string;
  /** Of the wall clock that the stream is dated with (EXT-X-PROGRAM-DATE-TIME), ms since 1970, at position 0. */
  readonly begin_ms: number;
  /** The same moment in room time. */
  readonly room_begin_ms: number;
  /** The position that its broadcast began at: there is nothing before it. */
  readonly first_ms: number;
  /** How far back one may go. */
  readonly window_ms: number;
}

/** The position of a party that is live. */
export function newestMs(live: Live, roomMs: number): number {
  return roomMs - live.room_begin_ms - DELAY_MS;
}

/** The oldest position that a party may go to. */
export function oldestMs(live: Live, roomMs: number): number {
  const beginningMs = Math.max(live.first_ms, roomMs - live.room_begin_ms - live.window_ms + MARGIN_MS);
  return Math.min(beginningMs, newestMs(live, roomMs));
}

/** `positionMs`, or the position next to it that can be watched at `roomMs`. */
export function watchable(live: Live, positionMs: number, roomMs: number): number {
  return Math.min(Math.max(positionMs, oldestMs(live, roomMs)), newestMs(live, roomMs));
}
