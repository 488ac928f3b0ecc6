/**
 * Position arithmetic of the playback document, in milliseconds of room time and of media.
 *
 * `realtime/sync/playback.py` is the same in Python; both are held to `tests/vectors/playback.json`.
 */

import type { Live } from './live';

export interface Media {
  readonly episode_id: string;
  readonly title: string;
  readonly duration_ms: number;
  /** A live channel, and no episode. */
  readonly live?: Live;
}

/** As it comes in `party:state`: from `anchor_ms` on the position moves from `position_ms` at `rate`; until then it rests. */
export interface Playback {
  readonly media: Media | null;
  readonly position_ms: number;
  readonly rate: number;
  readonly paused: boolean;
  readonly anchor_ms: number;
}

/** Where the room stands at `atMs`, within the media. */
export function positionAt(playback: Playback, atMs: number): number {
  let position = playback.position_ms;
  if (!playback.paused) position += Math.max(atMs - playback.anchor_ms, 0) * playback.rate;
  return playback.media === null ? position : Math.min(position, playback.media.duration_ms);
}

/**
 * When a moving room stands at `positionMs`: the inverse of {@link positionAt}.
 *
 * For a position before the anchored one this lies before the anchor: when a player that is a little behind has to start
 * in order to be in step from the anchor on.
 */
export function timeAt(playback: Playback, positionMs: number): number {
  return playback.anchor_ms + (positionMs - playback.position_ms) / playback.rate;
}
