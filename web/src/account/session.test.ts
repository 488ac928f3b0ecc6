import { afterEach, describe, expect, it } from 'vitest';
import { api } from '../api/client';
import type { User } from '../api/types';
import { session } from './session.svelte';

const ANN = { id: '1', nickname: 'Ann', role: 'editor', avatar_url: null } as unknown as User;

describe('the session', () => {
  afterEach(() => {
    api.onUser(null);
  });

  it('keeps whom it knows when the token is renewed, so that no page reads itself again', () => {
    api.onUser({ ...ANN });
    const known = session.user;
    api.onUser({ ...ANN });
    expect(session.user).toBe(known);
  });

  it('takes over what is new of them', () => {
    api.onUser({ ...ANN });
    session.changed({ ...ANN, nickname: 'Anna' });
    expect(session.user?.nickname).toBe('Anna');
    api.onUser({ ...ANN, role: 'user' });
    expect(session.canEdit).toBe(false);
    api.onUser(null);
    expect(session.user).toBeNull();
  });
});
