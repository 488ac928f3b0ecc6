import { describe, expect, it } from 'vitest';
import type { Role } from '../api/types';
import { grouped } from './groups';

const kinds = (...names: string[]): { kind: string }[] => names.map((kind) => ({ kind }));
const shown = (names: { kind: string }[], ...roles: Role[]): Record<string, string[]> =>
  Object.fromEntries(grouped(names, (role) => roles.includes(role)).map(({ group, items }) => [group, items.map(({ kind }) => kind)]));

describe('grouped', () => {
  it('puts kinds under their headings, and leaves out headings with nothing under them', () => {
    expect(shown(kinds('team_invited', 'signed_in', 'episode_published', 'report_resolved', 'proposal_taken'), 'user')).toEqual({
      watching: ['episode_published'],
      account: ['signed_in'],
      teams: ['team_invited'],
      suggestions: ['report_resolved', 'proposal_taken'],
    });
  });

  it('keeps a kind it has never heard of with the account', () => {
    expect(shown(kinds('moon_landed'), 'user')).toEqual({ account: ['moon_landed'] });
  });

  it('shows what only editors and administrators are told to them alone', () => {
    const work = kinds('ingest_failed', 'webhook_paused');
    expect(shown(work, 'user')).toEqual({});
    expect(shown(work, 'user', 'editor', 'moderator')).toEqual({ server: ['ingest_failed'] });
    expect(shown(work, 'user', 'editor', 'moderator', 'admin')).toEqual({ server: ['ingest_failed', 'webhook_paused'] });
  });
});
