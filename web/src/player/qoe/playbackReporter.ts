/**
 * Tells the server how playback goes: CMCD version 2 in event mode (CTA-5004-B).  By ourselves and not by hls.js, which measures
 * neither startup nor rebuffers nor dropped frames, and plays nothing where the browser plays HLS itself.
 *
 * Counts are since the session began, so a report that gets lost takes nothing away but its moment.
 */
import { CmcdEventType, CmcdPlayerState, CmcdReporter, CmcdStreamingFormat, type Cmcd, type CmcdKey } from '@svta/cml-cmcd';

/** Four times within the 60 s that the server keeps a stream's place. */
const INTERVAL_S = 15;
/** What happens at once goes in one body. */
const GATHER_MS = 250;
/** Never reached: bodies go by time. */
const MAX_BATCH = 50;
const KEYS: CmcdKey[] = ['bg', 'bl', 'br', 'bsa', 'bsda', 'cdn', 'cid', 'dfa', 'e', 'ec', 'ltc', 'msd', 'mtp', 'pr', 'sf', 'sid', 'sn', 'sta', 'ts', 'v'];

export interface ReporterTarget {
  readonly sessionId: string;
  readonly contentId: string;
}

/** What only the engine knows; null: not known. */
export interface EngineFigures {
  readonly throughputBps: number | null;
  /** Behind the live edge. */
  readonly latencyMs: number | null;
}

/** What of a `<video>` is looked at. */
export type WatchedVideo = EventTarget &
  Pick<HTMLVideoElement, 'buffered' | 'currentTime' | 'ended' | 'getVideoPlaybackQuality' | 'paused' | 'playbackRate' | 'readyState' | 'seeking'>;

export type Send = (url: string, body: string) => Promise<number>;

/** HTMLMediaElement.HAVE_FUTURE_DATA, which Node has not. */
const HAVE_FUTURE_DATA = 3;

export class PlaybackReporter {
  readonly #reporter: CmcdReporter;
  readonly #listening = new AbortController();
  #state: CmcdPlayerState = CmcdPlayerState.PRELOADING;
  #startedAtMs: number | null = null;
  #startupMs: number | null = null;
  #hasPlayed = false;
  #rebuffers = 0;
  #rebufferedMs = 0;
  #stalledAtMs: number | null = null;
  #edge: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly video: WatchedVideo,
    target: ReporterTarget,
    private readonly engine: () => EngineFigures,
    send: Send = post,
  ) {
    const url = `/api/v1/playback/${encodeURIComponent(target.sessionId)}/cmcd`;
    this.#reporter = new CmcdReporter(
      {
        sid: target.sessionId,
        cid: target.contentId,
        enabledKeys: [],
        eventTargets: [
          {
            url,
            enabledKeys: KEYS,
            events: [
              CmcdEventType.PLAY_STATE,
              CmcdEventType.BITRATE_CHANGE,
              CmcdEventType.PLAYBACK_RATE,
              CmcdEventType.BACKGROUNDED_MODE,
              CmcdEventType.ERROR,
              CmcdEventType.TIME_INTERVAL,
            ],
            interval: INTERVAL_S,
            batchSize: MAX_BATCH,
            transform: (report) => {
              this.#timer ??= setTimeout(() => {
                this.#flush();
              }, GATHER_MS);
              return { ...report, ...this.#measured() };
            },
          },
        ],
      },
      // 410 stops it.  Whatever else is answered: it is not sent again, for the next report says as much.
      async (request) => ({ status: (await send(url, String(request.body))) === 410 ? 410 : 200 }),
    );
    this.#reporter.update({ sf: CmcdStreamingFormat.HLS, sta: this.#state });
    this.#listen();
    this.#reporter.start();
  }

  get rebuffers(): number {
    return this.#rebuffers;
  }

  /** Of all rebuffers, the present one included. */
  get rebufferedMs(): number {
    return Math.round(this.#rebufferedMs + (this.#stalledAtMs === null ? 0 : performance.now() - this.#stalledAtMs));
  }

  /** From the wish to play to the first picture; null before that. */
  get startupMs(): number | null {
    return this.#startupMs;
  }

  /** The quality that is on the screen. */
  playsAt(bitrateBps: number): void {
    if (bitrateBps > 0) this.#reporter.update({ br: [Math.round(bitrateBps / 1000)] });
  }

  /** The edge that media come from; null: there is no choice. */
  playsFrom(edge: string | null): void {
    if (edge === this.#edge) return;
    this.#edge = edge;
    // Undefined takes a value back, which its types do not say.
    this.#reporter.update({ cdn: edge ?? undefined } as Cmcd);
  }

  /** Something could not be fetched from there, and playback goes on from elsewhere. */
  edgeFailed(edge: string, code: string): void {
    this.#reporter.recordEvent(CmcdEventType.ERROR, { ec: [code], cdn: edge });
  }

  /** Playback ended with an error, and a person was told. */
  failed(code: string): void {
    this.#enter(CmcdPlayerState.FATAL_ERROR);
    this.#reporter.recordEvent(CmcdEventType.ERROR, { ec: [code] });
  }

  destroy(): void {
    this.#listening.abort();
    if (this.#state !== CmcdPlayerState.FATAL_ERROR && this.#state !== CmcdPlayerState.ENDED) this.#enter(CmcdPlayerState.QUIT);
    this.#flush();
    this.#reporter.stop();
  }

  #listen(): void {
    const { signal } = this.#listening;
    const on = (name: string, hear: () => void): void => {
      this.video.addEventListener(name, hear, { signal });
    };
    on('play', () => {
      if (this.#hasPlayed) return;
      this.#startedAtMs ??= performance.now();
      this.#enter(CmcdPlayerState.STARTING);
    });
    on('playing', () => {
      this.#plays();
    });
    // After a seek within what is loaded some browsers do not say that they play again.
    on('timeupdate', () => {
      const waits = this.#state === CmcdPlayerState.SEEKING || this.#state === CmcdPlayerState.REBUFFERING;
      if (waits && !this.video.seeking && !this.video.paused && this.video.readyState >= HAVE_FUTURE_DATA) this.#plays();
    });
    on('waiting', () => {
      if (this.#state === CmcdPlayerState.PLAYING && !this.video.seeking) this.#enter(CmcdPlayerState.REBUFFERING);
    });
    on('seeking', () => {
      if (this.#hasPlayed && !this.video.paused) this.#enter(CmcdPlayerState.SEEKING);
    });
    on('pause', () => {
      if (this.#hasPlayed && !this.video.ended) this.#enter(CmcdPlayerState.PAUSED);
    });
    on('ended', () => {
      this.#enter(CmcdPlayerState.ENDED);
    });
    on('ratechange', () => {
      this.#reporter.update({ pr: this.video.playbackRate });
    });
    if (typeof document === 'undefined') return;
    document.addEventListener('visibilitychange', () => this.#reporter.update({ bg: document.hidden }), { signal });
    window.addEventListener(
      'pagehide',
      () => {
        this.#enter(CmcdPlayerState.QUIT);
        this.#flush();
      },
      { signal },
    );
  }

  #plays(): void {
    if (!this.#hasPlayed) {
      this.#hasPlayed = true;
      if (this.#startedAtMs !== null) {
        this.#startupMs = performance.now() - this.#startedAtMs;
        this.#reporter.update({ msd: this.#startupMs });
      }
    }
    this.#enter(CmcdPlayerState.PLAYING);
  }

  #enter(state: CmcdPlayerState): void {
    if (state === this.#state) return;
    if (this.#stalledAtMs !== null) {
      this.#rebufferedMs += performance.now() - this.#stalledAtMs;
      this.#stalledAtMs = null;
    }
    if (state === CmcdPlayerState.REBUFFERING) {
      this.#rebuffers += 1;
      this.#stalledAtMs = performance.now();
    }
    this.#state = state;
    this.#reporter.update({ sta: state });
  }

  #measured(): Cmcd {
    const { throughputBps, latencyMs } = this.engine();
    const dropped = this.video.getVideoPlaybackQuality?.().droppedVideoFrames;
    return {
      bl: [aheadMs(this.video)],
      bsa: [this.#rebuffers],
      bsda: [this.rebufferedMs],
      ...(dropped === undefined ? {} : { dfa: dropped }),
      ...(throughputBps === null ? {} : { mtp: [throughputBps / 1000] }),
      ...(latencyMs === null ? {} : { ltc: Math.round(latencyMs) }),
    };
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reporter.flush();
  }
}

/** Media ahead of the playhead, milliseconds. */
export function aheadMs({ buffered, currentTime }: Pick<WatchedVideo, 'buffered' | 'currentTime'>): number {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) - 0.1 <= currentTime && currentTime <= buffered.end(index)) {
      return Math.max(0, (buffered.end(index) - currentTime) * 1000);
    }
  }
  return 0;
}

/** Outlives the page, so that leaving it is told, too. The status; 0: it did not arrive. */
async function post(url: string, body: string): Promise<number> {
  try {
    const headers = { 'Content-Type': 'application/cmcd' };
    return (await fetch(url, { method: 'POST', headers, body, keepalive: true })).status;
  } catch {
    return 0;
  }
}
