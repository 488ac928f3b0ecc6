/**
 * The room as this client knows it: the pure part. Messages go in, the next room comes out.
 *
 * Versions and chat numbers only grow. What was had before changes nothing; a number that skips one means that
 * something is missing, and the caller asks for it (`party:join` with `since` and `chat_since`).
 */
import type {
  ChatMessage,
  FiguresMessage,
  JoinAnswer,
  Member,
  MemberFigures,
  MembersMessage,
  MembersNews,
  Playback,
  QueueItem,
  Settings,
  StateMessage,
  Tracks,
  WaitingMessage,
  You,
} from './wire';

/** Messages and activities kept; older ones are gone from the screen for good. */
export const FEED_LIMIT = 500;

/** Seeks of one person within this time are one search for a place, and one line. */
const SEEK_MERGE_MS = 4_000;

/** Causes that take something off the queue, if they change anything. */
const GOES_ON: ReadonlySet<string> = new Set(['next', 'skip']);

/** A reload, a tunnel or a restart of the server: nobody has left in this time. */
const RETURN_MS = 20_000;

export interface PartyActivity {
  readonly kind: 'activity';
  readonly key: string;
  /** Unix ms by this client's clock. */
  readonly at_ms: number;
  readonly what: string;
  readonly member_id: string | null;
  readonly name: string | null;
  readonly position_ms: number;
  readonly rate: number;
  /** What it was about, if it was about an episode. */
  readonly media: Playback['media'];
}

export type FeedEntry = (ChatMessage & { readonly kind: 'chat'; readonly key: string }) | PartyActivity;

export interface Room {
  readonly you: You;
  readonly version: number;
  readonly playback: Playback;
  readonly settings: Settings;
  /** What is watched next. */
  readonly queue: readonly QueueItem[];
  readonly tracks: Tracks;
  readonly members: readonly Member[];
  readonly membersCount: number;
  /** Number of the last news of the list, on this connection. */
  readonly membersSeq: number;
  /** What players last reported, while somebody looks. */
  readonly figures: ReadonlyMap<string, MemberFigures>;
  /** Members the room waits for. */
  readonly waitingOn: readonly string[];
  readonly feed: readonly FeedEntry[];
  readonly chatSeq: number;
}

export interface Outcome {
  readonly room: Room;
  /** Something before this message never came. */
  readonly gap: boolean;
}

/** The room after an answer to `party:join`; `before` is the room as it was when the connection broke. */
export function joined(before: Room | null, answer: JoinAnswer, nowMs: number): Room {
  let room: Room = before ?? {
    you: answer.you,
    version: answer.version,
    playback: answer.playback,
    settings: answer.settings,
    queue: answer.queue,
    tracks: answer.tracks,
    members: answer.members,
    membersCount: answer.members_count ?? answer.members.length,
    membersSeq: 0,
    figures: new Map(),
    waitingOn: [],
    feed: [],
    chatSeq: 0,
  };
  for (const entry of answer.log ?? []) {
    if (entry.version > room.version) room = applied(room, entry, nowMs);
  }
  // Events sent while the answer was made may have come first, and be newer.
  if (answer.version >= room.version) {
    const { version, playback, settings, queue, tracks } = answer;
    room = { ...room, version, playback, settings, queue, tracks };
  }
  for (const message of answer.chat) room = withMessage(room, message);
  room = waitingChanged(membersChanged(room, answer, nowMs), answer.waiting ?? {});
  return { ...room, you: answer.you, membersSeq: answer.members_seq ?? 0, chatSeq: Math.max(room.chatSeq, answer.chat_seq) };
}

/** `party:state`: one version further, or nothing, or a gap. */
export function stateChanged(room: Room, message: StateMessage, nowMs: number): Outcome {
  if (message.version <= room.version) return { room, gap: false };
  if (message.version > room.version + 1) return { room, gap: true };
  return { room: applied(room, message, nowMs), gap: false };
}

/** `chat:message`. A message after a gap is left for the answer to bring, in its place. */
export function chatArrived(room: Room, message: ChatMessage): Outcome {
  if (message.seq <= room.chatSeq) return { room, gap: false };
  if (message.seq > room.chatSeq + 1) return { room, gap: true };
  return { room: { ...withMessage(room, message), chatSeq: message.seq }, gap: false };
}

export function chatDeleted(room: Room, messageId: string): Room {
  const feed = room.feed.map((entry) => (entry.kind === 'chat' && entry.id === messageId ? { ...entry, text: '', deleted: true } : entry));
  return { ...room, feed };
}

/** `party:members`: the next change of the list, or nothing new, or a gap. */
export function newsArrived(room: Room, news: MembersNews, nowMs: number): Outcome {
  if (news.seq <= room.membersSeq) return { room, gap: false };
  if (news.seq > room.membersSeq + 1) return { room, gap: true };
  const members = new Map(room.members.map((member) => [member.member_id, member]));
  for (const change of news.changed) {
    // Whole for a member who is new; that is the server's promise.
    members.set(change.member_id, { ...members.get(change.member_id), ...change } as Member);
  }
  for (const id of news.gone) members.delete(id);
  const next = membersChanged(room, { members: [...members.values()], members_count: news.members_count }, nowMs);
  return { room: { ...next, membersSeq: news.seq }, gap: false };
}

/** `party:figures`: of those that moved. */
export function figuresArrived(room: Room, { figures }: FiguresMessage): Room {
  const known = new Map(room.figures);
  for (const [id, position_ms, drift_ms, rtt_ms, buffer_ms] of figures) known.set(id, { position_ms, drift_ms, rtt_ms, buffer_ms });
  return { ...room, figures: known };
}

/** The whole list; who came and who went is told in the feed. */
export function membersChanged(room: Room, message: MembersMessage, nowMs: number): Room {
  const before = new Map(room.members.map((member) => [member.member_id, member]));
  const after = new Map(message.members.map((member) => [member.member_id, member]));
  let next: Room = { ...room, members: message.members, membersCount: message.members_count ?? message.members.length };
  for (const member of message.members) {
    if (member.connected && !before.get(member.member_id)?.connected) next = withComing(next, 'join', member, nowMs);
  }
  for (const member of room.members) {
    if (member.connected && after.get(member.member_id)?.connected !== true) next = withComing(next, 'leave', member, nowMs);
  }
  const self = after.get(room.you.member_id);
  return self && self.role !== room.you.role ? { ...next, you: { ...next.you, role: self.role } } : next;
}

export function waitingChanged(room: Room, message: WaitingMessage): Room {
  return { ...room, waitingOn: message.on ?? [] };
}

function applied(room: Room, message: StateMessage, nowMs: number): Room {
  const { version, playback, cause } = message;
  const activity: PartyActivity = {
    kind: 'activity',
    key: `v${version}`,
    at_ms: nowMs,
    what: cause.kind,
    member_id: cause.member_id,
    name: room.members.find((member) => member.member_id === cause.member_id)?.name ?? null,
    position_ms: playback.position_ms,
    rate: playback.rate,
    media: (cause.kind === 'queue.add' ? message.queue?.at(-1)?.media : playback.media) ?? null,
  };
  // A vote to skip that was not enough changes nothing, and the notice with its count tells of it; nor does a "next" that
  // somebody else pressed first.
  const told = GOES_ON.has(cause.kind) && message.queue === undefined ? room : withActivity(room, activity);
  return {
    ...told,
    version,
    playback,
    settings: message.settings ?? room.settings,
    queue: message.queue ?? room.queue,
    tracks: message.tracks ?? room.tracks,
  };
}

function withActivity(room: Room, activity: PartyActivity): Room {
  const last = room.feed.at(-1);
  const merges =
    activity.what === 'seek' &&
    last?.kind === 'activity' &&
    last.what === 'seek' &&
    last.member_id === activity.member_id &&
    activity.at_ms - last.at_ms < SEEK_MERGE_MS;
  return withFeed(room, merges ? [...room.feed.slice(0, -1), activity] : [...room.feed, activity]);
}

/** One's own coming is no news to oneself; a quick return takes back the line about the going. */
function withComing(room: Room, what: 'join' | 'leave', member: Member, nowMs: number): Room {
  if (member.member_id === room.you.member_id) return room;
  const left = what === 'join' ? room.feed.findLast((entry) => isLeaving(entry, member.member_id)) : undefined;
  if (left?.kind === 'activity' && nowMs - left.at_ms < RETURN_MS) {
    return { ...room, feed: room.feed.filter((entry) => entry !== left) };
  }
  const activity: PartyActivity = {
    kind: 'activity',
    key: `${what}-${member.member_id}-${nowMs}`,
    at_ms: nowMs,
    what,
    member_id: member.member_id,
    name: member.name,
    position_ms: 0,
    rate: 1,
    media: null,
  };
  return withFeed(room, [...room.feed, activity]);
}

function isLeaving(entry: FeedEntry, memberId: string): boolean {
  return entry.kind === 'activity' && entry.what === 'leave' && entry.member_id === memberId;
}

/** Puts a message in its place by number, once. */
function withMessage(room: Room, message: ChatMessage): Room {
  let at = room.feed.length;
  for (let index = room.feed.length - 1; index >= 0; index -= 1) {
    const entry = room.feed[index];
    if (entry?.kind !== 'chat') continue;
    if (entry.seq === message.seq) return room;
    if (entry.seq < message.seq) break;
    at = index;
  }
  const entry: FeedEntry = { ...message, kind: 'chat', key: `c${message.seq}` };
  return withFeed(room, [...room.feed.slice(0, at), entry, ...room.feed.slice(at)]);
}

function withFeed(room: Room, feed: readonly FeedEntry[]): Room {
  return { ...room, feed: feed.slice(-FEED_LIMIT) };
}
