import { describe, expect, it } from 'vitest';
import {
  chatArrived,
  chatDeleted,
  FEED_LIMIT,
  figuresArrived,
  joined,
  membersChanged,
  newsArrived,
  stateChanged,
  waitingChanged,
  type FeedEntry,
  type Room,
} from './room';
import type { ChatMessage, JoinAnswer, Member, MembersNews, Playback, Settings, StateMessage } from './wire';

const NOW = 1_700_000_000_000;

function member(id: string, changes: Partial<Member> = {}): Member {
  return {
    member_id: id,
    user_id: null,
    name: id.toUpperCase(),
    role: 'member',
    connected: true,
    state: 'paused',
    joined_at_ms: 0,
    excused: false,
    ...changes,
  };
}

function playback(changes: Partial<Playback> = {}): Playback {
  return { media: { episode_id: 'e', title: 'Film', duration_ms: 60_000 }, position_ms: 0, rate: 1, paused: true, anchor_ms: 0, ...changes };
}

const settings: Settings = {
  title: 'Friday',
  control: 'everyone',
  access: 'unlisted',
  needs_password: false,
  capacity: 50,
  wait: 'off',
  autoplay: true,
};

function answer(changes: Partial<JoinAnswer> = {}): JoinAnswer {
  return {
    you: { member_id: 'me', name: 'ME', role: 'member' },
    version: 3,
    playback: playback(),
    settings,
    queue: [],
    tracks: { audio: '', subtitles: '' },
    members: [member('me'), member('anna')],
    members_count: 2,
    chat: [],
    chat_seq: 0,
    ...changes,
  };
}

function state(version: number, kind: string, by: string | null, changes: Partial<Playback> = {}): StateMessage {
  return { version, playback: playback(changes), cause: { member_id: by, kind, command_id: null } };
}

function said(seq: number, text = `message ${seq}`): ChatMessage {
  return { seq, id: `m${seq}`, member_id: 'anna', name: 'ANNA', text, reply_to: null, position_ms: 0, sent_at_ms: NOW + seq };
}

function entered(changes: Partial<JoinAnswer> = {}): Room {
  return joined(null, answer(changes), NOW);
}

function told(room: Room): string[] {
  return room.feed.map((entry: FeedEntry) => (entry.kind === 'chat' ? entry.text : `${entry.name ?? '?'} ${entry.what}`));
}

describe('joining', () => {
  it('takes the snapshot as it is and tells nothing about those who were there', () => {
    const room = entered({ chat: [said(1), said(2)], chat_seq: 2 });
    expect(room.version).toBe(3);
    expect(room.chatSeq).toBe(2);
    expect(told(room)).toEqual(['message 1', 'message 2']);
  });
});

describe('party:state', () => {
  it('goes one version further and says who did what', () => {
    const { room, gap } = stateChanged(entered(), state(4, 'pause', 'anna', { position_ms: 723_000 }), NOW);
    expect(gap).toBe(false);
    expect(room.version).toBe(4);
    expect(room.feed.at(-1)).toMatchObject({ what: 'pause', name: 'ANNA', position_ms: 723_000 });
  });

  it.each([3, 2, 0])('drops version %s, which it has passed', (version) => {
    const before = entered();
    expect(stateChanged(before, state(version, 'play', 'anna', { paused: false }), NOW)).toEqual({ room: before, gap: false });
  });

  it('drops the same version the second time', () => {
    const once = stateChanged(entered(), state(4, 'play', 'anna'), NOW).room;
    expect(stateChanged(once, state(4, 'play', 'anna'), NOW).room).toBe(once);
  });

  it('sees a gap and changes nothing until the log has come', () => {
    const before = entered();
    expect(stateChanged(before, state(6, 'play', 'anna'), NOW)).toEqual({ room: before, gap: true });
  });

  it('takes new settings and keeps the old ones otherwise', () => {
    const message = { ...state(4, 'settings', 'anna'), settings: { ...settings, control: 'host' as const } };
    const room = stateChanged(entered(), message, NOW).room;
    expect(room.settings.control).toBe('host');
    expect(stateChanged(room, state(5, 'play', 'anna'), NOW).room.settings.control).toBe('host');
  });

  it('keeps the queue and the tracks until a version changes them', () => {
    const item = { item_id: 'anna:1', media: { episode_id: 'e2', title: 'Second', duration_ms: 1_000 }, added_by: 'anna', votes: 0 };
    const added = stateChanged(entered(), { ...state(4, 'queue.add', 'anna'), queue: [item] }, NOW).room;
    expect(added.feed.at(-1)).toMatchObject({ what: 'queue.add', name: 'ANNA', media: { episode_id: 'e2', title: 'Second' } });
    const chosen = stateChanged(added, { ...state(5, 'tracks', 'anna'), tracks: { audio: 'ja', subtitles: 'off' } }, NOW).room;
    expect(chosen.queue).toEqual([item]);
    const next = stateChanged(chosen, { ...state(6, 'next', 'anna'), queue: [] }, NOW).room;
    expect(next.queue).toEqual([]);
    expect(next.tracks).toEqual({ audio: 'ja', subtitles: 'off' });
  });

  it('has no line for a vote to skip that was not enough', () => {
    const room = stateChanged(entered(), state(4, 'skip', 'anna'), NOW).room;
    expect(told(room)).toEqual([]);
    expect(told(stateChanged(room, { ...state(5, 'skip', 'me'), queue: [] }, NOW).room)).toEqual(['ME skip']);
  });

  it('tells a search for a place as one line', () => {
    let room = entered();
    room = stateChanged(room, state(4, 'seek', 'anna', { position_ms: 1_000 }), NOW).room;
    room = stateChanged(room, state(5, 'seek', 'anna', { position_ms: 2_000 }), NOW + 1_000).room;
    room = stateChanged(room, state(6, 'seek', 'me', { position_ms: 3_000 }), NOW + 2_000).room;
    room = stateChanged(room, state(7, 'seek', 'me', { position_ms: 4_000 }), NOW + 60_000).room;
    expect(room.feed.map((entry) => entry.position_ms)).toEqual([2_000, 3_000, 4_000]);
  });
});

describe('coming back after a lost connection', () => {
  const before = stateChanged(entered({ chat: [said(1)], chat_seq: 1 }), state(4, 'play', 'anna'), NOW).room;

  it('applies the log after its own version, without losses or doubles', () => {
    const log = [state(4, 'play', 'anna'), state(5, 'pause', 'anna'), state(6, 'seek', 'me')];
    const room = joined(before, answer({ version: 6, log, chat: [said(1), said(2), said(3)], chat_seq: 3 }), NOW);
    expect(room.version).toBe(6);
    expect(told(room)).toEqual(['message 1', 'ANNA play', 'ANNA pause', 'ME seek', 'message 2', 'message 3']);
  });

  it('keeps what arrived by itself while the answer was on its way', () => {
    const ahead = stateChanged(stateChanged(before, state(5, 'pause', 'anna'), NOW).room, state(6, 'play', 'anna', { rate: 2 }), NOW).room;
    const room = joined(ahead, answer({ version: 5, log: [state(5, 'pause', 'anna')], playback: playback() }), NOW);
    expect(room.version).toBe(6);
    expect(room.playback.rate).toBe(2);
    expect(told(room).filter((line) => line === 'ANNA pause')).toHaveLength(1);
  });

  it('takes a snapshot where the log no longer reaches back, and keeps the chat it has', () => {
    const room = joined(before, answer({ version: 900, chat: [said(40), said(41)], chat_seq: 41 }), NOW);
    expect(room.version).toBe(900);
    expect(told(room)).toEqual(['message 1', 'ANNA play', 'message 40', 'message 41']);
  });
});

describe('chat', () => {
  it('takes messages in order, once', () => {
    let room = entered();
    for (const seq of [1, 2, 2, 1, 3]) room = chatArrived(room, said(seq)).room;
    expect(told(room)).toEqual(['message 1', 'message 2', 'message 3']);
  });

  it('asks for what is missing and then has all, in order', () => {
    const one = chatArrived(entered(), said(1)).room;
    const { room, gap } = chatArrived(one, said(4));
    expect([room, gap]).toEqual([one, true]);
    const whole = joined(room, answer({ log: [], chat: [said(2), said(3), said(4)], chat_seq: 4 }), NOW);
    expect(told(whole)).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
    expect(chatArrived(whole, said(5)).gap).toBe(false);
  });

  it('keeps hostile text as it is', () => {
    const text = '<img src=x onerror=alert(1)> {{7*7}} \u202Ertl 🤖';
    expect(told(chatArrived(entered(), said(1, text)).room)).toEqual([text]);
  });

  it('empties deleted messages', () => {
    const room = chatDeleted(chatArrived(entered(), said(1)).room, 'm1');
    expect(room.feed[0]).toMatchObject({ text: '', deleted: true });
  });

  it('forgets the oldest beyond the limit', () => {
    let room = entered();
    for (let seq = 1; seq <= FEED_LIMIT + 5; seq += 1) room = chatArrived(room, said(seq)).room;
    expect(room.feed).toHaveLength(FEED_LIMIT);
    expect(told(room)[0]).toBe('message 6');
  });
});

describe('party:members', () => {
  it('tells who came and who went, but not about oneself', () => {
    let room = entered();
    room = membersChanged(room, { members: [member('me'), member('anna'), member('boris')] }, NOW);
    room = membersChanged(room, { members: [member('me'), member('anna', { connected: false }), member('boris')] }, NOW);
    expect(told(room)).toEqual(['BORIS join', 'ANNA leave']);
  });

  it('takes quick returns back, also when all went at once', () => {
    const everyone = [member('me'), member('anna'), member('boris')];
    let room = entered({ members: everyone });
    const gone = everyone.map((person) => ({ ...person, connected: person.member_id === 'me' }));
    room = membersChanged(room, { members: gone }, NOW);
    expect(told(room)).toEqual(['ANNA leave', 'BORIS leave']);
    room = membersChanged(room, { members: everyone }, NOW + 5_000);
    expect(told(room)).toEqual([]);
  });

  it('tells of a return after a while', () => {
    let room = entered();
    room = membersChanged(room, { members: [member('me'), member('anna', { connected: false })] }, NOW);
    room = membersChanged(room, { members: [member('me'), member('anna')] }, NOW + 60_000);
    expect(told(room)).toEqual(['ANNA leave', 'ANNA join']);
  });

  it('keeps one’s own role up to date', () => {
    const room = membersChanged(entered(), { members: [member('me', { role: 'cohost' })] }, NOW);
    expect(room.you.role).toBe('cohost');
  });
});

describe('news of the members', () => {
  const news = (seq: number, changes: Partial<MembersNews> = {}): MembersNews => ({ seq, changed: [], gone: [], members_count: 2, ...changes });

  it('changes the fields it names, adds and removes, and tells of it in the feed', () => {
    let room = entered({ members_seq: 7 });
    ({ room } = newsArrived(room, news(8, { changed: [member('boris')], members_count: 3 }), NOW));
    ({ room } = newsArrived(room, news(9, { changed: [{ member_id: 'anna', state: 'stalled' }], members_count: 3 }), NOW));
    expect(room.members.find(({ member_id }) => member_id === 'anna')).toEqual({ ...member('anna'), state: 'stalled' });
    ({ room } = newsArrived(room, news(10, { changed: [{ member_id: 'anna', connected: false }], gone: ['boris'], members_count: 1 }), NOW));
    expect(room.members.map(({ member_id }) => member_id)).toEqual(['me', 'anna']);
    expect(room.membersCount).toBe(1);
    expect(told(room)).toEqual(['BORIS join', 'ANNA leave', 'BORIS leave']);
  });

  it('drops what was had, and sees a gap', () => {
    const room = entered({ members_seq: 7 });
    expect(newsArrived(room, news(7, { gone: ['anna'] }), NOW)).toEqual({ room, gap: false });
    expect(newsArrived(room, news(9, { gone: ['anna'] }), NOW)).toEqual({ room, gap: true });
  });

  it('starts over with the numbers of the next connection', () => {
    const { room } = newsArrived(entered({ members_seq: 40 }), news(41), NOW);
    expect(joined(room, answer({ members_seq: 2 }), NOW).membersSeq).toBe(2);
  });

  it('changes one’s own role', () => {
    const { room } = newsArrived(entered({ members_seq: 0 }), news(1, { changed: [{ member_id: 'me', role: 'cohost' }] }), NOW);
    expect(room.you.role).toBe('cohost');
  });
});

describe('party:figures', () => {
  it('keeps those of the others while some move', () => {
    let room = figuresArrived(entered(), { figures: [['me', 1, 2, null, 3], ['anna', 4, 5, 6, 7]] });
    room = figuresArrived(room, { figures: [['me', 9, 0, 20, 3]] });
    expect(room.figures.get('me')).toEqual({ position_ms: 9, drift_ms: 0, rtt_ms: 20, buffer_ms: 3 });
    expect(room.figures.get('anna')?.drift_ms).toBe(5);
  });
});

describe('party:waiting', () => {
  it('names those the room waits for, and nobody after', () => {
    const room = waitingChanged(entered(), { on: ['anna'], deadline_ms: 5 });
    expect(room.waitingOn).toEqual(['anna']);
    expect(waitingChanged(room, {}).waitingOn).toEqual([]);
  });
});
