/** Ties a tracker to a player: what counts as playing, settled and leaving. */
import type { Player } from '../player/player.svelte';
import type { ProgressTracker } from './tracker';

/** Call while a component initialises; `tracker` is null for viewers without an account. */
export function followProgress(player: Player, tracker: () => ProgressTracker | null): void {
  const report = () => ({ positionMs: player.nowMs, durationMs: player.durationMs, voice: player.voice });

  $effect(() => {
    const current = tracker();
    if (!current) return;
    const { positionMs, paused, seeking, ended, durationMs } = player;
    if (durationMs <= 0 || seeking || positionMs === 0) return;
    if (paused || ended) current.settled(report());
    else current.playing(report());
  });

  $effect(() => {
    const leave = (): void => {
      tracker()?.leaving(report());
    };
    // `pagehide` is the last event that phones deliver too; hidden tabs may be discarded without any.
    const hide = (): void => {
      if (document.visibilityState === 'hidden') leave();
    };
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hide);
    return () => {
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', hide);
      leave();
    };
  });
}
