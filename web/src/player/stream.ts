/**
 * Brings an HLS stream into a `<video>`: hls.js where Media Source Extensions exist, the browser itself elsewhere.
 *
 * Fatal errors are mended here as far as that goes; `onError` hears of what is left.
 */
import type { Playback, Voice } from '../api/types';
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

/** What went wrong, as far as it tells a person what to do. */
export type StreamError = 'network' | 'media' | 'expired' | 'protected' | 'unsupported';

export interface StreamEvents {
  readonly onTracks: () => void;
  readonly onError: (error: StreamError) => void;
}

export interface StreamSource {
  readonly url: string;
  /** Sent as CMCD (CTA-5004) `sid` and `cid`: the server's quality selection learns from it. */
  readonly sessionId: string;
  readonly contentId: string;
  readonly startMs: number;
  /** The voice-over to start with; without one, the language chosen last in this browser. */
  readonly voice?: Voice | null;
  /** Where keys come from when the samples are encrypted (EME); null for everything else. */
  readonly drm?: Playback['drm'];
}

/** One more try for a broken decoder, twice; a third failure within this time is not going to mend itself. */
const MEDIA_RECOVERIES = 2;
const MEDIA_RECOVERY_WINDOW_MS = 20_000;
const NETWORK_RETRIES = 4;

export class Stream {
  readonly #hls: Hls | null;
  #mediaFailures: number[] = [];
  #networkFailures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly source: StreamSource,
    private readonly events: StreamEvents,
  ) {
    if (source.drm?.key_systems.length === 0) {
      // The server gives its keys to no system, and hls.js would wait for one without end.
      this.#hls = null;
      queueMicrotask(() => {
        this.events.onError('protected');
      });
    } else if (Hls.isSupported()) {
      this.#hls = this.#attach();
    } else {
      this.#hls = null;
      this.#playNatively();
    }
  }

  get levels(): Level[] {
    const levels = this.#hls?.levels ?? [];
    return levels
      .map((level, index) => ({ index, heightPx: level.height, bitrateBps: level.bitrate }))
      .sort((a, b) => b.heightPx - a.heightPx || b.bitrateBps - a.bitrateBps);
  }

  /** The chosen level, or −1 for automatic. */
  get level(): number {
    return this.#hls && !this.#hls.autoLevelEnabled ? this.#hls.nextLevel : -1;
  }

  set level(index: number) {
    if (this.#hls) this.#hls.nextLevel = index;
  }

  /** Height of what is on the screen, pixels; 0 while unknown. */
  get heightPx(): number {
    return this.#hls?.levels[this.#hls.currentLevel]?.height ?? this.video.videoHeight;
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

  get subtitleTracks(): Track[] {
    if (this.#hls) {
      return this.#hls.subtitleTracks.map((track, index) => ({ index, label: track.name, language: track.lang ?? null }));
    }
    return nativeSubtitles(this.video).map((track, index) => ({ index, label: track.label, language: track.language || null }));
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
    this.#hls?.destroy();
    this.video.removeEventListener('error', this.#nativeError);
    this.video.removeAttribute('src');
    this.video.load();
  }

  #attach(): Hls {
    const config: Partial<HlsConfig> = {
      startPosition: this.source.startMs / 1000,
      // A viewer who seeks back a little, or is nudged by a party, should not wait for the network.
      backBufferLength: 60,
      maxBufferLength: 40,
      // And nobody should pay for ten minutes of a film that they leave after one.
      maxMaxBufferLength: 120,
      // No picture is sharper for pixels that the box does not have.
      capLevelToPlayerSize: true,
      // In headers, so that the address of a segment stays the same for every viewer and every cache.
      cmcd: { sessionId: this.source.sessionId, contentId: this.source.contentId, useHeaders: true },
      // Subtitles start as the viewer's choice says, not as the playlist's DEFAULT does.
      renderTextTracksNatively: true,
      ...keySystems(this.source.drm),
    };
    const hls = new Hls(config);
    hls.subtitleDisplay = false;
    const changed = (): void => {
      this.events.onTracks();
    };
    hls.on(Events.MANIFEST_PARSED, changed);
    hls.on(Events.LEVEL_SWITCHED, changed);
    hls.on(Events.AUDIO_TRACKS_UPDATED, changed);
    hls.on(Events.AUDIO_TRACK_SWITCHED, changed);
    hls.on(Events.SUBTITLE_TRACKS_UPDATED, changed);
    hls.on(Events.SUBTITLE_TRACK_SWITCH, changed);
    hls.on(Events.FRAG_BUFFERED, () => (this.#networkFailures = 0));
    hls.on(Events.ERROR, (_name, data) => {
      if (data.fatal) this.#mend(hls, data);
    });
    hls.loadSource(this.source.url);
    hls.attachMedia(this.video);
    return hls;
  }

  #mend(hls: Hls, data: ErrorData): void {
    const status = data.response?.code ?? 0;
    if (status === 403 || status === 410) {
      this.events.onError('expired');
    } else if (data.type === ErrorTypes.KEY_SYSTEM_ERROR) {
      this.events.onError(status === 0 ? 'protected' : 'network');
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
      this.events.onError(data.type === ErrorTypes.NETWORK_ERROR ? 'network' : 'media');
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
        this.events.onError('unsupported');
      });
      return;
    }
    this.video.addEventListener('error', this.#nativeError);
    this.video.addEventListener(
      'loadedmetadata',
      () => {
        if (this.source.startMs > 0) this.video.currentTime = this.source.startMs / 1000;
        this.events.onTracks();
      },
      { once: true },
    );
    this.video.src = this.source.url;
  }

  readonly #nativeError = (): void => {
    this.events.onError(this.video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media');
  };
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
