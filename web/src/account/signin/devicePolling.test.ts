import { describe, expect, it } from 'vitest';
import { Problem } from '../../api/problem';
import { wait, waitForApproval } from './devicePolling';

const AUTHORIZATION = {
  device_code: 'secret',
  user_code: 'BCDF-GHJK',
  verification_uri: 'https://ani.example.org/device',
  verification_uri_complete: 'https://ani.example.org/device#code=BCDF-GHJK',
  expires_in: 600,
  interval: 5,
  qr_svg: '',
};
const refused = (code: string, status = 400): Problem => new Problem(status, code, '');

/** Answers one after the other; the last one is approval unless it is an error too. */
function conversation(...answers: readonly (Problem | 'in')[]) {
  const waits: number[] = [];
  let turn = 0;
  return {
    waits,
    around: {
      wait: (delayMs: number) => {
        waits.push(delayMs);
        return Promise.resolve();
      },
      ask: (code: string) => {
        expect(code).toBe('secret');
        const answer = answers[turn++];
        return answer instanceof Problem ? Promise.reject(answer) : Promise.resolve();
      },
    },
  };
}

const never = new AbortController().signal;

describe('waitForApproval', () => {
  it('asks every five seconds until it is let in', async () => {
    const { waits, around } = conversation(refused('authorization_pending'), refused('authorization_pending'), 'in');
    expect(await waitForApproval(AUTHORIZATION, around, never)).toBe('approved');
    expect(waits).toEqual([5_000, 5_000, 5_000]);
  });

  it('slows down for good when it is told to', async () => {
    const { waits, around } = conversation(refused('slow_down'), refused('authorization_pending'), 'in');
    await waitForApproval(AUTHORIZATION, around, never);
    expect(waits).toEqual([5_000, 10_000, 10_000]);
  });

  it.each([
    ['access_denied', 'denied'],
    ['expired_token', 'expired'],
    ['invalid_grant', 'expired'],
  ])('ends with %s', async (code, outcome) => {
    expect(await waitForApproval(AUTHORIZATION, conversation(refused(code)).around, never)).toBe(outcome);
  });

  it('goes on after the server was away, at a slower pace', async () => {
    const away = [Problem.network(), refused('', 502), refused('', 503), refused('', 503), refused('', 503)];
    const { waits, around } = conversation(...away, 'in');
    expect(await waitForApproval(AUTHORIZATION, around, never)).toBe('approved');
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('does not hide what asking again will not mend', async () => {
    await expect(waitForApproval(AUTHORIZATION, conversation(refused('account_banned', 403)).around, never)).rejects.toThrow(
      'account_banned',
    );
  });

  it('stops when the page is left', async () => {
    const leaving = new AbortController();
    const waiting = waitForApproval(AUTHORIZATION, { ...conversation().around, wait }, leaving.signal);
    leaving.abort();
    await expect(waiting).rejects.toHaveProperty('name', 'AbortError');
  });
});
