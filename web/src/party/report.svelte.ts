import type { Player } from '../player/player.svelte';
import type { PlayerState } from './messages';
import type { PartySession } from './session.svelte';

const REPORT_EVERY_MS = 2_000;
/** Enough loaded to start at once, and to be through the first hiccup. */
const READY_AHEAD_MS = 2_000;
/** So near its end no player loads more. */
const END_MS = 500;

type Reading = Pick<Player, 'stalled' | 'paused' | 'ready' | 'seeking' | 'positionMs' | 'aheadMs' | 'durationMs'>;

/** What the others are told that this player does. */
export function playerStateOf(player: Reading): PlayerState {
  if (player.stalled) return 'stalled';
  if (!player.paused) return 'playing';
  const enough = player.aheadMs >= READY_AHEAD_MS || player.positionMs + player.aheadMs >= player.durationMs - END_MS;
  return player.ready && !player.seeking && enough ? 'ready' : 'paused';
}

/** Tells the party what the player does: at once when its state or the connection changes, and regularly. For a component's start. */
export function reportFigures(session: () => PartySession, player: Player, driftMs: () => number | null, rate: () => number): void {
  const state = $derived(playerStateOf(player));

  function report(): void {
    session().report({ position_ms: player.nowMs, state, buffer_ms: player.aheadMs, drift_ms: driftMs(), rate: rate() });
  }

  $effect(() => {
    void state;
    void session().clockLocked;
    void session().phase;
    report();
    const timer = setInterval(report, REPORT_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  });
}
