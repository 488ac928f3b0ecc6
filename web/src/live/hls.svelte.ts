/** Watching by Low-Latency HLS: for whom WHEP has no room, or whose network lets no media through; a second or two later. */
import Hls, { ErrorTypes, Events } from 'hls.js';
import { isNow } from './past';
import type { Watching } from './whep.svelte';

const RETRY_MS = 2_000;
const LOOK_MS = 1_000;

/** The oldest segments may be gone by the time that they are asked for. */
const MARGIN_S = 5;

export class LiveHlsPlayer {
  state = $state<Watching>('connecting');
  /** From the publisher to the screen, by the times in the playlist. */
  latencyMs = $state<number | null>(null);
  /** How much of the past can be watched, and how far back in it one is. */
  pastS = $state(0);
  behindS = $state(0);

  #hls: Hls | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #closed = false;
  /** Once something was shown; a connection that breaks afterwards goes on now. */
  #began = false;
  readonly #look: ReturnType<typeof setInterval>;

  /** `address`: asked anew at each try, because it holds a right that ends, and there is none while the channel is off. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly address: () => Promise<string | null>,
    private readonly startBehindS = 0,
  ) {
    this.behindS = startBehindS;
    this.#look = setInterval(() => {
      const latency = this.#hls?.latency ?? 0;
      this.latencyMs = this.state === 'playing' && latency > 0 ? Math.round(latency * 1000) : null;
      if (this.state === 'playing') this.#lookBack();
    }, LOOK_MS);
    video.addEventListener('playing', this.#playing);
    video.addEventListener('ended', this.#over);
  }

  async open(): Promise<void> {
    const url = await this.address().catch(() => null);
    if (this.#closed) return;
    if (url === null) {
      this.#again('waiting');
      return;
    }
    if (!Hls.isSupported()) {
      this.video.src = url;
      return;
    }
    // Behind after a stall, it plays a little faster until it is where the playlist wants players to be.
    const hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.1, liveSyncOnStallIncrease: 0, backBufferLength: 30 });
    this.#hls = hls;
    hls.on(Events.ERROR, (_name, { fatal, type }) => {
      if (!fatal) return;
      if (type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else this.#again('away');
    });
    if (!isNow(this.startBehindS) && !this.#began) {
      hls.once(Events.LEVEL_UPDATED, (_name, { details }) => {
        // hls.js takes this for a seek, and loads from there.
        this.video.currentTime = Math.max(details.fragmentStart + MARGIN_S, this.#nowS(hls) - this.startBehindS);
      });
    }
    // In this order, or a seek to where one starts would come before there is anything to seek in.
    hls.once(Events.MEDIA_ATTACHED, () => {
      hls.loadSource(url);
    });
    hls.attachMedia(this.video);
  }

  /** To so long before now, as far as there is something to watch. */
  seek(behindS: number): void {
    const hls = this.#hls;
    const { seekable } = this.video;
    if (hls === null || seekable.length === 0) return;
    this.video.currentTime = Math.max(seekable.start(0) + MARGIN_S, this.#nowS(hls) - behindS);
    void this.video.play().catch(() => undefined);
    this.#lookBack();
  }

  /** To where a player is that is live. */
  toNow(): void {
    this.seek(0);
  }

  /** Where in the video's own time a player is that is live. */
  #nowS(hls: Hls): number {
    const { seekable } = this.video;
    return hls.liveSyncPosition ?? (seekable.length > 0 ? seekable.end(seekable.length - 1) : 0);
  }

  #lookBack(): void {
    const { seekable, currentTime } = this.video;
    if (this.#hls === null || seekable.length === 0) return;
    const nowS = this.#nowS(this.#hls);
    this.pastS = Math.max(0, nowS - seekable.start(0) - MARGIN_S);
    this.behindS = Math.max(0, nowS - currentTime);
  }

  readonly #playing = (): void => {
    this.state = 'playing';
    this.#began = true;
    this.#lookBack();
  };

  readonly #over = (): void => {
    this.#again('waiting');
  };

  #again(state: Watching): void {
    this.#drop();
    this.state = state;
    this.#retry = setTimeout(() => void this.open(), RETRY_MS);
  }

  #drop(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#hls?.destroy();
    this.#hls = null;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    clearInterval(this.#look);
    this.video.removeEventListener('playing', this.#playing);
    this.video.removeEventListener('ended', this.#over);
  }
}
