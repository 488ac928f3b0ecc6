import { describe, expect, it } from 'vitest';
import { microphoneFault, peopleOf, pushesToTalk, unheard, withNews, type VoicePerson } from './people';

function person(member_id: string, changed: Partial<VoicePerson> = {}): VoicePerson {
  return { member_id, muted: false, may_speak: true, connected: true, speaking: true, level: 0.4, heard_by: 1, loss: 0, ...changed };
}

describe('news', () => {
  it('are taken, and what was missed is noticed', () => {
    const first = withNews(peopleOf([person('a'), person('b')]), { members: [person('c')], gone: ['a'], count: 2 });
    expect([...first.people.keys()]).toEqual(['b', 'c']);
    expect(first.missed).toBe(false);
    expect(withNews(first.people, { members: [], gone: [], count: 3 }).missed).toBe(true);
  });

  it('may name somebody who went and came in one', () => {
    const { people } = withNews(peopleOf([person('a', { muted: false })]), { members: [person('a', { muted: true })], gone: ['a'], count: 1 });
    expect(people.get('a')?.muted).toBe(true);
  });
});

describe('why nobody hears one', () => {
  const other = person('b');
  it.each([
    ['somebody does', person('a'), [other], true, null],
    ['one says nothing', person('a', { level: null }), [other], false, null],
    ['the connection is still being made', person('a', { connected: false }), [other], true, null],
    ['a moderator has muted one', person('a', { may_speak: false }), [other], true, 'not_allowed'],
    ['nobody else is there', person('a', { heard_by: 0 }), [], true, 'alone'],
    ['the other one has no sound yet', person('a'), [person('b', { connected: false })], true, 'alone'],
    ['nothing arrives', person('a', { level: null, heard_by: 0, speaking: false }), [other], true, 'not_arriving'],
    ['three others speak', person('a', { heard_by: 0 }), [other], true, 'crowded'],
    ['much gets lost', person('a', { loss: 30 }), [other], true, 'lossy'],
    ['the server does not know yet', person('a', { muted: true, level: null }), [other], true, null],
  ] as const)('%s', (_, own, others, talking, why) => {
    expect(unheard(peopleOf([own, ...others]), 'a', talking)).toBe(why);
  });
});

it.each([
  ['auto', 4, false],
  ['auto', 5, true],
  ['open', 50, false],
  ['push', 1, true],
] as const)('mode %s with %i in voice: push to talk is %s', (mode, count, pushes) => {
  expect(pushesToTalk(mode, count, 4)).toBe(pushes);
});

it.each([
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
  ['NotAllowedError', 'denied'],
  ['TypeError', 'insecure'],
])('%s of the microphone', (name, fault) => {
  expect(microphoneFault(Object.assign(new Error('no'), { name }))).toBe(fault);
});
