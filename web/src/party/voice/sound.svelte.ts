/** What this browser does with sound: the voices of others played, their loudness and one's own measured. */
import { HOLD_MS } from './ducking';

/** Louder than this is speech and not a room (RMS; −40 dB of full scale). */
const SPEECH_RMS = 0.01;
const MEASURED_EVERY_MS = 50;

interface Meter {
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  readonly samples: Float32Array<ArrayBuffer>;
}

export class VoiceSound {
  /** One's own microphone, 0 to 1, as a meter shows it. */
  ownLevel = $state(0);
  /** Whether one spoke just now, by the microphone. */
  talking = $state(false);
  /** Whether somebody else did, by what arrives. */
  othersTalk = $state(false);

  #context: AudioContext | null = null;
  #own: Meter | null = null;
  #others: Meter[] = [];
  readonly #players: HTMLAudioElement[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #ownHeardAt = -Infinity;
  #othersHeardAt = -Infinity;

  /** Plays and measures a stream of somebody else's. */
  addOther(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    const player = new Audio();
    player.srcObject = stream;
    player.autoplay = true;
    // Refused only where nobody has clicked yet, and joining voice is a click.
    player.play().catch(() => undefined);
    this.#players.push(player);
    this.#others.push(this.#meter(stream));
    this.#measure();
  }

  /** Measures one's own microphone from now on; null: there is none. */
  setOwn(stream: MediaStream | null): void {
    this.#own?.source.disconnect();
    this.#own = stream ? this.#meter(stream) : null;
    this.ownLevel = 0;
    this.talking = false;
    if (stream) this.#measure();
  }

  dropOthers(): void {
    for (const player of this.#players) player.srcObject = null;
    for (const meter of this.#others) meter.source.disconnect();
    this.#players.length = 0;
    this.#others = [];
    this.othersTalk = false;
  }

  close(): void {
    this.setOwn(null);
    this.dropOthers();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    void this.#context?.close();
    this.#context = null;
  }

  #meter(stream: MediaStream): Meter {
    this.#context ??= new AudioContext();
    void this.#context.resume();
    const source = this.#context.createMediaStreamSource(stream);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    return { source, analyser, samples: new Float32Array(analyser.fftSize) };
  }

  #measure(): void {
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      if (this.#own) {
        const rms = rmsOf(this.#own);
        if (rms > SPEECH_RMS) this.#ownHeardAt = now;
        this.ownLevel = shown(rms);
        this.talking = now - this.#ownHeardAt < HOLD_MS;
      }
      if (this.#others.some((meter) => rmsOf(meter) > SPEECH_RMS)) this.#othersHeardAt = now;
      this.othersTalk = now - this.#othersHeardAt < HOLD_MS;
    }, MEASURED_EVERY_MS);
  }
}

function rmsOf({ analyser, samples }: Meter): number {
  analyser.getFloatTimeDomainData(samples);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/** Loudness as a length: −60 dB nothing, 0 dB all of it. */
function shown(rms: number): number {
  return Math.min(Math.max(1 + Math.log10(Math.max(rms, 1e-6)) / 3, 0), 1);
}
