/** How well a party's picture keeps time, for tests and for whoever looks in the console. */
import { expose } from '../player/debug.svelte';
import type { Player } from '../player/player.svelte';
import type { PlaybackSync } from './playbackSync';
import type { PartySession } from './session.svelte';

/** Call while a component initialises. */
export function exposeSync(party: () => PartySession, player: Player, sync: () => PlaybackSync | null): void {
  $effect(() => {
    const session = party();
    return expose({
      position_ms: () => player.nowMs,
      drift_ms: () => sync()?.rawDriftMs() ?? null,
      offset_ms: () => session.clock.offsetMs,
      rtt_ms: () => session.clock.rttMs,
      locked: () => session.clock.locked,
      corrections: () => ({ seeks: sync()?.corrector.seeks ?? 0, rate_changes: sync()?.corrector.rateChanges ?? 0 }),
      version: () => session.party?.version ?? 0,
    });
  });
}
