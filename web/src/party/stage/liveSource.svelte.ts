/** The stream of a live channel in a party: there while the channel is, and back when the channel is. */
import { untrack } from 'svelte';
import { getLiveChannel } from '../../api/live/channels';
import type { Player } from '../../player/player.svelte';
import type { LivePast } from '../../player/transport';
import { newestMs, oldestMs, type Live } from '../../sync/live';
import type { Media } from '../../sync/playback';

const RETRY_MS = 3_000;
const LOOK_MS = 1_000;
/** In a second; a player that plays comes much further. */
const STILL_MS = 500;
/** Looks for which a player stands still until the channel is asked whether it is over. */
const STILL_LOOKS = 5;

interface Room {
  /** Of the room's clock. */
  nowMs(): number;
  /** Where the party stands. */
  positionMs(): number;
  seek(positionMs: number): void;
}

/** The source of what is on, where that is a live channel. Call while a component initialises. */
export function followLive(media: () => Media | null, player: Player, room: Room): { readonly source: LiveSource | null } {
  let source = $state.raw<LiveSource | null>(null);
  $effect(() => {
    const channel = media()?.live;
    if (!channel || !player.video) return;
    const made = untrack(() => new LiveSource(channel, player, room));
    source = made;
    void made.open();
    return () => {
      made.close();
      source = null;
    };
  });
  $effect(() => {
    if (player.ended || player.error) untrack(() => source?.lost());
  });
  return {
    get source() {
      return source;
    },
  };
}

export class LiveSource implements LivePast {
  /** Nobody is live, or this server has nothing of it yet. */
  waiting = $state(false);
  problem = $state.raw<unknown>(null);
  /** How far back the party may go, and how far back it is. */
  pastS = $state(0);
  behindS = $state(0);

  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #look: ReturnType<typeof setInterval>;
  #closed = false;
  #seenMs = 0;
  #still = 0;

  constructor(
    private readonly live: Live,
    private readonly player: Player,
    private readonly room: Room,
  ) {
    this.#look = setInterval(() => {
      this.#lookBack();
      this.#watch();
    }, LOOK_MS);
    this.#lookBack();
  }

  async open(): Promise<void> {
    let url: string | null = null;
    try {
      url = (await getLiveChannel(this.live.channel_id)).hls_url;
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
    if (this.#closed) return;
    this.waiting = url === null && this.problem === null;
    if (url === null) this.#again();
    else this.player.load({ url, sessionId: '', contentId: this.live.channel_id, startMs: this.room.positionMs(), live: { beginMs: this.live.begin_ms } });
  }

  /** The broadcast ended, or could not be had any more: another may follow. */
  lost(): void {
    this.player.unload();
    this.player.error = null;
    this.player.ended = false;
    this.waiting = true;
    this.#again();
  }

  seek(behindS: number): void {
    this.room.seek(Math.max(0, Math.round(newestMs(this.live, this.room.nowMs()) - behindS * 1000)));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#look);
    this.player.unload();
  }

  #again(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.open(), RETRY_MS);
  }

  /** A player that the party led past the end of the broadcast never says that it ended. */
  #watch(): void {
    const atMs = this.player.positionMs;
    this.#still = this.waiting || Math.abs(atMs - this.#seenMs) >= STILL_MS ? 0 : this.#still + 1;
    this.#seenMs = atMs;
    if (this.#still > 0 && this.#still % STILL_LOOKS === 0) void this.#loseIfOver();
  }

  async #loseIfOver(): Promise<void> {
    const over = await getLiveChannel(this.live.channel_id).then(
      (channel) => channel.hls_url === null,
      () => false, // asked again
    );
    if (over && this.#still > 0 && !this.#closed) this.lost();
  }

  #lookBack(): void {
    const nowMs = this.room.nowMs();
    const newest = newestMs(this.live, nowMs);
    this.pastS = (newest - oldestMs(this.live, nowMs)) / 1000;
    this.behindS = Math.max(0, (newest - this.room.positionMs()) / 1000);
  }
}
