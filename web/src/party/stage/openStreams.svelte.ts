/** The stream of a party's episode: opened when the episode changes, and anew when it ends or somebody asks. */
import { untrack } from 'svelte';
import { session as account } from '../../account/session.svelte';
import { errorText } from '../../i18n/errors';
import type { Player } from '../../player/player.svelte';
import { beginningOf } from '../../player/settings/viewing.svelte';
import { heldStream } from '../../watching/heldStream.svelte';
import { keepHeld } from '../../watching/keepHeld.svelte';
import type { followLive } from './liveSource.svelte';

export interface OpenStreams {
  readonly held: ReturnType<typeof heldStream>;
  /** Why there is no picture; empty while there is one. */
  readonly error: string;
  again(takeover?: string | null): Promise<void>;
}

/** Called while a component is made; `positionMs` is where the party is by now. */
export function openStreams(player: Player, episodeId: () => string | null, live: () => ReturnType<typeof followLive>['source'], positionMs: () => number): OpenStreams {
  const held = heldStream(() => account.user !== null);
  let problem = $state('');

  async function load(id: string, takeover: string | null = null): Promise<void> {
    problem = '';
    try {
      const opened = await held.open(id, takeover, { together: true });
      if (id !== episodeId() || opened === null) return;
      player.load({
        url: opened.hls_url,
        sessionId: opened.session_id,
        contentId: id,
        startMs: positionMs(),
        ...beginningOf(opened, { together: true }),
        drm: opened.drm,
      });
    } catch (error) {
      problem = errorText(error);
    }
  }

  async function again(takeover: string | null = null): Promise<void> {
    const id = episodeId();
    await (id ? load(id, takeover) : live()?.open());
  }

  keepHeld(held, (reason) => {
    player.unload();
    if (reason === 'role_changed') void again();
  });

  const wanted = $derived(episodeId());
  $effect(() => {
    const id = wanted;
    if (id) untrack(() => void load(id));
  });

  return {
    held,
    get error() {
      return problem;
    },
    again,
  };
}
