/** Publishing over WHIP (RFC 9725): one offer, one session, over the API client, which knows who one is. */
import { api } from '../../api/client';

/** As long as the server waits for the handshake. */
const CONNECT_TIMEOUT_MS = 15_000;

export interface Sent {
  readonly kbps: number;
  readonly framesPerS: number;
  readonly width: number;
  readonly height: number;
  /** What keeps the encoder from sending more, where something does. */
  readonly limitedBy: '' | 'cpu' | 'bandwidth';
}

export interface Wish {
  /** Whoever is live there is to end. */
  readonly takeover?: boolean;
  /** Measure the line, and show nobody anything. */
  readonly test?: boolean;
}

export class Publishing {
  /** It is over without our doing: `blocked` where no packet got through. */
  onEnded: (blocked: boolean) => void = () => {};
  onConnected: () => void = () => {};

  readonly #pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  #session = '';
  #wasConnected = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #before: { readonly bytes: number; readonly atMs: number } | null = null;

  constructor(stream: MediaStream) {
    for (const kind of ['audio', 'video'] as const) {
      const track = stream.getTracks().find((one) => one.kind === kind);
      // A section of sound even without a microphone: one put in later needs no new session.
      if (track || kind === 'audio') this.#pc.addTransceiver(track ?? kind, { direction: 'sendonly', streams: [stream] });
    }
    for (const transceiver of this.#pc.getTransceivers()) {
      if (transceiver.sender.track?.kind === 'video') preferH264(transceiver);
    }
    this.#pc.onconnectionstatechange = () => {
      const state = this.#pc.connectionState;
      if (state === 'connected') {
        this.#wasConnected = true;
        this.onConnected();
      } else if (state === 'failed' || state === 'closed') this.onEnded(!this.#wasConnected);
    };
  }

  /** Raises Problem. */
  async open(channelId: string, { takeover = false, test = false }: Wish = {}): Promise<void> {
    await this.#pc.setLocalDescription();
    const query = test ? '?test=true' : takeover ? '?takeover=true' : '';
    const path = `/live/channels/${encodeURIComponent(channelId)}/whip${query}`;
    const bytes = new Blob([this.#pc.localDescription?.sdp ?? '']);
    const response = await api.request('POST', path, { bytes, headers: { 'Content-Type': 'application/sdp', Accept: 'application/sdp' } });
    this.#session = (response.headers.get('Location') ?? '').replace(/^\/api\/v1/, '');
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    this.#timer = setTimeout(() => {
      if (!this.#wasConnected) this.onEnded(true);
    }, CONNECT_TIMEOUT_MS);
  }

  /** Another camera, screen or microphone, or none, without a new session. */
  async replace(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#pc.getTransceivers().find((one) => one.receiver.track.kind === kind)?.sender;
    await sender?.replaceTrack(track);
  }

  /** Since the last time it was asked. */
  async sent(): Promise<Sent> {
    let bytes = 0;
    let video = { framesPerSecond: 0, frameWidth: 0, frameHeight: 0, qualityLimitationReason: 'none' };
    const report = await this.#pc.getStats();
    report.forEach((entry: { type: string; kind?: string; bytesSent?: number } & Partial<typeof video>) => {
      if (entry.type !== 'outbound-rtp') return;
      bytes += entry.bytesSent ?? 0;
      if (entry.kind === 'video') video = { ...video, ...entry };
    });
    const now = { bytes, atMs: performance.now() };
    const before = this.#before ?? now;
    this.#before = now;
    const kbps = now.atMs > before.atMs ? ((now.bytes - before.bytes) * 8) / (now.atMs - before.atMs) : 0;
    const reason = video.qualityLimitationReason;
    return { kbps: Math.round(kbps), framesPerS: Math.round(video.framesPerSecond), width: video.frameWidth, height: video.frameHeight, limitedBy: reason === 'cpu' || reason === 'bandwidth' ? reason : '' };
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.onEnded = () => {};
    this.#pc.close();
    if (this.#session) await api.request('DELETE', this.#session).catch(() => undefined);
  }
}

/** What players of every kind decode, and HLS carries. */
function preferH264(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const first = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === 'video/h264');
  try {
    transceiver.setCodecPreferences([...first, ...codecs.filter((codec) => !first.includes(codec))]);
  } catch {
    // The order is a wish.
  }
}
