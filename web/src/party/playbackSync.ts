/**
 * Keeps this player where the party is: samples it, asks the drift corrector what to do, and does that.
 *
 * The decisions are made in `sync/drift.ts`; this applies them.
 */
import type { Player } from '../player/player.svelte';
import type { ClockFilter } from '../sync/clock';
import { DriftCorrector, SAMPLE_INTERVAL_MS, type PlayerMode, type Steering } from '../sync/drift';
import { positionAt, type Playback } from '../sync/playback';

/** Events after which the next look should not wait. */
const TELLING_EVENTS = ['seeked', 'playing', 'pause', 'waiting', 'canplay', 'loadedmetadata'] as const;

/** A player this near the party is in step with it, and its picture is the party's: beyond, it is sought, not nudged. */
const IN_STEP_MS = 1_500;

/**
 * Whether this player rests while the party does not, because the system or somebody outside this page paused it.
 * `asked`: the party was asked to rest, too. `out`: out of step until play is pressed.
 */
export type Aside = 'no' | 'asked' | 'out';

export interface PlaybackSyncEvents {
  /** The browser wants a click before it plays; `unblock` goes on after it. */
  readonly onBlocked: (blocked: boolean) => void;
  /** Something else paused the player, as a headset, a call or the system's own controls do. True: the party was asked to rest. */
  readonly onOutsidePause: () => boolean;
  /** Something else started the player while the party rests. */
  readonly onOutsidePlay: () => void;
  readonly onAside: (aside: Aside) => void;
}

/** A player that says it has ended stays there while the party is this close to the end. */
const END_MS = 500;

export class PlaybackSync {
  corrector = new DriftCorrector();
  /** Player minus party, smoothed; null while it has no meaning. */
  driftMs: number | null = null;
  #playback: Playback | null = null;
  #interval: ReturnType<typeof setInterval>;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #blocked = false;
  #aside: Aside = 'no';
  /** `pause` and `play` events of the player that are still to come from what was done here. */
  #ownPauses = 0;
  #ownPlays = 0;
  /** Whether the player rests as far as is known here. A player that does not do so was paused or started outside, its event still to come. */
  #rests = true;
  readonly #look = (): void => {
    this.#step();
  };
  readonly #paused = (): void => {
    this.#rests = this.video.paused;
    if (this.#ownPauses > 0) this.#ownPauses -= 1;
    else if (this.video.paused && !this.video.ended) this.#pausedFromOutside();
  };
  readonly #played = (): void => {
    this.#rests = this.video.paused;
    if (this.#ownPlays > 0) this.#ownPlays -= 1;
    else if (!this.video.paused) this.#playedFromOutside();
  };
  /** Another source: the events of the one before never come. */
  readonly #emptied = (): void => {
    this.#ownPauses = 0;
    this.#ownPlays = 0;
    this.#rests = true;
  };

  constructor(
    private readonly player: Player,
    private readonly video: HTMLVideoElement,
    private readonly clock: ClockFilter,
    private readonly events: PlaybackSyncEvents,
  ) {
    video.preservesPitch = true;
    video.addEventListener('pause', this.#paused);
    video.addEventListener('play', this.#played);
    video.addEventListener('emptied', this.#emptied);
    for (const name of TELLING_EVENTS) video.addEventListener(name, this.#look);
    document.addEventListener('visibilitychange', this.#look);
    this.#interval = setInterval(this.#look, SAMPLE_INTERVAL_MS);
  }

  /** The party's newest playback document. */
  follow(playback: Playback): void {
    this.#playback = playback;
    this.corrector.follow(playback);
    if (this.#aside === 'asked' && playback.paused) this.#setAside('no');
    this.#step();
  }

  /** Where the party stands by this player's picture, ms; null while it has none, or is not in step. */
  positionMs(): number | null {
    const playback = this.#playback;
    const { video } = this;
    if (!playback || !this.player.placed || video.seeking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const positionMs = this.player.nowMs;
    const roomMs = positionAt(playback, this.clock.roomMs(performance.now()));
    return Math.abs(positionMs - roomMs) <= IN_STEP_MS ? positionMs : null;
  }

  /** Rest, whatever the party does, until `rejoin`. */
  stepAside(): void {
    this.#pause();
    this.#setAside('out');
  }

  /** The party does not rest, though it was asked to: this player does. */
  stayAside(): void {
    if (this.#aside === 'asked') this.#setAside('out');
  }

  /** To be called from a click: back to where the party is. */
  rejoin(): void {
    this.#setAside('no');
    this.unblock();
  }

  /** To be called from a click: lets the browser play from now on. */
  unblock(): void {
    this.#blocked = false;
    this.events.onBlocked(false);
    // Joining late, as far as corrections go: one seek to where the party is, not a minute of nudging.
    this.corrector = new DriftCorrector();
    if (this.#playback) this.corrector.follow(this.#playback);
    // A play() inside the click is what lifts the block, even where the party rests.
    void this.#play().then(this.#look);
  }

  /** Player minus party this very moment, unsmoothed; null unless both are moving. */
  rawDriftMs(): number | null {
    const playback = this.#playback;
    if (!playback || playback.paused || this.#mode() !== 'playing') return null;
    const roomMs = this.clock.roomMs(performance.now());
    return roomMs < playback.anchor_ms ? null : this.player.nowMs - positionAt(playback, roomMs);
  }

  destroy(): void {
    clearInterval(this.#interval);
    clearTimeout(this.#startTimer);
    for (const name of TELLING_EVENTS) this.video.removeEventListener(name, this.#look);
    this.video.removeEventListener('pause', this.#paused);
    this.video.removeEventListener('play', this.#played);
    this.video.removeEventListener('emptied', this.#emptied);
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
    if (this.#aside !== 'no') {
      clearTimeout(this.#startTimer);
      this.driftMs = null;
      return;
    }
    if (!playback || !this.clock.locked || !this.player.placed || this.video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const nowMs = performance.now();
    const earliestMs = this.player.earliestMs;
    if (earliestMs !== null && positionAt(playback, this.clock.roomMs(nowMs)) < earliestMs) {
      // A channel that came back: the party is where there was nothing, and comes to what there is.
      this.driftMs = null;
      this.#pause();
      return;
    }
    if (this.#outsideBeforeEvent()) return;
    const steering = this.corrector.step({
      nowMs,
      roomMs: this.clock.roomMs(nowMs),
      positionMs: this.player.nowMs,
      mode: this.#mode(),
    });
    this.driftMs = steering.driftMs;
    this.#do(steering, playback);
  }

  /**
   * Hears of what somebody outside did before its event comes: steering first would undo it, and the event would find nothing.
   * True: this player rests aside from now on.
   */
  #outsideBeforeEvent(): boolean {
    if (this.video.paused === this.#rests || this.video.ended) return false;
    this.#rests = this.video.paused;
    if (this.#rests) this.#pausedFromOutside();
    else this.#playedFromOutside();
    return this.#aside !== 'no';
  }

  #do(steering: Steering, playback: Playback): void {
    clearTimeout(this.#startTimer);
    if (this.video.playbackRate !== steering.rate) this.video.playbackRate = steering.rate;
    if (steering.playInMs === null || steering.playInMs > 0) {
      this.#pause();
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
    void this.#play().then((playing) => {
      if (playing || this.#blocked) return;
      this.#blocked = true;
      this.events.onBlocked(true);
    });
  }

  #pause(): void {
    if (this.video.paused) return;
    this.#ownPauses += 1;
    this.#rests = true;
    this.video.pause();
  }

  async #play(): Promise<boolean> {
    const starts = this.video.paused;
    if (starts) this.#ownPlays += 1;
    const asked = this.player.play();
    this.#rests = this.video.paused;
    const playing = await asked;
    // Refused before it began: there is no event of it.
    if (starts && !playing) this.#ownPlays = Math.max(0, this.#ownPlays - 1);
    return playing;
  }

  #pausedFromOutside(): void {
    if (this.#aside !== 'no' || this.#playback?.paused !== false) return;
    // Browsers pause films in hidden tabs to save power: that is no wish of anybody's for the party.
    this.#setAside(!document.hidden && this.events.onOutsidePause() ? 'asked' : 'out');
  }

  #playedFromOutside(): void {
    if (this.#aside !== 'no') this.rejoin();
    if (this.#playback?.paused) this.events.onOutsidePlay();
  }

  #setAside(aside: Aside): void {
    if (aside === this.#aside) return;
    this.#aside = aside;
    this.events.onAside(aside);
  }
}
