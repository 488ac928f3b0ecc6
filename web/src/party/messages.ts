/** What goes over the `/party` namespace, as the server writes it. */
import type { ControlMode, PartyAccess } from '../api/types';
import type { Playback } from '../sync/playback';

export type { Playback };

export type PartyRole = 'host' | 'cohost' | 'member' | 'guest' | 'muted';
export type PlayerState = 'playing' | 'paused' | 'stalled' | 'ready';

export interface Member {
  readonly member_id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly role: PartyRole;
  readonly connected: boolean;
  readonly state: PlayerState;
  readonly joined_at_ms: number;
  readonly excused: boolean;
}

/** What a member's player reports; told to who looks at it. */
export interface MemberFigures {
  readonly position_ms: number;
  /** Player minus party. */
  readonly drift_ms: number;
  readonly rtt_ms: number | null;
  readonly buffer_ms: number;
}

/** What this client reports of its player. */
export interface Figures {
  readonly position_ms: number;
  readonly state: PlayerState;
  readonly buffer_ms: number;
  readonly drift_ms: number | null;
  readonly rate: number;
}

export interface FiguresMessage {
  readonly figures: readonly (readonly [id: string, position_ms: number, drift_ms: number, rtt_ms: number | null, buffer_ms: number])[];
}

export interface You {
  readonly member_id: string;
  readonly name: string;
  readonly role: PartyRole;
  readonly guest_token?: string;
}

export interface Settings {
  readonly title: string;
  readonly control: ControlMode;
  readonly access: PartyAccess;
  readonly needs_password: boolean;
  readonly capacity: number;
  readonly wait: 'off' | 'ready' | 'stall';
  readonly autoplay: boolean;
}

export interface QueueItem {
  readonly item_id: string;
  readonly media: NonNullable<Playback['media']>;
  readonly added_by: string;
  readonly votes: number;
}

/** Chosen for everybody, by BCP 47 tag; empty: each as they like. Subtitles may be `off`. */
export interface Tracks {
  readonly audio: string;
  readonly subtitles: string;
}

/** An open invite, as `invite:list` tells it. */
export interface Invite {
  readonly id: string;
  readonly role: 'cohost' | 'member' | 'guest';
  readonly uses: number;
  /** 0: until it expires. */
  readonly max_uses: number;
  /** Unix ms. */
  readonly expires_at_ms: number;
  readonly by: string | null;
  readonly by_name: string | null;
  /** Null for those who could not give this role themselves. */
  readonly invite_url: string | null;
}

/** Somebody who may not come back as they are. */
export interface Barred {
  readonly member_id: string;
  readonly name: string;
  readonly why: 'kicked' | 'banned';
}

export interface NoticeMessage {
  readonly code: string;
  readonly text: string;
  readonly member_id: string | null;
}

export interface Cause {
  readonly member_id: string | null;
  readonly kind: string;
  readonly command_id: string | null;
}

export interface StateMessage {
  readonly version: number;
  readonly playback: Playback;
  readonly cause: Cause;
  readonly settings?: Settings;
  readonly queue?: readonly QueueItem[];
  readonly tracks?: Tracks;
}

export interface MembersMessage {
  readonly members: readonly Member[];
  readonly members_count?: number;
}

/** What changed in the list: new members whole, others by the fields that changed. */
export interface MembersNews {
  readonly seq: number;
  readonly changed: readonly (Partial<Member> & Pick<Member, 'member_id'>)[];
  readonly gone: readonly string[];
  readonly members_count: number;
}

export interface ChatMessage {
  readonly seq: number;
  readonly id: string;
  readonly member_id: string;
  readonly name: string;
  readonly text: string;
  /** Id of another message. */
  readonly reply_to: string | null;
  readonly position_ms: number | null;
  /** Unix ms. */
  readonly sent_at_ms: number;
  readonly deleted?: boolean;
  /** Of the live channel that was on. */
  readonly channel_id?: string;
  /** The moment of its broadcast that the room stood at; Unix ms. */
  readonly programme_ms?: number;
}

export interface WaitingMessage {
  /** Members the party waits for; absent when it waits no more. */
  readonly on?: readonly string[];
  readonly deadline_ms?: number;
}

/** The answer to `party:join`: a snapshot; with `log`, also what happened since the version that was asked for. */
export interface JoinAnswer extends MembersMessage {
  readonly you: You;
  /** Number of the news that `members` has in it. */
  readonly members_seq?: number;
  readonly version: number;
  readonly playback: Playback;
  readonly settings: Settings;
  readonly queue: readonly QueueItem[];
  readonly tracks: Tracks;
  readonly waiting?: WaitingMessage;
  readonly chat: readonly ChatMessage[];
  readonly chat_seq: number;
  readonly log?: readonly StateMessage[];
}
