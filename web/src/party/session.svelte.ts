/**
 * One visit to a party: the connection, the party that comes over it, and the verbs.
 *
 * A lost connection is taken up again by version: what happened meanwhile is asked for, nothing is had twice, and what
 * this client was saying when the line broke is said again under the same id.
 */
import type { Socket } from 'socket.io-client';
import { api } from '../api/client';
import { randomId } from '../realtime/ids';
import { ask, openSocket, Refused, type Auth } from '../realtime/socket';
import { updates } from '../realtime/updates.svelte';
import { ClockFilter } from '../sync/clock';
import type { Playback } from '../sync/playback';
import { ClockSync } from './clockSync';
import {
  chatArrived,
  chatDeleted,
  figuresArrived,
  joined,
  newsArrived,
  stateChanged,
  waitingChanged,
  type Outcome,
  type PartyReplica,
} from './replica';
import type {
  Barred,
  ChatMessage,
  FiguresMessage,
  Invite,
  JoinAnswer,
  MembersNews,
  NoticeMessage,
  PartyRole,
  PlayerState,
  StateMessage,
  WaitingMessage,
} from './messages';

export type Phase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'joined' }
  | { readonly kind: 'reconnecting'; readonly restarting: boolean }
  | { readonly kind: 'password'; readonly wrong: boolean }
  /** Over: by a refusal (its code), or `closed`, `kicked`, `banned`. */
  | { readonly kind: 'ended'; readonly code: string };

export interface Reaction {
  readonly key: number;
  readonly name: string;
  readonly emoji: string;
  /** Where across the picture it rises, 0 to 1. */
  readonly lane: number;
}

export interface Figures {
  readonly position_ms: number;
  readonly state: PlayerState;
  readonly buffer_ms: number;
  readonly drift_ms: number | null;
  readonly rate: number;
}

/** How this visitor comes in: an account, or a name, with an invite where one is needed. */
export interface Entry {
  readonly partyId: string;
  readonly invite: string | null;
  /** Null for signed-in visitors. */
  readonly guestName: string | null;
}

const TYPING_SHOWN_MS = 4_000;
const REACTION_SHOWN_MS = 3_200;
const REACTIONS_AT_ONCE = 24;
/** A command or message whose answer was lost is sent again this often, over the next connection if need be. */
const SEND_TRIES = 3;
const RECONNECT_WAIT_MS = 10_000;

export class PartySession {
  party = $state.raw<PartyReplica | null>(null);
  phase = $state.raw<Phase>({ kind: 'connecting' });
  typing = $state.raw<readonly { readonly id: string; readonly name: string }[]>([]);
  reactions = $state.raw<readonly Reaction[]>([]);
  rttMs = $state<number | null>(null);
  clockLocked = $state(false);

  readonly clock = new ClockFilter();
  readonly socket: Socket;
  /** Called with each newer playback document. */
  onPlayback: (playback: Playback) => void = () => {};
  /** Called with what the party has to say to everybody. */
  onNotice: (notice: NoticeMessage) => void = () => {};

  readonly #clockSync: ClockSync;
  #password: string | null = null;
  #joining: Promise<void> | null = null;
  #refreshTried = false;
  #looks = false;
  #shownVersion = -1;
  #reactionKey = 0;
  readonly #typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly entry: Entry) {
    this.socket = openSocket(() => this.#auth());
    this.#clockSync = new ClockSync(this.socket, this.clock, () => {
      this.rttMs = this.clock.rttMs;
      this.clockLocked = this.clock.locked;
    });
    this.#listen();
    if (entry.guestName === null) updates.lend(this.socket);
    this.socket.connect();
  }

  /** PartyReplica time now, ms; before the clock is set, a guess. */
  nowMs(): number {
    return this.clock.roomMs(performance.now());
  }

  close(): void {
    this.#clockSync.stop();
    for (const timer of [...this.#typingTimers.values(), ...this.#timers]) clearTimeout(timer);
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
    socket.on('party:state', (message: StateMessage) => {
      this.#take((party) => stateChanged(party, message, Date.now()));
    });
    socket.on('chat:message', (message: ChatMessage) => {
      this.#chat(message);
    });
    socket.on('chat:deleted', ({ id }: { id: string }) => {
      this.#take((party) => ({ party: chatDeleted(party, id), gap: false }));
    });
    socket.on('party:members', (news: MembersNews) => {
      this.#take((party) => newsArrived(party, news, Date.now()));
    });
    socket.on('party:figures', (message: FiguresMessage) => {
      this.#take((party) => ({ party: figuresArrived(party, message), gap: false }));
    });
    socket.on('party:waiting', (message: WaitingMessage) => {
      this.#take((party) => ({ party: waitingChanged(party, message), gap: false }));
    });
    socket.on('party:notice', (message: NoticeMessage) => {
      this.onNotice(message);
    });
    socket.on('chat:typing', (message: { member_id: string; name: string; typing: boolean }) => {
      this.#setTyping(message.member_id, message.name, message.typing);
    });
    socket.on('chat:reaction', (message: { name: string; emoji: string }) => {
      this.#addReaction(message.name, message.emoji);
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

  async #auth(): Promise<Auth> {
    const { partyId, invite, guestName } = this.entry;
    const shown = invite ? { invite } : {};
    if (guestName === null) return { token: api.token ?? '', ...shown };
    const pass = guestPass(partyId);
    // Where everybody may come in, a name is enough; with a pass one is who one was.
    return { ...(pass ? { token: pass } : {}), ...(invite ? shown : { party_id: partyId }), name: guestName };
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

  #take(change: (party: PartyReplica) => Outcome): void {
    if (!this.party) return;
    const { party, gap } = change(this.party);
    this.party = party;
    this.#showPlayback();
    if (gap) void this.#join();
  }

  #chat(message: ChatMessage): void {
    this.#setTyping(message.member_id, message.name, false);
    this.#take((party) => chatArrived(party, message));
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

  #setTyping(id: string, name: string, typing: boolean): void {
    clearTimeout(this.#typingTimers.get(id));
    const others = this.typing.filter((person) => person.id !== id);
    if (typing) {
      this.typing = [...others, { id, name }];
      this.#typingTimers.set(
        id,
        setTimeout(() => {
          this.#setTyping(id, name, false);
        }, TYPING_SHOWN_MS),
      );
    } else if (others.length !== this.typing.length) {
      this.typing = others;
    }
  }

  #addReaction(name: string, emoji: string): void {
    const key = (this.#reactionKey += 1);
    this.reactions = [...this.reactions, { key, name, emoji, lane: Math.random() }].slice(-REACTIONS_AT_ONCE);
    this.#later(() => {
      this.reactions = this.reactions.filter((reaction) => reaction.key !== key);
    }, REACTION_SHOWN_MS);
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

// A guest's pass lives as long as the tab: a reload is the same guest, another tab is another.

const PASS = 'ani.guest.';

export function guestPass(partyId: string): string | null {
  try {
    return sessionStorage.getItem(PASS + partyId);
  } catch {
    return null;
  }
}

function keepGuestPass(partyId: string, token: string): void {
  try {
    sessionStorage.setItem(PASS + partyId, token);
  } catch {
    // Refused: after a reload this guest is somebody new.
  }
}

function forgetGuestPass(partyId: string): void {
  try {
    sessionStorage.removeItem(PASS + partyId);
  } catch {
    // As above.
  }
}
