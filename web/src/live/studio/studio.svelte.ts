/** What somebody shows when they are live: devices, the preview, and the session with the server. */
import { Publishing, type Sent } from './whip';

export type Trouble = '' | 'denied' | 'missing' | 'insecure';
export type OnAir = 'off' | 'connecting' | 'live' | 'lost' | 'blocked';

const LOOK_MS = 2_000;
/** 720p: what an ordinary line carries, and most players show whole. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** Music and games come through a filter for speech as noise. */
const SOUND = { echoCancellation: true, autoGainControl: false, channelCount: { ideal: 2 } };

export class Studio {
  source = $state<'camera' | 'screen' | ''>('');
  stream = $state.raw<MediaStream | null>(null);
  cameras = $state.raw<readonly MediaDeviceInfo[]>([]);
  microphones = $state.raw<readonly MediaDeviceInfo[]>([]);
  cameraId = $state('');
  microphoneId = $state('');
  trouble = $state<Trouble>('');
  onAir = $state<OnAir>('off');
  sent = $state.raw<Sent | null>(null);
  hasPicture = $state(false);

  readonly canShareScreen = typeof navigator !== 'undefined' && 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;

  #video: MediaStreamTrack | null = null;
  #audio: MediaStreamTrack | null = null;
  #publishing: Publishing | null = null;
  #look: ReturnType<typeof setInterval> | null = null;

  async useCamera(): Promise<void> {
    const wanted: MediaStreamConstraints = {
      video: this.cameraId ? { ...PICTURE, deviceId: { exact: this.cameraId } } : PICTURE,
      audio: this.#audio ? false : SOUND,
    };
    const stream = (await this.#ask((devices) => devices.getUserMedia(wanted))) ?? (await this.#ask((devices) => devices.getUserMedia({ video: PICTURE })));
    if (!stream) return;
    this.source = 'camera';
    const [video, audio] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]];
    if (video) await this.#setVideo(video);
    if (audio) await this.#setAudio(audio);
    await this.#list();
  }

  async useScreen(): Promise<void> {
    const stream = await this.#ask((devices) => devices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true }));
    if (!stream) return;
    this.source = 'screen';
    const [video, audio] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]];
    if (video) {
      await this.#setVideo(video);
      // The browser has a button of its own for that.
      video.onended = () => {
        if (this.#video === video) void this.#setVideo(null);
      };
    }
    if (audio && !this.#audio) await this.#setAudio(audio);
    await this.#list();
  }

  async chooseCamera(id: string): Promise<void> {
    this.cameraId = id;
    await this.useCamera();
  }

  async chooseMicrophone(id: string): Promise<void> {
    this.microphoneId = id;
    if (!id) {
      await this.#setAudio(null);
      return;
    }
    const stream = await this.#ask((devices) => devices.getUserMedia({ audio: { ...SOUND, deviceId: { exact: id } } }));
    const track = stream?.getAudioTracks()[0];
    if (track) await this.#setAudio(track);
  }

  /** Raises Problem. */
  async goLive(channelId: string, takeover: boolean): Promise<void> {
    if (!this.stream) return;
    const publishing = new Publishing(this.stream);
    this.#publishing = publishing;
    this.onAir = 'connecting';
    publishing.onConnected = () => {
      this.onAir = 'live';
    };
    publishing.onEnded = (blocked) => {
      void this.stop(blocked ? 'blocked' : 'lost');
    };
    try {
      await publishing.open(channelId, { takeover });
    } catch (error) {
      await this.stop('off');
      throw error;
    }
    this.#look = setInterval(() => {
      void publishing.sent().then((sent) => {
        if (this.#publishing === publishing) this.sent = sent;
      });
    }, LOOK_MS);
  }

  async stop(state: OnAir = 'off'): Promise<void> {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
    this.sent = null;
    this.onAir = state;
    const publishing = this.#publishing;
    this.#publishing = null;
    await publishing?.close();
  }

  async close(): Promise<void> {
    this.#video?.stop();
    this.#audio?.stop();
    this.#video = this.#audio = null;
    this.stream = null;
    await this.stop();
  }

  async #ask(work: (devices: MediaDevices) => Promise<MediaStream>): Promise<MediaStream | null> {
    if (!('mediaDevices' in navigator)) {
      this.trouble = 'insecure';
      return null;
    }
    try {
      const stream = await work(navigator.mediaDevices);
      this.trouble = '';
      return stream;
    } catch (error) {
      this.trouble = error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'missing';
      return null;
    }
  }

  async #setVideo(track: MediaStreamTrack | null): Promise<void> {
    if (this.#video !== track) this.#video?.stop();
    this.#video = track;
    this.hasPicture = track !== null;
    this.#show();
    await this.#publishing?.replace('video', track);
  }

  async #setAudio(track: MediaStreamTrack | null): Promise<void> {
    if (this.#audio !== track) this.#audio?.stop();
    this.#audio = track;
    this.microphoneId = track?.getSettings().deviceId ?? '';
    this.#show();
    await this.#publishing?.replace('audio', track);
  }

  #show(): void {
    const tracks = [this.#video, this.#audio].filter((track) => track !== null);
    this.stream = tracks.length > 0 ? new MediaStream(tracks) : null;
  }

  async #list(): Promise<void> {
    const found = await navigator.mediaDevices.enumerateDevices();
    this.cameras = found.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '');
    this.microphones = found.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '' && deviceId !== 'default');
    this.cameraId ||= this.#video?.getSettings().deviceId ?? '';
    const chosen = this.#audio?.getSettings().deviceId ?? '';
    this.microphoneId = chosen === 'default' ? (this.microphones[0]?.deviceId ?? '') : chosen;
  }
}
