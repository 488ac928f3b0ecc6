import { describe, expect, it } from 'vitest';
import type { Place, TeamMember } from '../api/teams';
import { mayGrant, mayManage, slugOf } from './permissions';

const moderator: Place = { is_member: true, position: 'moderator', permissions: ['manage_members', 'invite'], effective: [] };

function member(position: TeamMember['position']): TeamMember {
  return { user_id: '1', nickname: 'Anna', avatar_url: null, position, roles: [], version: 1, joined_at: '2026-01-01T00:00:00Z' };
}

describe('standing', () => {
  it('reaches below one’s own level only', () => {
    expect(mayManage(moderator, member('editor'))).toBe(true);
    expect(mayManage(moderator, member('moderator'))).toBe(false);
    expect(mayManage({ ...moderator, permissions: ['invite'] }, member('user'))).toBe(false);
    expect(mayManage(null, member('user'))).toBe(false);
  });

  it('gives nothing one does not have', () => {
    expect(mayGrant(moderator, { level: 'editor', permissions: ['invite'] })).toBe(true);
    expect(mayGrant(moderator, { level: 'editor', permissions: ['review'] })).toBe(false);
    expect(mayGrant(moderator, { level: 'moderator', permissions: [] })).toBe(false);
  });
});

describe('a short address', () => {
  it.each([
    ['Night Owls', 'night-owls'],
    ['  Ёжики & Cö.  ', 'yozhiki-co'],
    ['夜の梟', ''],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('of %s is %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });
});
