/** The settings of the film that plays, from its answer or from this browser, and where changes of them go. */
import { untrack } from 'svelte';
import type { Playback, PlayerSettings } from '../../api/types';
import type { Player } from '../player.svelte';
import { guestSettings } from './guest';
import { AccountRemembering, GuestRemembering } from './remembering';

/** `signedIn` where the server answered as of an account: only then it says settings. */
export function settingsOf(playback: Playback): PlayerSettings {
  return playback.settings ?? guestSettings();
}

/** What a stream begins with, before its first frame. `together`: the party decides how fast. */
export function beginningOf(playback: Playback, { together = false } = {}) {
  const { quality_px, rate } = settingsOf(playback);
  return {
    audio: playback.preferred_audio,
    subtitles: playback.preferred_subtitles,
    qualityPx: quality_px,
    pathways: playback.pathways ?? [],
    ...(together ? {} : { rate }),
  };
}

/** Remembers what is chosen in `player`, for whoever `playback` is. To be called while a component is set up. */
export function rememberChoices(player: Player, playback: () => Playback | null): void {
  $effect(() => {
    const opened = playback();
    if (!opened) return;
    const to = opened.settings === null ? new GuestRemembering(opened.release_id) : new AccountRemembering(opened.release_id);
    untrack(() => (player.remembering = to));
    return () => {
      player.remembering = null;
      if (to instanceof AccountRemembering) to.flush();
    };
  });
}
