/**
 * This person in the voice of a party: in or out, the microphone, and what can be said about why it does not work.
 *
 * Joining is listening; the microphone is asked for when one wants to talk. A lost socket leaves the sound alone, a lost
 * connection for sound is made again until one leaves.
 */
import { ask, Refused } from '../../realtime/socket';
import { readSetting, removeSetting, saveSetting } from '../../ui/localSettings';
import type { PartySession } from '../session.svelte';
import { VoiceConnection } from './connection';
import { isTalkMode, microphoneFault, peopleOf, pushesToTalk, unheard, withNews, type MicrophoneFault, type People, type TalkMode, type VoiceNews, type VoicePerson } from './people';
import { VoiceSound } from './sound.svelte';

export type VoicePhase = 'out' | 'joining' | 'in' | 'reconnecting';

/** `blocked`: no packet gets through; `elsewhere`: one talks from another device now; the rest are codes of the server. */
export type VoiceFault = { readonly kind: 'microphone'; readonly why: MicrophoneFault } | { readonly kind: 'code'; readonly code: string };

interface JoinVoiceAnswer {
  readonly session_id: string;
  readonly resumed: boolean;
  readonly members: readonly VoicePerson[];
  readonly ice_servers: RTCIceServer[];
}

interface LookAnswer {
  readonly members: readonly VoicePerson[];
  readonly capacity: number;
  readonly push_to_talk_above: number;
}

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

export class PartyVoice {
  phase = $state.raw<VoicePhase>('out');
  fault = $state.raw<VoiceFault | null>(null);
  people = $state.raw<People>(new Map());
  /** 0: this server has no voice; null: not known yet. */
  capacity = $state<number | null>(null);
  /** Whether the microphone is on; with push to talk, whether the key does anything. */
  microphoneOn = $state(false);
  /** The key, or the button on the page, is held. */
  held = $state(false);
  mode = $state<TalkMode>(readMode());
  deviceId = $state(readSetting('microphone', () => true) ?? '');
  devices = $state.raw<readonly MediaDeviceInfo[]>([]);
  pushAbove = $state(4);
  ducks = $state(readSetting('duck', (value) => value === '0') === null);

  readonly sound = new VoiceSound();

  #connection: VoiceConnection | null = null;
  #sessionId: string | null = null;
  #stream: MediaStream | null = null;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #attempt = 0;

  constructor(readonly session: PartySession) {
    const { socket } = session;
    socket.on('voice:members', this.#onNews);
    socket.on('voice:ended', this.#onEnded);
    addEventListener('pagehide', this.#onPageHide);
    if (session.phase.kind === 'joined') this.joinedAgain();
  }

  readonly self = $derived.by(() => this.session.party?.you.member_id ?? '');
  readonly pushes = $derived.by(() => pushesToTalk(this.mode, this.people.size, this.pushAbove));
  /** Whether what one says goes out. */
  readonly open = $derived.by(() => this.microphoneOn && (!this.pushes || this.held));
  readonly unheard = $derived.by(() => (this.phase === 'in' ? unheard(this.people, this.self, this.open && this.sound.talking) : null));

  /** The party was joined, at first or over a new socket. */
  joinedAgain(): void {
    void this.#look();
    if (this.phase !== 'out') void this.#join(this.#connection ? this.#sessionId : null);
  }

  async join(): Promise<void> {
    if (this.phase !== 'out') return;
    this.fault = null;
    this.phase = 'joining';
    this.#tries = 0;
    await this.#join(null);
  }

  leave(): void {
    this.#out();
    void ask(this.session.socket, 'voice:leave').catch(() => undefined);
  }

  /** Asks for the microphone the first time. */
  async setMicrophone(on: boolean): Promise<void> {
    this.fault = null;
    if (on && !this.#stream && !(await this.#openMicrophone())) return;
    if (!on) this.#closeMicrophone();
    this.microphoneOn = on;
    this.#tellMuted();
    this.applyTalk();
  }

  async chooseDevice(deviceId: string): Promise<void> {
    this.deviceId = deviceId;
    if (deviceId) saveSetting('microphone', deviceId);
    else removeSetting('microphone');
    if (!this.#stream) return;
    this.#closeMicrophone();
    if (await this.#openMicrophone()) this.applyTalk();
    else await this.setMicrophone(false);
  }

  chooseMode(mode: TalkMode): void {
    this.mode = mode;
    saveSetting('talk', mode);
  }

  chooseDucking(ducks: boolean): void {
    this.ducks = ducks;
    if (ducks) removeSetting('duck');
    else saveSetting('duck', '0');
  }

  /** What the microphone picks up goes out, or does not: with a key held, within the same packet. */
  applyTalk(): void {
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = this.open || !this.pushes;
  }

  async energy(): Promise<number> {
    return (await this.#connection?.energy()) ?? 0;
  }

  destroy(): void {
    const { socket } = this.session;
    socket.off('voice:members', this.#onNews);
    socket.off('voice:ended', this.#onEnded);
    removeEventListener('pagehide', this.#onPageHide);
    if (this.phase !== 'out') this.leave();
    this.sound.close();
  }

  // The server

  async #look(): Promise<void> {
    try {
      const answer = await ask<LookAnswer>(this.session.socket, 'voice:look');
      this.people = peopleOf(answer.members);
      this.capacity = answer.capacity;
      this.pushAbove = answer.push_to_talk_above;
    } catch {
      // Asked again with the next news that do not fit.
    }
  }

  async #join(resume: string | null): Promise<void> {
    const attempt = (this.#attempt += 1);
    try {
      const answer = await ask<JoinVoiceAnswer>(this.session.socket, 'voice:join', resume === null ? {} : { resume });
      if (attempt !== this.#attempt) return;
      this.people = peopleOf(answer.members);
      this.#sessionId = answer.session_id;
      if (!answer.resumed || !this.#connection) await this.#connect(answer);
      this.#tellMuted();
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error instanceof Refused ? error.code : 'offer_not_acceptable');
    }
  }

  async #connect(answer: JoinVoiceAnswer): Promise<void> {
    this.#connection?.close();
    this.sound.dropOthers();
    const connection = new VoiceConnection(answer.ice_servers, {
      offer: async (sdp) => (await ask<{ sdp: string }>(this.session.socket, 'voice:offer', { session_id: answer.session_id, sdp })).sdp,
    });
    this.#connection = connection;
    connection.onTrack = (track) => {
      this.sound.addOther(track);
    };
    connection.onConnected = () => {
      this.phase = 'in';
      this.fault = this.fault?.kind === 'code' ? null : this.fault;
      this.#tries = 0;
    };
    connection.onFailed = (blocked) => {
      if (blocked && this.#tries >= 1) {
        this.#out();
        this.fault = { kind: 'code', code: 'blocked' };
        void ask(this.session.socket, 'voice:leave').catch(() => undefined);
      } else this.#again();
    };
    await connection.send(this.#stream?.getAudioTracks()[0] ?? null);
    await connection.open();
  }

  #failed(code: string): void {
    if (code === 'disconnected') return; // The party is joined again first, and then voice.
    if (code === 'timeout' || code === 'unavailable' || code === 'too_many_requests' || code === 'not_in_voice') {
      this.#again();
      return;
    }
    this.#out();
    this.fault = { kind: 'code', code };
  }

  #again(): void {
    if (this.phase === 'out') return;
    this.phase = this.phase === 'joining' ? 'joining' : 'reconnecting';
    this.#connection?.close();
    this.#connection = null;
    this.sound.dropOthers();
    if (this.#tries >= RETRY_MS.length) {
      this.#out();
      this.fault = { kind: 'code', code: 'voice_unavailable' };
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.session.socket.connected) void this.#join(null);
    }, RETRY_MS[this.#tries]);
    this.#tries += 1;
  }

  #out(): void {
    this.#attempt += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = null;
    this.#sessionId = null;
    this.#closeMicrophone();
    this.sound.dropOthers();
    this.phase = 'out';
    this.microphoneOn = false;
    this.held = false;
  }

  readonly #onNews = (news: VoiceNews): void => {
    const { people, missed } = withNews(this.people, news);
    this.people = people;
    if (missed) void this.#look();
  };

  readonly #onEnded = ({ session_id, reason }: { session_id: string; reason: string }): void => {
    if (session_id !== this.#sessionId || this.phase === 'out') return;
    if (reason === 'lost' || reason === 'moved') {
      this.#again();
      return;
    }
    this.#out();
    if (reason === 'elsewhere') this.fault = { kind: 'code', code: 'elsewhere' };
  };

  readonly #onPageHide = (): void => {
    if (this.phase !== 'out') this.leave();
  };

  #tellMuted(): void {
    if (this.#sessionId === null) return;
    void ask(this.session.socket, 'voice:mute', { muted: !this.microphoneOn }).catch(() => undefined);
  }

  // The microphone

  async #openMicrophone(): Promise<boolean> {
    try {
      const chosen = this.deviceId ? { deviceId: { ideal: this.deviceId } } : {};
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: { ...chosen, echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
    } catch (error) {
      this.fault = { kind: 'microphone', why: microphoneFault(error) };
      return false;
    }
    if (this.phase === 'out') {
      this.#closeMicrophone(); // Left while the browser was asking.
      return false;
    }
    const track = this.#stream.getAudioTracks()[0] ?? null;
    if (track) {
      track.onended = () => {
        void this.setMicrophone(false);
        this.fault = { kind: 'microphone', why: 'missing' };
      };
    }
    this.sound.setOwn(this.#stream);
    await this.#connection?.send(track);
    // Their names are told only to whom the microphone was given.
    this.devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === 'audioinput');
    return true;
  }

  #closeMicrophone(): void {
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.sound.setOwn(null);
    void this.#connection?.send(null).catch(() => undefined);
  }
}

function readMode(): TalkMode {
  const value = readSetting('talk', isTalkMode);
  return value !== null && isTalkMode(value) ? value : 'auto';
}
