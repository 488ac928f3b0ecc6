/**
 * Brings an HLS stream into a `<video>`: hls.js where Media Source Extensions exist, the browser itself elsewhere.
 *
 * Fatal errors are mended here as far as that goes; `onError` hears of what is left.
 */
import type { Playback, SeriesChoicePatch, Voice } from '../api/types';
import { AdBreak, type AdNow } from './ads/adBreak';
import { rememberLink } from './qoe/link';
import { aheadMs, PlaybackReporter, type EngineFigures } from './qoe/playbackReporter';
import { playsHere, rewriting, withSound } from './soundChoice';
import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData, type HlsConfig } from 'hls.js';

export interface Level {
  readonly index: number;
  readonly heightPx: number;
  readonly bitrateBps: number;
}

export interface Track {
  readonly index: number;
  readonly label: string;
  readonly language: string | null;
}

export type SubtitleKind = NonNullable<NonNullable<SeriesChoicePatch['subtitles']>['kind']>;

export interface SubtitleTrack extends Track {
  readonly kind: SubtitleKind;
}

/** How playback goes at this moment; null: not known. */
export interface StreamStats extends EngineFigures {
  readonly widthPx: number;
  readonly heightPx: number;
  /** RFC 6381 names; empty where the browser plays by itself. */
  readonly codecs: string;
  readonly bitrateBps: number | null;
  readonly bufferMs: number;
  readonly droppedFrames: number | null;
  readonly allFrames: number | null;
  readonly rebuffers: number;
  readonly rebufferedMs: number;
  readonly startupMs: number | null;
  /** The edge that media come from, where there are several; null: there is no choice. */
  readonly edge: string | null;
}

/** What went wrong, as far as it tells a person what to do. */
export type StreamError = 'network' | 'media' | 'expired' | 'protected' | 'unsupported';

export interface StreamEvents {
  readonly onTracks: () => void;
  readonly onError: (error: StreamError) => void;
  /** An ad is on, and how far it is; null: the programme is back. */
  readonly onAd?: (ad: AdNow | null) => void;
}

export interface StreamSource {
  readonly url: string;
  /** Sent as CMCD (CTA-5004-B) `sid` and `cid`: the server learns from it how playback goes, and which quality fits. */
  readonly sessionId: string;
  readonly contentId: string;
  readonly startMs: number;
  /** A live channel: positions count from this moment of the clock that its playlist is dated with, ms since 1970. */
  readonly live?: { readonly beginMs: number };
  /** The sound to start with; without one, the playlist's own default. */
  readonly audio?: Voice | null;
  /** The subtitles to start with; without them, none. */
  readonly subtitles?: Voice | null;
  /** Surround sound rather than stereo, where there is some and it can be played. */
  readonly surround?: boolean;
  /** The height to stay at, or the best below it; 0: automatic. */
  readonly qualityPx?: number;
  /** The speed to start at; absent where somebody else decides. */
  readonly rate?: number;
  /** Edges that its playlist names; absent where there is no choice. */
  readonly pathways?: readonly string[];
  /** Where keys come from when the samples are encrypted (EME); null for everything else. */
  readonly drm?: Playback['drm'];
}

/** RFC 8216 §4.3.4.1, CHARACTERISTICS: for the deaf and hard of hearing. */
const TRANSCRIBES_SPEECH = 'public.accessibility.transcribes-spoken-dialog';

/** One more try for a broken decoder, twice; a third failure within this time is not going to mend itself. */
const MEDIA_RECOVERIES = 2;
const MEDIA_RECOVERY_WINDOW_MS = 20_000;
const NETWORK_RETRIES = 4;
/** Failures in a row on one edge before the next one is tried: one may be a connection that was closed meanwhile. */
const EDGE_FAILURES = 2;

export class Stream {
  readonly #hls: Hls | null;
  /** Null for a live channel, of which the server asks nothing. */
  readonly #reporter: PlaybackReporter | null;
  #offsetMs: number | null;
  #breaks: AdBreak | null = null;
  #mediaFailures: number[] = [];
  #networkFailures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #linkMeasured = false;
  #edgeFailures = 0;
  #hasSurround = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly source: StreamSource,
    private readonly events: StreamEvents,
  ) {
    this.#reporter = source.live ? null : new PlaybackReporter(video, source, () => this.#engineFigures());
    this.#offsetMs = source.live ? null : 0;
    if (source.drm?.key_systems.length === 0) {
      // The server gives its keys to no system, and hls.js would wait for one without end.
      this.#hls = null;
      queueMicrotask(() => {
        this.#fail('protected');
      });
    } else if (Hls.isSupported()) {
      this.#hls = this.#attach();
    } else {
      this.#hls = null;
      this.#playNatively();
    }
  }

  /** The break, if what is on the screen is not the programme. */
  get adBreak(): AdBreak | null {
    return this.#breaks?.isOn ? this.#breaks : null;
  }

  /**
   * What to add to a time of the video to have a position; null: not known yet.
   *
   * By EXT-X-PROGRAM-DATE-TIME: what a live video counts its times from depends on when somebody came.
   */
  get offsetMs(): number | null {
    const { live } = this.source;
    const last = live ? this.#hls?.latestLevelDetails?.fragments.at(-1) : null;
    if (live && last && last.programDateTime !== null) this.#offsetMs = last.programDateTime - last.start * 1000 - live.beginMs;
    return this.#offsetMs;
  }

  /** Whether there is surround sound beside stereo, for `surround` to choose. */
  get hasSurround(): boolean {
    return this.#hasSurround;
  }

  get isLive(): boolean {
    return this.source.live !== undefined;
  }

  get levels(): Level[] {
    const hls = this.#hls;
    if (!hls) return [];
    // Of the codecs in which there is each size, the one that plays: hls.js keeps to it.
    const codecs = (hls.levels[hls.loadLevel] ?? hls.levels[hls.firstLevel])?.codecSet;
    return hls.levels
      .map((level, index) => ({ index, heightPx: level.height, bitrateBps: level.bitrate, codecs: level.codecSet }))
      .filter((level) => codecs === undefined || level.codecs === codecs)
      .map(({ index, heightPx, bitrateBps }) => ({ index, heightPx, bitrateBps }))
      .sort((a, b) => b.heightPx - a.heightPx || b.bitrateBps - a.bitrateBps);
  }

  /** The chosen level, or −1 for automatic. */
  get level(): number {
    return this.#hls?.manualLevel ?? -1;
  }

  set level(index: number) {
    if (this.#hls) this.#hls.nextLevel = index;
  }

  /** Height of what is on the screen, pixels; 0 while unknown. */
  get heightPx(): number {
    return this.#hls?.levels[this.#hls.currentLevel]?.height ?? this.video.videoHeight;
  }

  get stats(): StreamStats {
    const level = this.#hls?.levels[this.#hls.currentLevel];
    const frames = this.video.getVideoPlaybackQuality?.();
    const { rebuffers, rebufferedMs, startupMs } = this.#reporter ?? { rebuffers: 0, rebufferedMs: 0, startupMs: null };
    return {
      ...this.#engineFigures(),
      widthPx: this.video.videoWidth,
      heightPx: this.video.videoHeight,
      codecs: [level?.videoCodec, level?.audioCodec].filter(Boolean).join(', '),
      bitrateBps: level?.bitrate ?? null,
      bufferMs: aheadMs(this.video),
      droppedFrames: frames?.droppedVideoFrames ?? null,
      allFrames: frames?.totalVideoFrames ?? null,
      rebuffers,
      rebufferedMs,
      startupMs,
      edge: this.#edge,
    };
  }

  get #edge(): string | null {
    const hls = this.#hls;
    if (!hls || !this.#hasChoice) return null;
    return hls.levels[hls.loadLevel]?.pathwayId ?? hls.levels[0]?.pathwayId ?? null;
  }

  get #hasChoice(): boolean {
    return (this.source.pathways?.length ?? 0) > 1;
  }

  get audioTracks(): Track[] {
    return (this.#hls?.audioTracks ?? []).map((track, index) => ({ index, label: track.name, language: track.lang ?? null }));
  }

  get audioTrack(): number {
    return this.#hls?.audioTrack ?? -1;
  }

  set audioTrack(index: number) {
    if (this.#hls) this.#hls.audioTrack = index;
  }

  get subtitleTracks(): SubtitleTrack[] {
    if (this.#hls) {
      return this.#hls.subtitleTracks.map((track, index) => ({
        index,
        label: track.name,
        language: track.lang ?? null,
        kind: track.forced ? 'forced' : (track.characteristics ?? '').includes(TRANSCRIBES_SPEECH) ? 'sdh' : 'full',
      }));
    }
    return nativeSubtitles(this.video).map((track, index) => ({ index, label: track.label, language: track.language || null, kind: 'full' }));
  }

  /** The shown subtitle track, or −1 for none. */
  get subtitleTrack(): number {
    if (this.#hls) return this.#hls.subtitleDisplay ? this.#hls.subtitleTrack : -1;
    return nativeSubtitles(this.video).findIndex((track) => track.mode === 'showing');
  }

  set subtitleTrack(index: number) {
    if (this.#hls) {
      this.#hls.subtitleDisplay = index >= 0;
      this.#hls.subtitleTrack = index;
    } else {
      for (const [at, track] of nativeSubtitles(this.video).entries()) track.mode = at === index ? 'showing' : 'disabled';
    }
  }

  /** Starts over after an error that a person was asked about. */
  retry(): void {
    this.#networkFailures = 0;
    this.#mediaFailures = [];
    if (this.#hls) {
      this.#hls.startLoad();
      this.#hls.recoverMediaError();
    } else {
      this.video.load();
    }
  }

  destroy(): void {
    clearTimeout(this.#retryTimer);
    this.#reporter?.destroy();
    this.#breaks?.destroy();
    this.#hls?.destroy();
    this.video.removeEventListener('error', this.#nativeError);
    this.video.removeAttribute('src');
    this.video.load();
  }

  #attach(): Hls {
    const config: Partial<HlsConfig> = {
      // A live channel is left at a rate and a place of our choosing: hls.js would run after the others.
      ...(this.source.live
        ? { lowLatencyMode: true, maxLiveSyncPlaybackRate: 1, liveSyncOnStallIncrease: 0 }
        : { startPosition: this.source.startMs / 1000 }),
      // A viewer who seeks back a little, or is nudged by a party, should not wait for the network.
      backBufferLength: 60,
      maxBufferLength: 40,
      // And nobody should pay for ten minutes of a film that they leave after one.
      maxMaxBufferLength: 120,
      // No picture is sharper for pixels that the box does not have.
      capLevelToPlayerSize: true,
      // In headers, so that the address of a segment stays the same for every viewer and every cache.  Not for edges elsewhere: each
      // address would be asked about first (CORS), which takes a round trip, and our own reports say as much.
      ...(this.#hasChoice || this.source.live ? {} : { cmcd: { sessionId: this.source.sessionId, contentId: this.source.contentId, useHeaders: true } }),
      // Sound and subtitles start as the viewer's choice says, not as the playlist's DEFAULT does.
      renderTextTracksNatively: true,
      ...(this.source.audio ? { audioPreference: named(this.source.audio) } : {}),
      ...(this.source.subtitles ? { subtitlePreference: named(this.source.subtitles) } : {}),
      ...keySystems(this.source.drm),
      ...(this.source.live ? {} : rewriting((text) => this.#withSound(text))),
    };
    const hls = new Hls(config);
    hls.subtitleDisplay = Boolean(this.source.subtitles);
    hls.on(Events.MANIFEST_PARSED, () => {
      // Now, and not when the tracks are shown: by then a segment of another height is on its way.
      const level = bestWithin(this.levels, this.source.qualityPx ?? 0);
      if (level) hls.startLevel = hls.loadLevel = level.index;
    });
    if (this.source.live) {
      hls.once(Events.LEVEL_UPDATED, (_name, { details }) => {
        const atS = (this.source.startMs - (this.offsetMs ?? 0)) / 1000;
        // hls.js takes this for a seek, and loads from there.
        this.video.currentTime = Math.min(Math.max(atS, details.fragmentStart), details.edge);
      });
    }
    const changed = (): void => {
      this.events.onTracks();
    };
    hls.on(Events.MANIFEST_PARSED, changed);
    hls.on(Events.LEVELS_UPDATED, changed);
    hls.on(Events.LEVEL_SWITCHED, (_name, { level }) => {
      this.#reporter?.playsAt(hls.levels[level]?.bitrate ?? 0);
      changed();
    });
    hls.on(Events.AUDIO_TRACKS_UPDATED, changed);
    hls.on(Events.AUDIO_TRACK_SWITCHED, changed);
    hls.on(Events.SUBTITLE_TRACKS_UPDATED, changed);
    hls.on(Events.SUBTITLE_TRACK_SWITCH, changed);
    hls.on(Events.FRAG_BUFFERED, () => {
      this.#networkFailures = 0;
      this.#edgeFailures = 0;
      this.#linkMeasured = true;
      rememberLink(hls.bandwidthEstimate);
      this.#reporter?.playsFrom(this.#edge);
    });
    hls.on(Events.ERROR, (_name, data) => {
      if (this.#hasChoice && isOfEdge(data)) this.#leaveEdge(hls, data.details);
      if (data.fatal) this.#mend(hls, data);
    });
    this.#breaks = new AdBreak(hls, this.video, (ad) => this.events.onAd?.(ad));
    const load = (): void => {
      hls.loadSource(this.source.url);
    };
    // The seek to where a live channel starts must not come before there is anything to seek in.
    if (this.source.live) hls.once(Events.MEDIA_ATTACHED, load);
    else load();
    hls.attachMedia(this.video);
    return hls;
  }

  #withSound(playlist: string): string {
    const { text, hasSurround } = withSound(playlist, this.source.surround ?? false, playsHere);
    this.#hasSurround = hasSurround;
    return text;
  }

  /** On to the next edge after some failures: hls.js tries for half a minute first, and its buffer may not last as long. */
  #leaveEdge(hls: Hls, code: string): void {
    this.#edgeFailures += 1;
    const edge = this.#edge;
    if (edge === null || this.#edgeFailures < EDGE_FAILURES) return;
    this.#edgeFailures = 0;
    // The server hears of it, and sends this player there no more for a while.
    this.#reporter?.edgeFailed(edge, code);
    const known = hls.pathwayPriority ?? this.source.pathways ?? [];
    hls.pathwayPriority = [...known.filter((name) => name !== edge), edge];
  }

  #fail(error: StreamError): void {
    this.#reporter?.failed(error);
    this.events.onError(error);
  }

  #engineFigures(): EngineFigures {
    // Before the first segment the estimate is a guess that stands in hls.js.
    const throughputBps = this.#linkMeasured ? (this.#hls?.bandwidthEstimate ?? null) : null;
    const live = this.#hls?.latestLevelDetails?.live === true;
    return { throughputBps: Number.isFinite(throughputBps) ? throughputBps : null, latencyMs: live ? (this.#hls?.latency ?? 0) * 1000 : null };
  }

  #mend(hls: Hls, data: ErrorData): void {
    const status = data.response?.code ?? 0;
    if (status === 403 || status === 410) {
      this.#fail('expired');
    } else if (data.type === ErrorTypes.KEY_SYSTEM_ERROR) {
      this.#fail(status === 0 ? 'protected' : 'network');
    } else if (data.type === ErrorTypes.NETWORK_ERROR && this.#networkFailures < NETWORK_RETRIES) {
      this.#networkFailures += 1;
      this.#retryTimer = setTimeout(() => {
        // Without a manifest there is nothing that startLoad could go on with.
        if (data.details === ErrorDetails.MANIFEST_LOAD_ERROR || data.details === ErrorDetails.MANIFEST_LOAD_TIMEOUT) {
          hls.loadSource(this.source.url);
        } else {
          hls.startLoad();
        }
      }, 500 * 2 ** this.#networkFailures);
    } else if (data.type === ErrorTypes.MEDIA_ERROR && this.#mayRecoverMedia()) {
      hls.recoverMediaError();
    } else {
      this.#fail(data.type === ErrorTypes.NETWORK_ERROR ? 'network' : 'media');
    }
  }

  #mayRecoverMedia(): boolean {
    const now = performance.now();
    this.#mediaFailures = [...this.#mediaFailures.filter((at) => now - at < MEDIA_RECOVERY_WINDOW_MS), now];
    return this.#mediaFailures.length <= MEDIA_RECOVERIES;
  }

  #playNatively(): void {
    if (this.video.canPlayType('application/vnd.apple.mpegurl') === '') {
      // After the constructor has returned, as every other error comes.
      queueMicrotask(() => {
        this.#fail('unsupported');
      });
      return;
    }
    this.video.addEventListener('error', this.#nativeError);
    this.video.addEventListener(
      'loadedmetadata',
      () => {
        if (this.source.startMs > 0) this.video.currentTime = this.source.startMs / 1000;
        const subtitles = indexOfTrack(this.subtitleTracks, this.source.subtitles ?? null);
        if (subtitles >= 0) this.subtitleTrack = subtitles;
        this.events.onTracks();
      },
      { once: true },
    );
    this.video.src = this.source.url;
  }

  readonly #nativeError = (): void => {
    this.#fail(this.video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media');
  };
}

/** Whether something could not be fetched, for a reason that another edge may not have. */
export function isOfEdge({ details, response }: Pick<ErrorData, 'details' | 'response'>): boolean {
  if (!OF_EDGES.has(details)) return false;
  const status = response?.code ?? 0;
  return status === 0 || status === 404 || status >= 500;
}

const OF_EDGES: ReadonlySet<string> = new Set([
  ErrorDetails.FRAG_LOAD_ERROR,
  ErrorDetails.FRAG_LOAD_TIMEOUT,
  ErrorDetails.LEVEL_LOAD_ERROR,
  ErrorDetails.LEVEL_LOAD_TIMEOUT,
  ErrorDetails.AUDIO_TRACK_LOAD_ERROR,
  ErrorDetails.AUDIO_TRACK_LOAD_TIMEOUT,
]);

/** The best that is not above `heightPx`: a choice of 1080 means 720 for a film that has no more. None: automatic. */
export function bestWithin(levels: readonly Level[], heightPx: number): Level | undefined {
  return heightPx > 0 ? levels.find((level) => level.heightPx <= heightPx) : undefined;
}

/** The same track, else one in its language, else −1. */
export function indexOfTrack(tracks: readonly Track[], wanted: Voice | null): number {
  const same = tracks.findIndex((track) => track.language === wanted?.language && track.label === wanted?.label);
  return same >= 0 ? same : tracks.findIndex((track) => wanted !== null && track.language === wanted.language);
}

/** As hls.js finds a track: a playlist names no language where the server says that it is undetermined. */
function named({ language, label }: Voice): { name: string; lang?: string } {
  return language === 'und' ? { name: label } : { name: label, lang: language };
}

function nativeSubtitles(video: HTMLVideoElement): TextTrack[] {
  return [...video.textTracks].filter((track) => track.kind === 'subtitles' || track.kind === 'captions');
}

/** What hls.js has to know to play encrypted samples; nothing where none are. */
export function keySystems(drm: Playback['drm'] | undefined): Partial<HlsConfig> {
  if (!drm) return {};
  const systems = drm.key_systems.map(({ key_system, license_url, certificate_url }) => [
    key_system,
    // FairPlay makes no request without its certificate.
    { licenseUrl: license_url, ...(certificate_url ? { serverCertificateUrl: certificate_url } : {}) },
  ]);
  return { emeEnabled: true, drmSystems: Object.fromEntries(systems) as HlsConfig['drmSystems'] };
}
