/** Watching over WHEP: comes back by itself, and waits while the channel is off. */
import { api } from '../api/client';
import { Problem } from '../api/problem';

const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 15_000;
const CONNECT_TIMEOUT_MS = 15_000;
/** How often what arrives is looked at; without a packet for two looks the publisher is away. */
const LOOK_MS = 1_000;

/** `waiting`: nobody publishes; `away`: somebody did, and will be back; `blocked`: no packet gets through. */
export type Watching = 'connecting' | 'playing' | 'waiting' | 'away' | 'blocked' | 'refused';

export class LivePlayer {
  state = $state<Watching>('connecting');
  /** From the server to the screen, as far as the browser knows it. */
  latencyMs = $state<number | null>(null);
  kbps = $state(0);
  problem = $state.raw<unknown>(null);

  onStream: (stream: MediaStream) => void = () => {};
  /** The name of the session, empty where it is over. */
  onSession: (session: string) => void = () => {};
  /** All places are taken; a name under which one may wait for one. */
  onFull: (session: string) => void = () => {};
  onBlocked: () => void = () => {};

  #pc: RTCPeerConnection | null = null;
  #session = '';
  #retryMs = RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #look: ReturnType<typeof setInterval> | null = null;
  #bytes = 0;
  #still = 0;
  #delay = { sum: 0, count: 0 };
  #closed = false;

  /** `place`: the name under which one has waited for it. */
  constructor(
    private readonly channelId: string,
    private place = '',
  ) {}

  get session(): string {
    return this.#session;
  }

  /** Its picture is seen. */
  shown(): void {
    this.state = 'playing';
  }

  /** What was told by `onFull` or `onBlocked` is what there is to say. */
  hasNoOther(reason: string): void {
    this.state = reason === 'blocked' ? 'blocked' : 'refused';
  }

  async open(): Promise<void> {
    this.#drop();
    if (this.#closed) return;
    const pc = (this.#pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' }));
    const stream = new MediaStream();
    for (const kind of ['audio', 'video'] as const) pc.addTransceiver(kind, { direction: 'recvonly' });
    pc.ontrack = ({ track }) => {
      stream.addTrack(track);
      if (pc === this.#pc) this.onStream(stream);
    };
    pc.onconnectionstatechange = () => {
      if (pc !== this.#pc) return;
      if (pc.connectionState === 'connected') {
        this.#retryMs = RETRY_MS;
        this.#watch(pc);
      } else if (pc.connectionState === 'failed' || pc.connectionState === 'closed') this.#again('connecting');
    };
    try {
      await pc.setLocalDescription();
      const bytes = new Blob([stereo(pc.localDescription?.sdp ?? '')]);
      const headers = { 'Content-Type': 'application/sdp', Accept: 'application/sdp' };
      const place = this.place ? `?place=${encodeURIComponent(this.place)}` : '';
      const response = await api.request('POST', `/live/channels/${encodeURIComponent(this.channelId)}/whep${place}`, { bytes, headers });
      this.place = '';
      const session = (response.headers.get('Location') ?? '').replace(/^.*\//, '');
      if (pc !== this.#pc) {
        end(session);
        return;
      }
      this.#session = session;
      this.onSession(session);
      await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
      this.#timer = setTimeout(() => {
        this.#again('blocked');
        this.onBlocked();
      }, CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (pc !== this.#pc) return;
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof Problem && error.code === 'channel_offline') {
      // Asked as often as the server says: somebody waits for the beginning.
      this.#retryMs = RETRY_MS;
      this.#again('waiting');
      return;
    }
    this.problem = error;
    if (error instanceof Problem && error.code === 'viewers_full') {
      this.#again('connecting');
      const { session } = error.members;
      this.onFull(typeof session === 'string' ? session : '');
      return;
    }
    const passing = !(error instanceof Problem) || error.status >= 500 || error.status === 0 || error.status === 409 || error.status === 429;
    if (passing) this.#again('refused');
    else this.state = 'refused';
  }

  #again(state: Watching): void {
    this.#drop();
    if (this.#closed) return;
    this.state = state;
    this.#timer = setTimeout(() => void this.open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 1.5, LONGEST_RETRY_MS);
  }

  #watch(pc: RTCPeerConnection): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#bytes = this.#still = 0;
    this.#look ??= setInterval(() => void this.#see(pc), LOOK_MS);
  }

  async #see(pc: RTCPeerConnection): Promise<void> {
    let bytes = 0;
    let roundTripMs = 0;
    const delay = { sum: 0, count: 0 };
    const report = await pc.getStats();
    report.forEach((entry: { type: string; kind?: string; bytesReceived?: number; jitterBufferDelay?: number; jitterBufferEmittedCount?: number; nominated?: boolean; currentRoundTripTime?: number }) => {
      if (entry.type === 'candidate-pair' && entry.nominated) roundTripMs = (entry.currentRoundTripTime ?? 0) * 1000;
      if (entry.type !== 'inbound-rtp') return;
      bytes += entry.bytesReceived ?? 0;
      if (entry.kind === 'video') {
        delay.sum = entry.jitterBufferDelay ?? 0;
        delay.count = entry.jitterBufferEmittedCount ?? 0;
      }
    });
    if (pc !== this.#pc) return;
    this.kbps = Math.round(((bytes - this.#bytes) * 8) / LOOK_MS);
    this.#still = bytes > this.#bytes ? 0 : this.#still + 1;
    this.#bytes = bytes;
    const frames = delay.count - this.#delay.count;
    if (frames > 0) this.latencyMs = Math.round(((delay.sum - this.#delay.sum) / frames) * 1000 + roundTripMs / 2);
    this.#delay = delay;
    this.state = this.#still >= 2 ? 'away' : 'playing';
    if (this.state === 'playing') this.problem = null;
  }

  #drop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#look !== null) clearInterval(this.#look);
    this.#timer = this.#look = null;
    const session = this.#session;
    this.#session = '';
    if (session) this.onSession('');
    this.#delay = { sum: 0, count: 0 };
    const pc = this.#pc;
    this.#pc = null;
    pc?.close();
    end(session);
  }

  /** As `close`, but that the session stays: the server ends it when it sees that nobody is there. */
  leave(): void {
    this.#session = '';
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }
}

function end(session: string): void {
  if (session) api.request('DELETE', `/live/sessions/${encodeURIComponent(session)}`).catch(() => undefined);
}

/** Browsers play one channel unless they ask for two (RFC 7587 §6.1). */
function stereo(sdp: string): string {
  return sdp.replace(/(a=fmtp:\d+ minptime=10;useinbandfec=1)(?=\r?$)/m, '$1;stereo=1');
}
