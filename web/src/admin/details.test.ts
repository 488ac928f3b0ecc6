import { expect, it } from 'vitest';
import { eventWords, linesOf, peopleOf } from './details';

const ID = '01a20000-0000-7000-8000-000000000000';

it('puts before and after on one line', () => {
  expect(linesOf({ user_id: ID, before: 'user', after: 'admin' })).toEqual([
    { name: 'user id', before: null, after: ID, id: ID },
    { name: '', before: 'user', after: 'admin', id: null },
  ]);
});

it('shows what a change changed, field by field', () => {
  const changes = { name: [{ main: 'Old' }, { main: 'New', english: '' }], genres: [[], ['drama', 'music']], year: [null, 0] };
  expect(linesOf({ changes })).toEqual([
    { name: 'name', before: 'main: Old', after: 'main: New; english: –', id: null },
    { name: 'genres', before: '–', after: 'drama, music', id: null },
    { name: 'year', before: '–', after: '0', id: null },
  ]);
});

it('never trips over what it does not know', () => {
  expect(linesOf({ changes: 'x', before: false, nested: { a: [1, { b: null }] } })).toEqual([
    { name: 'changes', before: null, after: 'x', id: null },
    { name: 'before', before: null, after: 'false', id: null },
    { name: 'nested', before: null, after: 'a: 1, b: –', id: null },
  ]);
});

it('makes words of event names', () => {
  expect(eventWords('RoleChanged')).toBe('Role changed');
  expect(eventWords('EpisodeHLS2Ready')).toBe('Episode hls2 ready');
});

it('finds the people a field names, and nothing else that has an id', () => {
  const session = ID.replace('2', '3');
  const details = { user_id: ID, session_id: session, address: '10.0.0.1', from_id: null, author_id: 'somebody' };
  expect(peopleOf(details)).toEqual([ID]);
});
