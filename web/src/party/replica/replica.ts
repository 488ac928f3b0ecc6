/**
 * The party as this client knows it: the pure part. Messages go in, the next party comes out.
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
} from '../messages';

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

export interface PartyReplica {
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
  /** Members the party waits for. */
  readonly waitingOn: readonly string[];
  readonly feed: readonly FeedEntry[];
  readonly chatSeq: number;
}

export interface Outcome {
  readonly party: PartyReplica;
  /** Something before this message never came. */
  readonly gap: boolean;
}

/** The party after an answer to `party:join`; `before` is the party as it was when the connection broke. */
export function joined(before: PartyReplica | null, answer: JoinAnswer, nowMs: number): PartyReplica {
  let party: PartyReplica = before ?? {
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
    if (entry.version > party.version) party = applied(party, entry, nowMs);
  }
  // Events sent while the answer was made may have come first, and be newer.
  if (answer.version >= party.version) {
    const { version, playback, settings, queue, tracks } = answer;
    party = { ...party, version, playback, settings, queue, tracks };
  }
  for (const message of answer.chat) party = withMessage(party, message);
  party = waitingChanged(membersChanged(party, answer, nowMs), answer.waiting ?? {});
  return { ...party, you: answer.you, membersSeq: answer.members_seq ?? 0, chatSeq: Math.max(party.chatSeq, answer.chat_seq) };
}

/** `party:state`: one version further, or nothing, or a gap. */
export function stateChanged(party: PartyReplica, message: StateMessage, nowMs: number): Outcome {
  if (message.version <= party.version) return { party, gap: false };
  if (message.version > party.version + 1) return { party, gap: true };
  return { party: applied(party, message, nowMs), gap: false };
}

/** `chat:message`. A message after a gap is left for the answer to bring, in its place. */
export function chatArrived(party: PartyReplica, message: ChatMessage): Outcome {
  if (message.seq <= party.chatSeq) return { party, gap: false };
  if (message.seq > party.chatSeq + 1) return { party, gap: true };
  return { party: { ...withMessage(party, message), chatSeq: message.seq }, gap: false };
}

export function chatDeleted(party: PartyReplica, messageId: string): PartyReplica {
  const feed = party.feed.map((entry) => (entry.kind === 'chat' && entry.id === messageId ? { ...entry, text: '', deleted: true } : entry));
  return { ...party, feed };
}

/** `party:members`: the next change of the list, or nothing new, or a gap. */
export function newsArrived(party: PartyReplica, news: MembersNews, nowMs: number): Outcome {
  if (news.seq <= party.membersSeq) return { party, gap: false };
  if (news.seq > party.membersSeq + 1) return { party, gap: true };
  const members = new Map(party.members.map((member) => [member.member_id, member]));
  for (const change of news.changed) {
    // Whole for a member who is new; that is the server's promise.
    members.set(change.member_id, { ...members.get(change.member_id), ...change } as Member);
  }
  for (const id of news.gone) members.delete(id);
  const next = membersChanged(party, { members: [...members.values()], members_count: news.members_count }, nowMs);
  return { party: { ...next, membersSeq: news.seq }, gap: false };
}

/** `party:figures`: of those that moved. */
export function figuresArrived(party: PartyReplica, { figures }: FiguresMessage): PartyReplica {
  const known = new Map(party.figures);
  for (const [id, position_ms, drift_ms, rtt_ms, buffer_ms] of figures) known.set(id, { position_ms, drift_ms, rtt_ms, buffer_ms });
  return { ...party, figures: known };
}

/** The whole list; who came and who went is told in the feed. */
export function membersChanged(party: PartyReplica, message: MembersMessage, nowMs: number): PartyReplica {
  const before = new Map(party.members.map((member) => [member.member_id, member]));
  const after = new Map(message.members.map((member) => [member.member_id, member]));
  let next: PartyReplica = { ...party, members: message.members, membersCount: message.members_count ?? message.members.length };
  for (const member of message.members) {
    if (member.connected && !before.get(member.member_id)?.connected) next = withComing(next, 'join', member, nowMs);
  }
  for (const member of party.members) {
    if (member.connected && after.get(member.member_id)?.connected !== true) next = withComing(next, 'leave', member, nowMs);
  }
  const self = after.get(party.you.member_id);
  return self && self.role !== party.you.role ? { ...next, you: { ...next.you, role: self.role } } : next;
}

export function waitingChanged(party: PartyReplica, message: WaitingMessage): PartyReplica {
  return { ...party, waitingOn: message.on ?? [] };
}

function applied(party: PartyReplica, message: StateMessage, nowMs: number): PartyReplica {
  const { version, playback, cause } = message;
  const activity: PartyActivity = {
    kind: 'activity',
    key: `v${version}`,
    at_ms: nowMs,
    what: cause.kind,
    member_id: cause.member_id,
    name: party.members.find((member) => member.member_id === cause.member_id)?.name ?? null,
    position_ms: playback.position_ms,
    rate: playback.rate,
    media: (cause.kind === 'queue.add' ? message.queue?.at(-1)?.media : playback.media) ?? null,
  };
  // A vote to skip that was not enough changes nothing, and the notice with its count tells of it; nor does a "next" that
  // somebody else pressed first.
  const told = GOES_ON.has(cause.kind) && message.queue === undefined ? party : withActivity(party, activity);
  return {
    ...told,
    version,
    playback,
    settings: message.settings ?? party.settings,
    queue: message.queue ?? party.queue,
    tracks: message.tracks ?? party.tracks,
  };
}

function withActivity(party: PartyReplica, activity: PartyActivity): PartyReplica {
  const last = party.feed.at(-1);
  const merges =
    activity.what === 'seek' &&
    last?.kind === 'activity' &&
    last.what === 'seek' &&
    last.member_id === activity.member_id &&
    activity.at_ms - last.at_ms < SEEK_MERGE_MS;
  return withFeed(party, merges ? [...party.feed.slice(0, -1), activity] : [...party.feed, activity]);
}

/** One's own coming is no news to oneself; a quick return takes back the line about the going. */
function withComing(party: PartyReplica, what: 'join' | 'leave', member: Member, nowMs: number): PartyReplica {
  if (member.member_id === party.you.member_id) return party;
  const left = what === 'join' ? party.feed.findLast((entry) => isLeaving(entry, member.member_id)) : undefined;
  if (left?.kind === 'activity' && nowMs - left.at_ms < RETURN_MS) {
    return { ...party, feed: party.feed.filter((entry) => entry !== left) };
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
  return withFeed(party, [...party.feed, activity]);
}

function isLeaving(entry: FeedEntry, memberId: string): boolean {
  return entry.kind === 'activity' && entry.what === 'leave' && entry.member_id === memberId;
}

/** Puts a message in its place by number, once. */
function withMessage(party: PartyReplica, message: ChatMessage): PartyReplica {
  let at = party.feed.length;
  for (let index = party.feed.length - 1; index >= 0; index -= 1) {
    const entry = party.feed[index];
    if (entry?.kind !== 'chat') continue;
    if (entry.seq === message.seq) return party;
    if (entry.seq < message.seq) break;
    at = index;
  }
  const entry: FeedEntry = { ...message, kind: 'chat', key: `c${message.seq}` };
  return withFeed(party, [...party.feed.slice(0, at), entry, ...party.feed.slice(at)]);
}

function withFeed(party: PartyReplica, feed: readonly FeedEntry[]): PartyReplica {
  return { ...party, feed: feed.slice(-FEED_LIMIT) };
}
