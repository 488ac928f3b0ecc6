/** The stream that one player holds: opened, refused for want of a place, stopped from elsewhere, given back when left. */
import { openPlayback, stopPlayback, streamLimitOf, type PlaybackWishes, type StreamLimit } from '../api/streaming/playback';
import type { Playback } from '../api/types';
import { rememberedLink } from '../player/qoe/link';
import { guestTracks } from '../player/settings/guest';

/** Of this tab, from one page load to the next: a reload takes the place of what it reloads. */
const FORMER = 'ani.stream';

/** As the server names them; others may come. */
export type StopReason = 'stopped' | 'taken_over' | 'moderator' | 'signed_out' | 'role_changed' | 'unpublished';

export interface Stopped {
  readonly session_id: string;
  readonly reason: StopReason;
}

/** What the class needs of its surroundings; tests bring their own. */
export interface Around {
  readonly open: (episodeId: string, wishes: PlaybackWishes) => Promise<Playback>;
  readonly stop: (sessionId: string, options: { readonly leaving: boolean }) => Promise<void>;
  /** Whether somebody is signed in: nobody else's streams are counted, or theirs to stop. */
  readonly counted: () => boolean;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
}

/** How long a stream that a page left waits to be stopped: the next page may take its place, as the next episode does. */
const HANDOVER_MS = 1_500;

export class HeldStream {
  static #left: { readonly id: string; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  playback = $state.raw<Playback | null>(null);
  /** Set while the account watches as much as it may elsewhere. */
  limit = $state.raw<StreamLimit | null>(null);
  /** Why it plays no longer though nobody here wanted that. */
  stopped = $state<StopReason | null>(null);

  /** What holds the place that the next stream takes, if it is not `playback`. */
  #former: string | null;
  /** One question after the other: the answer to the last but one holds a place, too. */
  #turn: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #gone = false;

  constructor(private readonly around: Around) {
    this.#former = around.storage?.getItem(FORMER) ?? null;
    // A copy of this tab must not take the stream of this one over.
    around.storage?.removeItem(FORMER);
  }

  /**
   * Opens the stream of an episode in place of what was held before, and of `takeover`, another one of the account.
   * `together`: in a party. Null where there is no place: `limit` says who has them; and where something else was asked for
   * meanwhile, or the stream was left. Other problems are thrown.
   */
  open(episodeId: string, takeover: string | null = null, { together = false } = {}): Promise<Playback | null> {
    this.#gone = false;
    const asked = ++this.#asked;
    const opening = this.#turn.then(() => (asked === this.#asked ? this.#open(asked, episodeId, takeover, together) : null));
    this.#turn = opening.catch(() => undefined);
    return opening;
  }

  async #open(asked: number, episodeId: string, takeover: string | null, together: boolean): Promise<Playback | null> {
    const own = this.#former ?? this.playback?.session_id ?? HeldStream.#takeLeft();
    if (own !== null && takeover !== null) await this.around.stop(own, { leaving: false }).catch(() => undefined);
    try {
      const opened = await this.around.open(episodeId, { takeover: takeover ?? own, together });
      if (asked !== this.#asked) {
        if (this.#gone) this.#handOver(opened.session_id);
        else this.#former = opened.session_id;
        return null;
      }
      this.playback = opened;
      this.limit = null;
      this.stopped = null;
      this.#former = null;
      return opened;
    } catch (error) {
      this.#former = own;
      if (asked !== this.#asked) return null;
      this.limit = streamLimitOf(error);
      if (this.limit === null) throw error;
      return null;
    }
  }

  /** The server tells that a stream of this account ended; true if it is this one. */
  heard({ session_id, reason }: Stopped): boolean {
    if (session_id !== this.playback?.session_id) return false;
    this.stopped = reason;
    return true;
  }

  /** Gives the place back. `leaving`: the page itself is left, perhaps to be loaded again. */
  leave({ leaving = false } = {}): void {
    this.#gone = true;
    this.#asked++;
    const id = this.playback?.session_id;
    if (id === undefined) return;
    if (!leaving) {
      this.playback = null;
      this.#handOver(id);
    } else if (this.around.counted()) {
      this.around.storage?.setItem(FORMER, id);
      this.#stop(id, { leaving });
    }
  }

  /** Leaves a stream to the next page for a moment, and stops it where none comes. */
  #handOver(id: string): void {
    if (!this.around.counted()) return;
    const before = HeldStream.#takeLeft();
    if (before !== null) this.#stop(before);
    HeldStream.#left = { id, timer: setTimeout(() => (HeldStream.#takeLeft(), this.#stop(id)), HANDOVER_MS) };
  }

  #stop(id: string, { leaving = false } = {}): void {
    // Where it fails, its lease ends within a minute.
    void this.around.stop(id, { leaving }).catch(() => undefined);
  }

  static #takeLeft(): string | null {
    const left = HeldStream.#left;
    clearTimeout(left?.timer);
    HeldStream.#left = null;
    return left?.id ?? null;
  }
}

/** Storage may be refused; then a reload holds a second place for a minute. */
function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

export function heldStream(counted: () => boolean): HeldStream {
  const open = (episodeId: string, wishes: PlaybackWishes): Promise<Playback> =>
    openPlayback(episodeId, { ...wishes, guest: counted() ? null : guestTracks(), bandwidthBps: rememberedLink() });
  return new HeldStream({ open, stop: stopPlayback, counted, storage: tabStorage() });
}
