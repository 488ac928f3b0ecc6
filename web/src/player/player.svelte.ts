/** The player as the page sees it: the state of a `<video>` and its stream, reactive, and the verbs on it. */
import { AudioIn } from '../api/limits';
import type { Voice } from '../api/types';
import { truncate } from '../i18n/truncate';
import { readNumberSetting, readSetting, saveSetting } from '../ui/localSettings';
import type { AdNow } from './ads/adBreak';
import type { Remembering } from './settings/remembering';
import { Stream, type Level, type StreamError, type StreamSource, type StreamStats, type SubtitleTrack, type Track } from './stream';

export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

const VIDEO_EVENTS = [
  'play',
  'playing',
  'pause',
  'ended',
  'waiting',
  'canplay',
  'seeking',
  'seeked',
  'timeupdate',
  'progress',
  'durationchange',
  'loadedmetadata',
  'ratechange',
  'volumechange',
  'emptied',
] as const;

export class Player {
  #video = $state.raw<HTMLVideoElement | null>(null);
  #stream: Stream | null = null;
  #source: StreamSource | null = null;
  #detach: (() => void) | null = null;

  positionMs = $state(0);
  durationMs = $state(0);
  paused = $state(true);
  ended = $state(false);
  seeking = $state(false);
  /** Wants to play and has nothing to show. */
  stalled = $state(false);
  /** Metadata is there: the position can be set. */
  ready = $state(false);
  rate = $state(1);
  volume = $state(readNumberSetting('volume', 1, 0, 1));
  muted = $state(readSetting('muted', (value) => value === '1') !== null);
  buffered = $state.raw<readonly Range[]>([]);
  levels = $state.raw<readonly Level[]>([]);
  level = $state(-1);
  heightPx = $state(0);
  audioTracks = $state.raw<readonly Track[]>([]);
  audioTrack = $state(-1);
  /** Surround sound rather than stereo, wherever there is some. */
  surround = $state(readSetting('surround', (value) => value === '1') !== null);
  hasSurround = $state(false);
  subtitleTracks = $state.raw<readonly SubtitleTrack[]>([]);
  subtitleTrack = $state(-1);
  error = $state<StreamError | null>(null);
  /** Where the viewer's choices go; null while nobody watches. */
  remembering: Remembering | null = null;
  /** What is shown in place of the programme, whose position stands still meanwhile. */
  ad = $state.raw<AdNow | null>(null);

  /** Where the picture stands now, finer than the reactive `positionMs`, which moves four times a second. */
  get nowMs(): number {
    const aside = this.#stream?.adBreak;
    if (aside) return aside.programmeMs;
    return this.#video ? this.#video.currentTime * 1000 + this.#offsetMs : 0;
  }

  /** Whether positions have a meaning yet: those of a live channel do once its playlist is there. */
  get placed(): boolean {
    return this.#stream !== null && this.#stream.offsetMs !== null;
  }

  /** The first position that can be had of a live channel; null: of what begins at 0, or not known. */
  get earliestMs(): number | null {
    const seekable = this.#video?.seekable;
    return this.#stream?.isLive && this.placed && seekable && seekable.length > 0 ? seekable.start(0) * 1000 + this.#offsetMs : null;
  }

  get #offsetMs(): number {
    return this.#stream?.offsetMs ?? 0;
  }

  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  /** How playback goes now; not reactive. Null: nothing is loaded. */
  get stats(): StreamStats | null {
    return this.#stream?.stats ?? null;
  }

  /** Media already loaded ahead of the position, milliseconds. */
  get aheadMs(): number {
    const at = this.nowMs;
    const range = this.buffered.find(({ startMs, endMs }) => startMs - 100 <= at && at <= endMs + 100);
    return range ? Math.max(0, range.endMs - at) : 0;
  }

  /** Takes over a video element; the answer gives it back. For `{@attach}`. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    video.volume = this.volume * this.#duck;
    video.muted = this.muted;
    const update = (event: Event): void => {
      this.#read(event.type);
    };
    for (const name of VIDEO_EVENTS) video.addEventListener(name, update);
    this.#detach = () => {
      for (const name of VIDEO_EVENTS) video.removeEventListener(name, update);
    };
    return () => {
      this.unload();
      this.#detach?.();
      this.#video = null;
    };
  }

  /** Plays `source` from now on, in place of what was there. */
  load(source: StreamSource): void {
    const video = this.#video;
    if (!video) return;
    this.#stream?.destroy();
    this.error = null;
    this.ready = false;
    this.ad = null;
    this.positionMs = source.startMs;
    // The element takes the default when it gets its source.
    if (source.rate !== undefined) video.defaultPlaybackRate = video.playbackRate = source.rate;
    this.hasSurround = false;
    this.#source = source;
    this.#stream = new Stream(video, { ...source, surround: this.surround }, {
      onTracks: () => {
        this.#readTracks();
      },
      onError: (error) => {
        this.error = error;
      },
      onAd: (ad) => {
        this.ad = ad;
      },
    });
  }

  unload(): void {
    this.#stream?.destroy();
    this.#stream = null;
    this.ad = null;
  }

  /** True if it plays now; false if the browser wants a click first. Other failures show up as `error`. */
  async play(): Promise<boolean> {
    try {
      await this.#video?.play();
      return true;
    } catch (error) {
      return !(error instanceof DOMException && error.name === 'NotAllowedError');
    }
  }

  pause(): void {
    this.#video?.pause();
  }

  seek(positionMs: number): void {
    const video = this.#video;
    // An ad is skipped by its own button, and the programme goes on where it was left.
    if (!video || this.#stream?.adBreak) return;
    const atS = (positionMs - this.#offsetMs) / 1000;
    const end = Number.isFinite(video.duration) ? video.duration : atS;
    video.currentTime = Math.min(Math.max(atS, 0), end);
    this.positionMs = video.currentTime * 1000 + this.#offsetMs;
  }

  skipAd(): void {
    this.#stream?.adBreak?.skip();
  }

  followAd(): void {
    this.#stream?.adBreak?.clicked();
  }

  setRate(rate: number): void {
    if (this.#video && this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
  }

  /** As `setRate`, by the viewer, who wants it so from now on. */
  chooseRate(rate: number): void {
    this.setRate(rate);
    this.remembering?.device({ rate });
  }

  setVolume(volume: number): void {
    if (!this.#video) return;
    this.volume = Math.min(Math.max(volume, 0), 1);
    this.#video.volume = this.volume * this.#duck;
    this.#video.muted = this.volume === 0;
  }

  setMuted(muted: boolean, { lasting = true }: { lasting?: boolean } = {}): void {
    if (!this.#video) return;
    this.#forgetMute = !lasting;
    this.#video.muted = muted;
    if (!muted && this.volume === 0) this.setVolume(0.5);
  }

  #duck = 1;

  /** Softer than chosen for a while, by this factor (0 to 1]: somebody speaks. What was chosen stays what it was. */
  duck(factor: number): void {
    this.#duck = factor;
    if (this.#video) this.#video.volume = this.volume * factor;
  }

  #forgetMute = false;

  setLevel(index: number): void {
    if (!this.#stream) return;
    this.#stream.level = index;
    this.remembering?.device({ quality_px: this.levels.find((level) => level.index === index)?.heightPx ?? 0 });
    this.#readTracks();
  }

  setAudioTrack(index: number): void {
    if (!this.#stream) return;
    this.#stream.audioTrack = index;
    const track = this.audioTracks[index];
    if (track?.language) this.remembering?.series({ audio: { language: track.language, label: shortened(track.label) } });
    this.#readTracks();
  }

  /** Stereo or surround, from here on and wherever there is some. */
  setSurround(surround: boolean): void {
    this.surround = surround;
    saveSetting('surround', surround ? '1' : '0');
    const [video, source] = [this.#video, this.#source];
    if (!video || !source || this.#stream?.adBreak) return;
    const { paused } = video;
    const voice = (track: Track | undefined): Voice | null => (track ? { language: track.language ?? 'und', label: track.label } : null);
    const wanted = {
      audio: voice(this.audioTracks[this.audioTrack]) ?? source.audio ?? null,
      subtitles: voice(this.subtitleTracks[this.subtitleTrack]),
      qualityPx: this.levels.find((level) => level.index === this.level)?.heightPx ?? 0,
      rate: video.playbackRate,
    };
    this.load({ ...source, ...wanted, startMs: this.nowMs });
    if (!paused) void this.play();
  }

  /** What is listened to, where there is a choice. */
  get voice(): Voice | null {
    const track = this.audioTracks.length > 1 ? this.audioTracks[this.audioTrack] : undefined;
    return track?.language ? { language: track.language.slice(0, AudioIn.language.maxLength), label: truncate(track.label, AudioIn.label.maxLength) } : null;
  }

  setSubtitleTrack(index: number): void {
    if (!this.#stream) return;
    this.#stream.subtitleTrack = index;
    const track = this.subtitleTracks[index];
    if (index < 0) this.remembering?.series({ subtitles: { language: 'off' } });
    else if (track?.language) this.remembering?.series({ subtitles: { language: track.language, label: shortened(track.label), kind: track.kind } });
    this.#readTracks();
  }

  /**
   * Plays the sound and subtitles that were chosen for everybody, now and in what is loaded later. The viewer's own
   * choice stays remembered for when they watch alone. Empty: no choice; subtitles may be `off`.
   */
  followTracks(audio: string, subtitles: string): void {
    this.#shared = { audio, subtitles };
    if (this.#stream && this.#applied.has(this.#stream)) {
      this.#applyShared(this.#stream);
      this.#readTracks();
    }
  }

  #shared = { audio: '', subtitles: '' };

  /** Off, or the track the viewer had last, or the first. */
  toggleSubtitles(): void {
    if (this.subtitleTrack >= 0) this.#lastSubtitles = this.subtitleTrack;
    this.setSubtitleTrack(this.subtitleTrack >= 0 ? -1 : Math.min(this.#lastSubtitles, this.subtitleTracks.length - 1));
  }

  #lastSubtitles = 0;

  retry(): void {
    this.error = null;
    this.#stream?.retry();
  }

  #read(event: string): void {
    const video = this.#video;
    if (!video) return;
    const aside = this.#stream?.adBreak;
    if (!aside) {
      this.positionMs = video.currentTime * 1000 + this.#offsetMs;
      this.durationMs = Number.isFinite(video.duration) ? video.duration * 1000 : 0;
    }
    this.paused = video.paused;
    this.ended = video.ended && !aside;
    this.seeking = video.seeking;
    this.rate = video.playbackRate;
    this.ready = video.readyState >= HTMLMediaElement.HAVE_METADATA;
    this.stalled = !video.paused && !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
    this.buffered = ranges(video.buffered, this.#offsetMs);
    this.heightPx = this.#stream?.heightPx ?? video.videoHeight;
    if (event === 'volumechange') {
      // Ours is known already, but to the precision of a float; else it was changed by the browser's own controls.
      if (Math.abs(video.volume - this.volume * this.#duck) > 0.005) this.volume = Math.min(video.volume / this.#duck, 1);
      this.muted = video.muted;
      if (this.#forgetMute) return;
      saveSetting('volume', String(this.volume));
      saveSetting('muted', video.muted ? '1' : '0');
    }
  }

  #applied = new WeakSet<Stream>();

  #readTracks(): void {
    const stream = this.#stream;
    if (!stream) return;
    this.levels = stream.levels;
    this.level = stream.level;
    this.heightPx = stream.heightPx;
    this.hasSurround = stream.hasSurround;
    this.audioTracks = stream.audioTracks;
    this.audioTrack = stream.audioTrack;
    this.subtitleTracks = stream.subtitleTracks;
    this.subtitleTrack = stream.subtitleTrack;
    if (!this.#applied.has(stream) && this.levels.length > 0) {
      this.#applied.add(stream);
      // Track lists of audio and subtitles arrive in the same turn as the levels, after them.
      setTimeout(() => {
        this.#begin(stream);
      });
    }
  }

  #begin(stream: Stream): void {
    if (this.#stream !== stream) return;
    this.#applyShared(stream);
    this.#readTracks();
  }

  #applyShared(stream: Stream): void {
    const audio = indexOfLanguage(stream.audioTracks, this.#shared.audio);
    if (audio >= 0) stream.audioTrack = audio;
    const subtitles = indexOfLanguage(stream.subtitleTracks, this.#shared.subtitles);
    if (subtitles >= 0 || this.#shared.subtitles === 'off') stream.subtitleTrack = subtitles;
  }
}

function indexOfLanguage(tracks: readonly Track[], language: string | null): number {
  return language === null ? -1 : tracks.findIndex((track) => track.language === language);
}

const shortened = (label: string): string => truncate(label, AudioIn.label.maxLength);

function ranges(buffered: TimeRanges, offsetMs: number): Range[] {
  return Array.from({ length: buffered.length }, (_, index) => ({
    startMs: buffered.start(index) * 1000 + offsetMs,
    endMs: buffered.end(index) * 1000 + offsetMs,
  }));
}
