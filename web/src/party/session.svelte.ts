/**
 * One visit to a party: the connection, the party that comes over it, and the verbs.
 *
 * A lost connection is taken up again by version: what happened meanwhile is asked for, nothing is had twice, and what
 * this client was saying when the line broke is said again under the same id.
 */
import type { Socket } from 'socket.io-client';
import { api } from '../api/client';
import { randomId } from '../realtime/ids';
import { ask, openSocket, Refused } from '../realtime/socket';
import { updates } from '../realtime/updates.svelte';
import { ClockFilter } from '../sync/clock';
import type { Playback } from '../sync/playback';
import { ChatEphemera } from './chat/ephemera.svelte';
import { ClockSync } from './clockSync';
import { authOf, forgetGuestPass, keepGuestPass, type Entry } from './entry';
import type { Barred, ChatMessage, Figures, Invite, JoinAnswer, NoticeMessage, PartyRole } from './messages';
import { chatArrived, joined, type PartyReplica } from './replica/replica';
import { onReplicaMessages, type Change } from './replica/replicaMessages';

export type Phase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'reconnecting'; readonly restarting: boolean }
  | { readonly kind: 'password'; readonly wrong: boolean }
  /** Over: by a refusal (its code), or `closed`, `kicked`, `banned`. */
  | { readonly kind: 'ended'; readonly code: string };

/** A command or message whose answer was lost is sent again this often, over the next connection if need be. */
const SEND_TRIES = 3;
const RECONNECT_WAIT_MS = 10_000;

export class PartySession {
  party = $state.raw<PartyReplica | null>(null);
  phase = $state.raw<Phase>({ kind: 'connecting' });
  rttMs = $state<number | null>(null);
  clockLocked = $state(false);

  readonly clock = new ClockFilter();
  readonly ephemera = new ChatEphemera();
  readonly socket: Socket;
  /** Called with each newer playback document. */
  onPlayback: (playback: Playback) => void = () => {};
  /** Called with what the party has to say to everybody. */
  onNotice: (notice: NoticeMessage) => void = () => {};

  /** Called with each time the party was joined, at first or over a new connection. */
  onJoined: () => void = () => {};

  readonly #clockSync: ClockSync;
  #password: string | null = null;
  #joining: Promise<void> | null = null;
  #refreshTried = false;
  #looks = false;
  #shownVersion = -1;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly entry: Entry) {
    this.socket = openSocket(() => authOf(entry));
    this.#clockSync = new ClockSync(this.socket, this.clock, () => {
      this.rttMs = this.clock.rttMs;
      this.clockLocked = this.clock.locked;
    });
    this.#listen();
    this.ephemera.listen(this.socket);
    onReplicaMessages(this.socket, (change) => {
      this.#take(change);
    });
    if (entry.guestName === null) updates.lend(this.socket);
    this.socket.connect();
  }

  /** PartyReplica time now, ms; before the clock is set, a guess. */
  nowMs(): number {
    return this.clock.roomMs(performance.now());
  }

  close(): void {
    this.#clockSync.stop();
    this.ephemera.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  /** Says goodbye, so that the others need not wait to see whether the line comes back. */
  leave(): void {
    void ask(this.socket, 'party:leave').catch(() => undefined);
    forgetGuestPass(this.entry.partyId);
    this.close();
  }

  answerPassword(password: string): void {
    this.#password = password;
    this.phase = { kind: 'connecting' };
    void this.#join();
  }

  /** Sends a command; resolves when the party has taken it. Raises Refused. */
  async command(kind: string, args: object = {}): Promise<void> {
    await this.#deliver('party:command', { id: randomId(), kind, ...args });
  }

  async say(text: string, replyTo: string | null): Promise<void> {
    const id = randomId();
    const answer = await this.#deliver<{ message?: ChatMessage }>('chat:send', { id, text, ...(replyTo ? { reply_to: replyTo } : {}) });
    // The broadcast is on its way too; whichever is first puts the line up. On a slow line this answer overtakes other lines.
    const own = answer.message;
    if (own) this.#take((party) => ({ ...chatArrived(party, own), gap: false }));
  }

  react(emoji: string): void {
    void ask(this.socket, 'chat:react', { emoji }).catch(() => undefined);
  }

  sendTyping(typing: boolean): void {
    void ask(this.socket, 'chat:typing', { typing }).catch(() => undefined);
  }

  async moderate(event: 'member:kick' | 'member:ban' | 'member:mute' | 'member:role' | 'member:pardon', payload: object): Promise<void> {
    await ask(this.socket, event, payload);
  }

  async inviteLink(role: PartyRole): Promise<string> {
    const { invite_url } = await api.post<{ invite_url: string }>(`/parties/${this.entry.partyId}/invites`, { role });
    return invite_url;
  }

  /** Whether this client shows what the others' players report; only then is it sent. */
  look(looks: boolean): void {
    if (looks === this.#looks) return;
    this.#looks = looks;
    if (this.phase.kind === 'joined') this.#askFigures();
  }

  #askFigures(): void {
    void ask(this.socket, 'party:look', { looks: this.#looks }).catch(() => undefined);
  }

  async invites(): Promise<readonly Invite[]> {
    return (await ask<{ invites: readonly Invite[] }>(this.socket, 'invite:list')).invites;
  }

  async revokeInvite(inviteId: string): Promise<void> {
    await ask(this.socket, 'invite:revoke', { invite_id: inviteId });
  }

  async barred(): Promise<readonly Barred[]> {
    return (await ask<{ barred: readonly Barred[] }>(this.socket, 'member:barred')).barred;
  }

  report(figures: Figures): void {
    if (this.phase.kind !== 'joined' || !this.clock.locked) return;
    void ask(this.socket, 'party:report', {
      ...figures,
      at_ms: this.nowMs(),
      rtt_ms: this.clock.rttMs,
      version: this.party?.version ?? 0,
    }).catch(() => undefined);
  }

  #listen(): void {
    const { socket } = this;
    socket.on('connect', () => {
      this.#refreshTried = false;
      this.#clockSync.start();
      void this.#join();
    });
    socket.on('disconnect', (reason) => {
      this.#clockSync.stop();
      if (this.phase.kind === 'ended') return;
      const restarting = this.phase.kind === 'reconnecting' && this.phase.restarting;
      this.phase = { kind: 'reconnecting', restarting };
      // Told to go by the server (a restart): socket.io waits for us to come back by ourselves.
      if (reason === 'io server disconnect') this.#later(() => socket.connect(), 300);
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      // Without a code it is the network, and socket.io tries again.
      if (error.data?.code !== undefined) void this.#refusedAtTheDoor(error.data.code);
      else if (this.phase.kind !== 'reconnecting') this.phase = { kind: 'reconnecting', restarting: false };
    });
    socket.on('party:notice', (message: NoticeMessage) => {
      this.onNotice(message);
    });
    socket.on('server:restarting', () => {
      this.phase = { kind: 'reconnecting', restarting: true };
    });
    socket.on('party:kicked', ({ reason }: { reason?: string }) => {
      this.#end(reason === 'banned' ? 'banned' : 'kicked');
    });
    socket.on('party:closed', () => {
      this.#end('closed');
    });
  }

  /** An access token that ran out while we were away is renewed, once; everything else is final. */
  async #refusedAtTheDoor(code: string): Promise<void> {
    if (this.entry.guestName === null && !this.#refreshTried && (code === 'unauthenticated' || code.startsWith('token_'))) {
      this.#refreshTried = true;
      try {
        if (await api.refresh()) {
          this.socket.connect();
          return;
        }
      } catch {
        this.#later(() => this.socket.connect(), 2_000);
        this.#refreshTried = false;
        return;
      }
    }
    this.#end(code);
  }

  /** Joins, or asks for what was missed. One at a time: a second gap waits for the same answer. */
  #join(): Promise<void> {
    this.#joining ??= this.#joinOnce().finally(() => {
      this.#joining = null;
    });
    return this.#joining;
  }

  async #joinOnce(): Promise<void> {
    const { partyId, invite } = this.entry;
    const known = this.party;
    try {
      const answer = await ask<JoinAnswer>(this.socket, 'party:join', {
        party_id: partyId,
        members: 'news',
        ...(invite ? { invite } : {}),
        ...(this.#password !== null ? { password: this.#password } : {}),
        ...(known ? { since: known.version, chat_since: known.chatSeq } : {}),
      });
      if (answer.you.guest_token) keepGuestPass(partyId, answer.you.guest_token);
      this.party = joined(this.party, answer, Date.now());
      this.phase = { kind: 'joined' };
      if (this.#looks) this.#askFigures();
      this.#showPlayback();
      this.onJoined();
    } catch (error) {
      const code = error instanceof Refused ? error.code : 'error';
      if (code === 'password_needed') this.phase = { kind: 'password', wrong: this.#password !== null };
      else if (code === 'disconnected') return;
      else if (code === 'timeout' || code === 'unavailable' || code === 'too_many_requests') {
        this.#later(() => {
          if (this.socket.connected) void this.#join();
        }, 1_000);
      } else this.#end(code);
    }
  }

  #take(change: Change): void {
    if (!this.party) return;
    const { party, gap } = change(this.party);
    this.party = party;
    this.#showPlayback();
    if (gap) void this.#join();
  }

  #showPlayback(): void {
    if (!this.party || this.party.version === this.#shownVersion) return;
    this.#shownVersion = this.party.version;
    this.onPlayback(this.party.playback);
  }

  async #deliver<T = object>(event: string, payload: object): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#connected();
        return await ask<T>(this.socket, event, payload);
      } catch (error) {
        const lost = error instanceof Refused && (error.code === 'disconnected' || error.code === 'timeout');
        if (!lost || attempt >= SEND_TRIES) throw error;
      }
    }
  }

  /** Resolves when joined; raises Refused if that takes too long. */
  async #connected(): Promise<void> {
    const deadline = performance.now() + RECONNECT_WAIT_MS;
    while (this.phase.kind !== 'joined' || !this.socket.connected) {
      if (this.phase.kind === 'ended' || performance.now() > deadline) throw new Refused('disconnected', '');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #end(code: string): void {
    this.phase = { kind: 'ended', code };
    this.close();
  }

  #later(task: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, delayMs);
    this.#timers.add(timer);
  }
}
