import { beforeAll, describe, expect, it, vi } from 'vitest';
import { en } from '../i18n/en';
import { language } from '../i18n/i18n.svelte';
import { loadTexts } from '../i18n/translate';
import { byDay, dayText, detailOf, iconOf, notificationText, type Notification } from './labels';

beforeAll(async () => {
  await Promise.all([loadTexts('en', ['notifications', 'importFaults', 'errors']), loadTexts('ru', ['notifications', 'importFaults', 'errors'])]);
});

function made(created_at: string, kind = 'ban_lifted'): Notification {
  return { id: created_at, kind, params: {}, link: '', created_at, read_at: null };
}

describe('words', () => {
  it('tells one episode from several', () => {
    const params = { release: 'Moon Road', ordinal: 12.5, name: '', count: 1, first: 12.5, last: 12.5 };
    expect(notificationText('en', { kind: 'episode_published', params })).toBe('Moon Road: episode 12.5 is out');
    const season = { ...params, count: 24, first: 1, last: 24 };
    expect(notificationText('en', { kind: 'episode_published', params: season })).toBe('Moon Road: 24 new episodes, 1 to 24');
    expect(notificationText('ru', { kind: 'episode_published', params: { ...season, count: 3, last: 3 } })).toBe('Moon Road: 3 новые серии, с 1 по 3');
  });

  it('calls a release by the name its reader can read', () => {
    const params = { release: '葬送のフリーレン', release_english: 'Frieren', release_alternative: 'Фрирен', ordinal: 3, name: '', count: 1, first: 3, last: 3 };
    expect(notificationText('en', { kind: 'episode_published', params })).toBe('Frieren: episode 3 is out');
    expect(notificationText('ru', { kind: 'episode_published', params })).toContain('Фрирен');
  });

  it('says roles in the reader’s language', () => {
    expect(notificationText('en', { kind: 'role_changed', params: { before: 'user', after: 'editor' } })).toBe('You are now: Editor');
    expect(notificationText('ru', { kind: 'role_changed', params: { before: 'user', after: 'editor' } })).toBe('Теперь ваша роль: Редактор');
  });

  it('has something to say of a kind that came after it', () => {
    expect(notificationText('en', { kind: 'born_tomorrow', params: {} })).toBe(en['notification.other']);
    expect(iconOf('born_tomorrow')).toBe('bell');
  });

  it('fills every placeholder of every kind', () => {
    const params = {
      release: 'R', ordinal: 1, name: '', count: 2, first: 1, last: 2, file: 'f.mkv', code: 'x', reason: 'r', browser: 'B', device: 'D',
      address: 'A', before: 'user', after: 'editor', team: 'T', person: 'P', added: 'a', removed: 'b', title: 'T', outcome: 'o', webhook: 'W', source: 'S', provider: 'P', releases: 1, episodes: 2,
    };
    for (const key of Object.keys(en).filter((name) => name.startsWith('notification.'))) {
      for (const locale of ['en', 'ru'] as const) {
        expect(notificationText(locale, { kind: key.replace('notification.', ''), params })).not.toMatch(/[{}]/);
      }
    }
  });

  it('shows the reason where there is one', () => {
    expect(detailOf({ kind: 'proposal_rejected', params: { reason: 'No source' } })).toBe('No source');
    expect(detailOf({ kind: 'password_changed', params: { reason: 'changed' } })).toBe('');
    expect(detailOf({ kind: 'signed_in', params: { address: '192.0.2.1' } })).toBe('192.0.2.1');
  });

  it('says why a machine failed in the reader’s language, and in the server’s words what it has none for', async () => {
    vi.stubGlobal('document', { documentElement: {} });
    const resting = { kind: 'import_resting', params: { source: 'S', reason: 'The source answers 503.', code: 'answers', fault_status: 503 } };
    const refused = { kind: 'ingest_failed', params: { file: 'f.mkv', reason: 'f.mkv is no video', code: 'not_media' } };
    expect([resting, refused].map(detailOf)).toEqual(['The source answers 503.', en['error.not_media']]);
    await language.choose('ru');
    expect(detailOf(resting)).toBe('Источник отвечает 503.');
    expect(detailOf(refused)).not.toMatch(/[A-Za-z]/);
    expect(detailOf({ ...resting, params: { ...resting.params, code: 'of_tomorrow' } })).toBe('The source answers 503.');
    const { code, ...former } = resting.params;
    expect([code, detailOf({ kind: 'import_resting', params: former })]).toEqual(['answers', 'The source answers 503.']);
    await language.choose('en');
    vi.unstubAllGlobals();
  });

  it('tells a webhook that is gone from one that fails', () => {
    const texts = ['gone', 'failing'].map((reason) => notificationText('en', { kind: 'webhook_paused', params: { webhook: 'W', reason } }));
    expect(texts).toEqual(['The webhook W is paused: its receiver said that it is gone', 'Nothing is sent to the webhook W any more: it failed too often']);
  });
});

describe('days', () => {
  it('groups what came on one day, in the order given', () => {
    const items = ['2026-03-02T12:00:00', '2026-03-02T08:00:00', '2026-03-01T23:59:00'].map((at) => made(at));
    expect(byDay(items).map((day) => day.items.length)).toEqual([2, 1]);
    expect(byDay([])).toEqual([]);
  });

  it('calls the last two days by their names', () => {
    const now = new Date('2026-03-02T12:00:00').getTime();
    const day = (text: string): string => dayText('en', new Date(text).getTime(), now);
    expect([day('2026-03-02T00:00:00'), day('2026-03-01T00:00:00')]).toEqual(['Today', 'Yesterday']);
    expect([day('2026-02-28T00:00:00'), day('2025-02-28T00:00:00')]).toEqual(['February 28', 'February 28, 2025']);
  });
});
