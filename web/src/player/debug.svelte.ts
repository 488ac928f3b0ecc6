/**
 * `window.__ani`: what acceptance tests and the benchmark read, always there. Reading changes nothing.
 *
 * On pages without a party `drift_ms` is null and `offset_ms` is 0.
 */
import type { Player } from './player.svelte';

export interface DebugHook {
  /** Media position of the picture, milliseconds, to the precision of `video.currentTime`. */
  position_ms(): number;
  /** Player minus room, milliseconds, unsmoothed; null while it means nothing (paused, seeking, no party). */
  drift_ms(): number | null;
  /** Room time minus `performance.now()`, milliseconds. */
  offset_ms(): number;
  /** Round trip of the last good clock answer, milliseconds; null before the first. */
  rtt_ms(): number | null;
  /** Whether the clock is good enough to start by. */
  locked(): boolean;
  /** Seeks and changes of rate that the drift corrector has asked for. */
  corrections(): { readonly seeks: number; readonly rate_changes: number };
  /** Version of the party document. */
  version(): number;
}

declare global {
  interface Window {
    __ani?: DebugHook;
    /** Energy of the voices played so far in this party: grows while somebody is heard. */
    __aniVoiceEnergy?: () => Promise<number>;
  }
}

export function expose(hook: DebugHook): () => void {
  window.__ani = hook;
  return () => {
    if (window.__ani === hook) delete window.__ani;
  };
}

export function exposePlayer(player: Player): void {
  $effect(() =>
    expose({
      position_ms: () => player.nowMs,
      drift_ms: () => null,
      offset_ms: () => 0,
      rtt_ms: () => null,
      locked: () => false,
      corrections: () => ({ seeks: 0, rate_changes: 0 }),
      version: () => 0,
    }),
  );
}
