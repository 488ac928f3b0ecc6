/**
 * Keeps this player where the room is: looks at it, asks the drift corrector what to do, and does that.
 *
 * All the judgement is in `sync/drift.ts`; here are only the hands.
 */
import type { Player } from '../player/player.svelte';
import type { ClockFilter } from '../sync/clock';
import { DriftCorrector, SAMPLE_INTERVAL_MS, type PlayerMode, type Steering } from '../sync/drift';
import { positionAt, type Playback } from '../sync/playback';

/** Events after which the next look should not wait. */
const TELLING_EVENTS = ['seeked', 'playing', 'pause', 'waiting', 'canplay', 'loadedmetadata'] as const;

/** A player that says it has ended stays there while the room is this close to the end. */
const END_MS = 500;

export class Follower {
  corrector = new DriftCorrector();
  /** Player minus room, smoothed; null while it has no meaning. */
  driftMs: number | null = null;
  #playback: Playback | null = null;
  #interval: ReturnType<typeof setInterval>;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #blocked = false;
  readonly #look = (): void => {
    this.#step();
  };

  constructor(
    private readonly player: Player,
    private readonly video: HTMLVideoElement,
    private readonly clock: ClockFilter,
    /** The browser wants a click before it plays; `unblock` goes on after it. */
    private readonly onBlocked: (blocked: boolean) => void,
  ) {
    video.preservesPitch = true;
    for (const name of TELLING_EVENTS) video.addEventListener(name, this.#look);
    document.addEventListener('visibilitychange', this.#look);
    this.#interval = setInterval(this.#look, SAMPLE_INTERVAL_MS);
  }

  /** The room's newest playback document. */
  follow(playback: Playback): void {
    this.#playback = playback;
    this.corrector.follow(playback);
    this.#step();
  }

  /** To be called from a click: lets the browser play from now on. */
  unblock(): void {
    this.#blocked = false;
    this.onBlocked(false);
    // Joining late, as far as corrections go: one seek to where the room is, not a minute of nudging.
    this.corrector = new DriftCorrector();
    if (this.#playback) this.corrector.follow(this.#playback);
    // A play() inside the click is what lifts the block, even where the room rests.
    void this.player.play().then(this.#look);
  }

  /** Player minus room this very moment, unsmoothed; null unless both are moving. */
  rawDriftMs(): number | null {
    const playback = this.#playback;
    if (!playback || playback.paused || this.#mode() !== 'playing') return null;
    const roomMs = this.clock.roomMs(performance.now());
    return roomMs < playback.anchor_ms ? null : this.video.currentTime * 1000 - positionAt(playback, roomMs);
  }

  destroy(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#startTimer);
    for (const name of TELLING_EVENTS) this.video.removeEventListener(name, this.#look);
    document.removeEventListener('visibilitychange', this.#look);
  }

  #mode(): PlayerMode {
    const { video } = this;
    if (video.seeking) return 'seeking';
    if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !video.ended) return 'stalled';
    if (video.paused) return 'paused';
    return document.hidden ? 'hidden' : 'playing';
  }

  #step(): void {
    const playback = this.#playback;
    if (!playback || !this.clock.locked || this.video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const nowMs = performance.now();
    const steering = this.corrector.step({
      nowMs,
      roomMs: this.clock.roomMs(nowMs),
      positionMs: this.video.currentTime * 1000,
      mode: this.#mode(),
    });
    this.driftMs = steering.driftMs;
    this.#do(steering, playback);
  }

  #do(steering: Steering, playback: Playback): void {
    clearTimeout(this.#startTimer);
    if (this.video.playbackRate !== steering.rate) this.video.playbackRate = steering.rate;
    if (steering.playInMs === null || steering.playInMs > 0) {
      if (!this.video.paused) this.video.pause();
    }
    if (steering.playInMs !== null && this.video.paused && !this.#blocked && !this.#atTheEnd(playback)) {
      if (steering.playInMs <= 0) this.#start();
      // Later starts are set again, more exactly, by a later look.
      else if (steering.playInMs <= SAMPLE_INTERVAL_MS * 2) {
        this.#startTimer = setTimeout(() => {
          this.#start();
        }, steering.playInMs);
      }
    }
    if (steering.seekToMs !== null) this.player.seek(steering.seekToMs);
  }

  /** play() on a video that has ended would start it over. */
  #atTheEnd(playback: Playback): boolean {
    const roomMs = positionAt(playback, this.clock.roomMs(performance.now()));
    return this.video.ended && roomMs >= this.video.duration * 1000 - END_MS;
  }

  #start(): void {
    void this.player.play().then((playing) => {
      if (playing || this.#blocked) return;
      this.#blocked = true;
      this.onBlocked(true);
    });
  }
}
