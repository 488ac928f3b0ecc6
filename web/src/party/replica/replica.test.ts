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
  type PartyReplica,
} from './replica';
import type { ChatMessage, JoinAnswer, Member, MembersNews, Playback, Settings, StateMessage } from '../messages';

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

function entered(changes: Partial<JoinAnswer> = {}): PartyReplica {
  return joined(null, answer(changes), NOW);
}

function told(party: PartyReplica): string[] {
  return party.feed.map((entry: FeedEntry) => (entry.kind === 'chat' ? entry.text : `${entry.name ?? '?'} ${entry.what}`));
}

describe('joining', () => {
  it('takes the snapshot as it is and tells nothing about those who were there', () => {
    const party = entered({ chat: [said(1), said(2)], chat_seq: 2 });
    expect(party.version).toBe(3);
    expect(party.chatSeq).toBe(2);
    expect(told(party)).toEqual(['message 1', 'message 2']);
  });
});

describe('party:state', () => {
  it('goes one version further and says who did what', () => {
    const { party, gap } = stateChanged(entered(), state(4, 'pause', 'anna', { position_ms: 723_000 }), NOW);
    expect(gap).toBe(false);
    expect(party.version).toBe(4);
    expect(party.feed.at(-1)).toMatchObject({ what: 'pause', name: 'ANNA', position_ms: 723_000 });
  });

  it.each([3, 2, 0])('drops version %s, which it has passed', (version) => {
    const before = entered();
    expect(stateChanged(before, state(version, 'play', 'anna', { paused: false }), NOW)).toEqual({ party: before, gap: false });
  });

  it('drops the same version the second time', () => {
    const once = stateChanged(entered(), state(4, 'play', 'anna'), NOW).party;
    expect(stateChanged(once, state(4, 'play', 'anna'), NOW).party).toBe(once);
  });

  it('sees a gap and changes nothing until the log has come', () => {
    const before = entered();
    expect(stateChanged(before, state(6, 'play', 'anna'), NOW)).toEqual({ party: before, gap: true });
  });

  it('takes new settings and keeps the old ones otherwise', () => {
    const message = { ...state(4, 'settings', 'anna'), settings: { ...settings, control: 'host' as const } };
    const party = stateChanged(entered(), message, NOW).party;
    expect(party.settings.control).toBe('host');
    expect(stateChanged(party, state(5, 'play', 'anna'), NOW).party.settings.control).toBe('host');
  });

  it('keeps the queue and the tracks until a version changes them', () => {
    const item = { item_id: 'anna:1', media: { episode_id: 'e2', title: 'Second', duration_ms: 1_000 }, added_by: 'anna', votes: 0 };
    const added = stateChanged(entered(), { ...state(4, 'queue.add', 'anna'), queue: [item] }, NOW).party;
    expect(added.feed.at(-1)).toMatchObject({ what: 'queue.add', name: 'ANNA', media: { episode_id: 'e2', title: 'Second' } });
    const chosen = stateChanged(added, { ...state(5, 'tracks', 'anna'), tracks: { audio: 'ja', subtitles: 'off' } }, NOW).party;
    expect(chosen.queue).toEqual([item]);
    const next = stateChanged(chosen, { ...state(6, 'next', 'anna'), queue: [] }, NOW).party;
    expect(next.queue).toEqual([]);
    expect(next.tracks).toEqual({ audio: 'ja', subtitles: 'off' });
  });

  it('has no line for a vote to skip that was not enough', () => {
    const party = stateChanged(entered(), state(4, 'skip', 'anna'), NOW).party;
    expect(told(party)).toEqual([]);
    expect(told(stateChanged(party, { ...state(5, 'skip', 'me'), queue: [] }, NOW).party)).toEqual(['ME skip']);
  });

  it('tells a search for a place as one line', () => {
    let party = entered();
    party = stateChanged(party, state(4, 'seek', 'anna', { position_ms: 1_000 }), NOW).party;
    party = stateChanged(party, state(5, 'seek', 'anna', { position_ms: 2_000 }), NOW + 1_000).party;
    party = stateChanged(party, state(6, 'seek', 'me', { position_ms: 3_000 }), NOW + 2_000).party;
    party = stateChanged(party, state(7, 'seek', 'me', { position_ms: 4_000 }), NOW + 60_000).party;
    expect(party.feed.map((entry) => entry.position_ms)).toEqual([2_000, 3_000, 4_000]);
  });
});

describe('coming back after a lost connection', () => {
  const before = stateChanged(entered({ chat: [said(1)], chat_seq: 1 }), state(4, 'play', 'anna'), NOW).party;

  it('applies the log after its own version, without losses or doubles', () => {
    const log = [state(4, 'play', 'anna'), state(5, 'pause', 'anna'), state(6, 'seek', 'me')];
    const party = joined(before, answer({ version: 6, log, chat: [said(1), said(2), said(3)], chat_seq: 3 }), NOW);
    expect(party.version).toBe(6);
    expect(told(party)).toEqual(['message 1', 'ANNA play', 'ANNA pause', 'ME seek', 'message 2', 'message 3']);
  });

  it('keeps what arrived by itself while the answer was on its way', () => {
    const ahead = stateChanged(stateChanged(before, state(5, 'pause', 'anna'), NOW).party, state(6, 'play', 'anna', { rate: 2 }), NOW).party;
    const party = joined(ahead, answer({ version: 5, log: [state(5, 'pause', 'anna')], playback: playback() }), NOW);
    expect(party.version).toBe(6);
    expect(party.playback.rate).toBe(2);
    expect(told(party).filter((line) => line === 'ANNA pause')).toHaveLength(1);
  });

  it('takes a snapshot where the log no longer reaches back, and keeps the chat it has', () => {
    const party = joined(before, answer({ version: 900, chat: [said(40), said(41)], chat_seq: 41 }), NOW);
    expect(party.version).toBe(900);
    expect(told(party)).toEqual(['message 1', 'ANNA play', 'message 40', 'message 41']);
  });
});

describe('chat', () => {
  it('takes messages in order, once', () => {
    let party = entered();
    for (const seq of [1, 2, 2, 1, 3]) party = chatArrived(party, said(seq)).party;
    expect(told(party)).toEqual(['message 1', 'message 2', 'message 3']);
  });

  it('asks for what is missing and then has all, in order', () => {
    const one = chatArrived(entered(), said(1)).party;
    const { party, gap } = chatArrived(one, said(4));
    expect([party, gap]).toEqual([one, true]);
    const whole = joined(party, answer({ log: [], chat: [said(2), said(3), said(4)], chat_seq: 4 }), NOW);
    expect(told(whole)).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
    expect(chatArrived(whole, said(5)).gap).toBe(false);
  });

  it('keeps hostile text as it is', () => {
    const text = '<img src=x onerror=alert(1)> {{7*7}} \u202Ertl 🤖';
    expect(told(chatArrived(entered(), said(1, text)).party)).toEqual([text]);
  });

  it('empties deleted messages', () => {
    const party = chatDeleted(chatArrived(entered(), said(1)).party, 'm1');
    expect(party.feed[0]).toMatchObject({ text: '', deleted: true });
  });

  it('forgets the oldest beyond the limit', () => {
    let party = entered();
    for (let seq = 1; seq <= FEED_LIMIT + 5; seq += 1) party = chatArrived(party, said(seq)).party;
    expect(party.feed).toHaveLength(FEED_LIMIT);
    expect(told(party)[0]).toBe('message 6');
  });
});

describe('party:members', () => {
  it('tells who came and who went, but not about oneself', () => {
    let party = entered();
    party = membersChanged(party, { members: [member('me'), member('anna'), member('boris')] }, NOW);
    party = membersChanged(party, { members: [member('me'), member('anna', { connected: false }), member('boris')] }, NOW);
    expect(told(party)).toEqual(['BORIS join', 'ANNA leave']);
  });

  it('takes quick returns back, also when all went at once', () => {
    const everyone = [member('me'), member('anna'), member('boris')];
    let party = entered({ members: everyone });
    const gone = everyone.map((person) => ({ ...person, connected: person.member_id === 'me' }));
    party = membersChanged(party, { members: gone }, NOW);
    expect(told(party)).toEqual(['ANNA leave', 'BORIS leave']);
    party = membersChanged(party, { members: everyone }, NOW + 5_000);
    expect(told(party)).toEqual([]);
  });

  it('tells of a return after a while', () => {
    let party = entered();
    party = membersChanged(party, { members: [member('me'), member('anna', { connected: false })] }, NOW);
    party = membersChanged(party, { members: [member('me'), member('anna')] }, NOW + 60_000);
    expect(told(party)).toEqual(['ANNA leave', 'ANNA join']);
  });

  it('keeps one’s own role up to date', () => {
    const party = membersChanged(entered(), { members: [member('me', { role: 'cohost' })] }, NOW);
    expect(party.you.role).toBe('cohost');
  });
});

describe('news of the members', () => {
  const news = (seq: number, changes: Partial<MembersNews> = {}): MembersNews => ({ seq, changed: [], gone: [], members_count: 2, ...changes });

  it('changes the fields it names, adds and removes, and tells of it in the feed', () => {
    let party = entered({ members_seq: 7 });
    ({ party } = newsArrived(party, news(8, { changed: [member('boris')], members_count: 3 }), NOW));
    ({ party } = newsArrived(party, news(9, { changed: [{ member_id: 'anna', state: 'stalled' }], members_count: 3 }), NOW));
    expect(party.members.find(({ member_id }) => member_id === 'anna')).toEqual({ ...member('anna'), state: 'stalled' });
    ({ party } = newsArrived(party, news(10, { changed: [{ member_id: 'anna', connected: false }], gone: ['boris'], members_count: 1 }), NOW));
    expect(party.members.map(({ member_id }) => member_id)).toEqual(['me', 'anna']);
    expect(party.membersCount).toBe(1);
    expect(told(party)).toEqual(['BORIS join', 'ANNA leave', 'BORIS leave']);
  });

  it('drops what was had, and sees a gap', () => {
    const party = entered({ members_seq: 7 });
    expect(newsArrived(party, news(7, { gone: ['anna'] }), NOW)).toEqual({ party, gap: false });
    expect(newsArrived(party, news(9, { gone: ['anna'] }), NOW)).toEqual({ party, gap: true });
  });

  it('starts over with the numbers of the next connection', () => {
    const { party } = newsArrived(entered({ members_seq: 40 }), news(41), NOW);
    expect(joined(party, answer({ members_seq: 2 }), NOW).membersSeq).toBe(2);
  });

  it('changes one’s own role', () => {
    const { party } = newsArrived(entered({ members_seq: 0 }), news(1, { changed: [{ member_id: 'me', role: 'cohost' }] }), NOW);
    expect(party.you.role).toBe('cohost');
  });
});

describe('party:figures', () => {
  it('keeps those of the others while some move', () => {
    let party = figuresArrived(entered(), { figures: [['me', 1, 2, null, 3], ['anna', 4, 5, 6, 7]] });
    party = figuresArrived(party, { figures: [['me', 9, 0, 20, 3]] });
    expect(party.figures.get('me')).toEqual({ position_ms: 9, drift_ms: 0, rtt_ms: 20, buffer_ms: 3 });
    expect(party.figures.get('anna')?.drift_ms).toBe(5);
  });
});

describe('party:waiting', () => {
  it('names those the party waits for, and nobody after', () => {
    const party = waitingChanged(entered(), { on: ['anna'], deadline_ms: 5 });
    expect(party.waitingOn).toEqual(['anna']);
    expect(waitingChanged(party, {}).waitingOn).toEqual([]);
  });
});
