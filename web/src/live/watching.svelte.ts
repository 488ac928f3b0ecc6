/**
 * Watching a channel without a delay or by Low-Latency HLS, as the server says (docs/live.md): who comes when all places are taken, or is
 * sent over, goes on by HLS, and comes back when there is a place. The picture that is there stays until the next one plays.
 */
import { getLiveChannel } from '../api/live/channels';
import { howToWatch, type Delivery } from '../api/live/delivery';
import { LiveHlsPlayer } from './hls.svelte';
import { listen } from './listening';
import { isNow } from './past';
import { LivePlayer } from './whep.svelte';

/** How long the way that was left is kept for one that does not play: as long as the server keeps it. */
const CHANGE_MS = 20_000;
type Player = LivePlayer | LiveHlsPlayer;
type Videos = readonly [HTMLVideoElement, HTMLVideoElement];
/** Why it is HLS: for want of a place, or of a way through the network, or for the sake of the past. */
type Reason = 'full' | 'blocked' | 'past';

export class LiveWatching {
  /** Which of the two videos is looked at; the other one is empty, or about to take over. */
  front = $state<0 | 1>(0);
  player = $state.raw<Player | null>(null);
  muted = $state(false);

  readonly hls = $derived(this.player instanceof LiveHlsPlayer ? this.player : null);
  readonly whep = $derived(this.player instanceof LivePlayer ? this.player : null);

  #coming: Player | null = null;
  #change = new AbortController();
  #listening = new AbortController();
  #reason: Reason = 'full';
  #closed = false;

  constructor(
    private readonly channelId: string,
    private readonly videos: Videos,
  ) {}

  open(): void {
    const made = this.#overWebrtc(this.#video, '');
    this.player = made;
    void made.open();
  }

  /** To so long before now. Who watches without a delay goes back by way of the other player, which has the past. */
  seek(behindS: number): void {
    if (this.player instanceof LiveHlsPlayer) this.player.seek(behindS);
    else this.#goBack(behindS);
  }

  /** Without a delay, where that was left for the sake of the past alone. */
  toNow(): void {
    if (!(this.player instanceof LiveHlsPlayer)) return;
    if (this.#reason === 'past') this.#comeBack('');
    else this.player.toNow();
  }

  close(): void {
    this.#closed = true;
    this.#listening.abort();
    this.#dropComing();
    this.player?.close();
    this.player = null;
  }

  get #video(): HTMLVideoElement {
    return this.videos[this.front];
  }

  // The two ways

  #overWebrtc(video: HTMLVideoElement, place: string): LivePlayer {
    const made = new LivePlayer(this.channelId, place);
    made.onStream = (stream) => {
      video.srcObject = stream;
      if (made === this.player) this.#play(video);
    };
    made.onSession = (session) => {
      if (made === this.player && session) this.#listen(session, 'webrtc');
    };
    made.onFull = (session) => void this.#noWay(made, 'full', session);
    made.onBlocked = () => void this.#noWay(made, 'blocked', '');
    return made;
  }

  #overHls(video: HTMLVideoElement, behindS: number): LiveHlsPlayer {
    return new LiveHlsPlayer(video, async () => (await getLiveChannel(this.channelId)).hls_url, behindS);
  }

  async #noWay(made: LivePlayer, reason: Reason, session: string): Promise<void> {
    if (made === this.#coming) {
      this.#dropComing();
      if (this.#reason === 'past') this.hls?.toNow();
      this.#stay(reason, session);
      return;
    }
    if (made !== this.player) return;
    if (this.#coming !== null) {
      // Its last picture is there until the other one's first.
      made.close();
      return;
    }
    const found = await getLiveChannel(this.channelId).catch(() => null);
    if (made !== this.player || this.#coming !== null) return;
    if (!found?.hls_url) {
      made.hasNoOther(reason);
      return;
    }
    made.close();
    empty(this.#video);
    const hls = this.#overHls(this.#video, 0);
    this.player = hls;
    this.#stay(reason, session);
    void hls.open();
  }

  #stay(reason: Reason, session: string): void {
    this.#reason = reason;
    if (session) this.#listen(session, 'hls');
    else this.#listening.abort();
  }

  // From one to the other

  #goBack(behindS: number): void {
    this.#listening.abort();
    this.#bring((video) => this.#overHls(video, behindS), (left) => {
      this.#reason = 'past';
      left?.close();
    });
  }

  /** The session stays: it is the name under which one waits for a place. */
  #goOver(session: string): void {
    this.#bring((video) => this.#overHls(video, 0), (left) => {
      if (left instanceof LivePlayer) left.leave();
      this.#stay('full', session);
    });
  }

  #comeBack(place: string): void {
    this.#bring((video) => this.#overWebrtc(video, place), (left) => {
      left?.close();
      if (this.player instanceof LivePlayer && this.player.session) this.#listen(this.player.session, 'webrtc');
    });
  }

  #bring(make: (video: HTMLVideoElement) => Player, then: (left: Player | null) => void): void {
    this.#dropComing();
    if (this.#closed) return;
    const index = this.front === 0 ? 1 : 0;
    const video = this.videos[index];
    const made = (this.#coming = make(video));
    const change = (this.#change = new AbortController());
    const timer = setTimeout(() => {
      // Nothing comes: to an offer one stays as one is. Who is sent over has no other way, and waits.
      if (made instanceof LivePlayer) void this.#noWay(made, 'blocked', '');
    }, CHANGE_MS);
    change.signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
    const swap = (): void => {
      change.abort();
      const left = this.player;
      const leftVideo = this.#video;
      this.#coming = null;
      this.front = index;
      this.player = made;
      if (made instanceof LivePlayer) made.shown();
      then(left);
      empty(leftVideo);
      video.muted = this.muted;
      this.#play(video);
    };
    video.muted = true;
    video.addEventListener('playing', swap, { once: true, signal: change.signal });
    void made.open();
  }

  #dropComing(): void {
    this.#change.abort();
    const made = this.#coming;
    this.#coming = null;
    made?.close();
    if (made !== null) empty(this.videos[this.front === 0 ? 1 : 0]);
  }

  /** Browsers play sound only where somebody has pressed something: better a silent picture than none. */
  #play(video: HTMLVideoElement): void {
    video.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      this.muted = video.muted = true;
      void video.play().catch(() => undefined);
    });
  }

  // What the server says

  get #isHlsNow(): boolean {
    return this.hls !== null && this.hls.state === 'playing' && isNow(this.hls.behindS);
  }

  #listen(session: string, now: Delivery): void {
    this.#listening.abort();
    const { signal } = (this.#listening = new AbortController());
    void listen(now, {
      ask: (way) => howToWatch(session, way, signal),
      isReady: () => this.#isHlsNow,
      goOver: () => {
        this.#goOver(session);
      },
      comeBack: () => {
        this.#comeBack(session);
      },
      startAnew: () => {
        this.#comeBack('');
      },
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      signal,
    });
  }
}

function empty(video: HTMLVideoElement): void {
  video.srcObject = null;
  video.removeAttribute('src');
  video.load();
}
