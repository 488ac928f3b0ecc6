/** The connection for sound: the microphone up, three voices down, over one offer that never changes. */

const DOWNLINKS = 3;
/** As long as the server waits; where UDP is blocked, nothing comes of it. */
const CONNECT_TIMEOUT_MS = 15_000;

export interface Signalling {
  /** The answer to an offer. Raises Refused. */
  offer(sdp: string): Promise<string>;
}

export class VoiceConnection {
  onConnected: () => void = () => {};
  /** It is over, or never came about: `blocked` where no packet got through. */
  onFailed: (blocked: boolean) => void = () => {};
  onTrack: (track: MediaStreamTrack) => void = () => {};

  readonly #pc: RTCPeerConnection;
  readonly #uplink: RTCRtpTransceiver;
  #wasConnected = false;
  #restarted = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    iceServers: RTCIceServer[],
    private readonly signalling: Signalling,
  ) {
    this.#pc = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.#uplink = this.#pc.addTransceiver('audio', { direction: 'sendonly' });
    for (let index = 0; index < DOWNLINKS; index += 1) this.#pc.addTransceiver('audio', { direction: 'recvonly' });
    this.#pc.ontrack = ({ track }) => {
      this.onTrack(track);
    };
    this.#pc.onconnectionstatechange = () => {
      this.#changed();
    };
  }

  /** Raises Refused, and what the browser thinks of the answer. */
  async open(): Promise<void> {
    this.#timer = setTimeout(() => {
      if (!this.#wasConnected) this.onFailed(true);
    }, CONNECT_TIMEOUT_MS);
    await this.#negotiate();
  }

  /** The microphone from now on, or none. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    await this.#uplink.sender.replaceTrack(track);
  }

  /** Energy of all that was played so far: grows while somebody is heard. For tests and the curious. */
  async energy(): Promise<number> {
    let sum = 0;
    const report = await this.#pc.getStats();
    report.forEach((entry: { type: string; totalAudioEnergy?: number }) => {
      if (entry.type === 'inbound-rtp') sum += entry.totalAudioEnergy ?? 0;
    });
    return sum;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.onFailed = () => {};
    this.#pc.close();
  }

  async #negotiate(): Promise<void> {
    await this.#pc.setLocalDescription();
    const sdp = await this.signalling.offer(this.#pc.localDescription?.sdp ?? '');
    if (this.#pc.signalingState === 'closed') return;
    await this.#pc.setRemoteDescription({ type: 'answer', sdp });
  }

  #changed(): void {
    const state = this.#pc.connectionState;
    if (state === 'connected') {
      this.#wasConnected = true;
      this.#restarted = false;
      this.onConnected();
    } else if (state === 'failed') {
      // Another network, most likely: the same keys over a new path, once.
      if (this.#wasConnected && !this.#restarted) {
        this.#restarted = true;
        this.#pc.restartIce();
        this.#negotiate().catch(() => {
          this.onFailed(false);
        });
      } else this.onFailed(!this.#wasConnected);
    }
  }
}
