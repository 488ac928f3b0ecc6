import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bytesText, clockText, durationText, languageName, timecode } from './format';
import { en } from './en';
import { ru } from './ru';
import type { MessageKey } from './translate';

// What is loaded stays: a module of its own, in which nobody has loaded anything yet.
vi.resetModules();
const { hasTexts, isKnown, loadTexts, PARTS, pickLocale, translate } = await import('./translate');

/** All texts of a message: one for a string, one for each plural form. */
function texts(message: string | object): string[] {
  return typeof message === 'string' ? [message] : Object.values(message as Record<string, string>);
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
}

describe('catalogues', () => {
  const keys = Object.keys(en) as MessageKey[];

  it('hold the same keys in the same order', () => {
    expect(Object.keys(ru)).toEqual(keys);
  });

  it.each(keys)('%s has the same placeholders in every language and form', (key) => {
    const expected = placeholders(texts(en[key])[0] ?? '');
    for (const text of [...texts(en[key]), ...texts(ru[key])]) expect(placeholders(text)).toEqual(expected);
  });

  it('give Russian all four plural forms', () => {
    for (const key of keys) {
      const message = ru[key];
      if (typeof message !== 'string') expect(Object.keys(message).sort()).toEqual(['few', 'many', 'one', 'other']);
    }
  });
});

describe('translate', () => {
  it('speaks English until the other language is there', () => {
    expect(translate('ru', 'release.episodes', { count: 2 })).toBe('2 episodes');
  });

  it('knows a text when its part is there', async () => {
    expect(isKnown('error.list_is_full')).toBe(false);
    await loadTexts('en', ['errors']);
    expect(isKnown('error.list_is_full')).toBe(true);
    expect(isKnown('error.of_tomorrow')).toBe(false);
  });

  it('does not take for there what could not be had', async () => {
    const newer = ['tomorrow' as 'teams'];
    await expect(loadTexts('en', newer)).rejects.toThrow('en/tomorrow');
    expect(hasTexts('en', newer)).toBe(false);
  });
});

describe('translate, with Russian loaded', () => {
  beforeAll(() => Promise.all([loadTexts('en', PARTS), loadTexts('ru', PARTS)]));

  it('fills placeholders', () => {
    expect(translate('en', 'player.resume_from', { position: '12:34' })).toBe('Resume from 12:34');
  });

  it.each([
    [1, '1 серия'],
    [2, '2 серии'],
    [5, '5 серий'],
    [11, '11 серий'],
    [21, '21 серия'],
    [1.5, '1,5 серии'],
  ])('chooses the Russian plural of %s', (count, text) => {
    expect(translate('ru', 'release.episodes', { count })).toBe(text);
  });

  it('chooses the English plural', () => {
    expect(translate('en', 'release.episodes', { count: 1 })).toBe('1 episode');
    expect(translate('en', 'release.episodes', { count: 8483 })).toBe('8,483 episodes');
  });

  it('does not expand placeholders that come from a value', () => {
    expect(translate('en', 'party.did_join', { name: '{name} <b>' })).toBe('{name} <b> joined');
  });
});

describe('pickLocale', () => {
  it('prefers the remembered language, then the browser, then English', () => {
    expect(pickLocale('en', ['ru-RU'])).toBe('en');
    expect(pickLocale(null, ['de-DE', 'ru-RU', 'en'])).toBe('ru');
    expect(pickLocale('xx', ['ja'])).toBe('en');
  });
});

describe('formatting', () => {
  it.each([
    [0, '0:00'],
    [-5, '0:00'],
    [Number.NaN, '0:00'],
    [59_999, '0:59'],
    [754_000, '12:34'],
    [3_600_000, '1:00:00'],
    [36_061_000, '10:01:01'],
  ])('writes %s ms as %s', (ms, text) => {
    expect(timecode(ms)).toBe(text);
  });

  it('writes durations in words', () => {
    expect(durationText('en', 24 * 60_000)).toBe('24 min');
    expect(durationText('en', 92 * 60_000)).toBe('1 hr 32 min');
    expect(durationText('en', 42_000)).toBe('42 sec');
    expect(durationText('ru', 24 * 60_000)).toBe('24 мин');
    expect(durationText('ru', 120 * 60_000)).toBe('2 ч');
  });

  it('writes sizes in the locale', () => {
    expect(bytesText('en', 0)).toBe('0 byte');
    expect(bytesText('en', 4_210_000)).toBe('4.2 MB');
    expect(bytesText('ru', 4_210_000)).toBe('4,2 МБ');
    expect(bytesText('en', 120e9)).toBe('120 GB');
  });

  it('writes the time of day', () => {
    expect(clockText('ru', new Date(2026, 0, 2, 21, 5).getTime())).toBe('21:05');
  });

  it('names languages and survives nonsense', () => {
    expect(languageName('en', 'ja')).toBe('Japanese');
    expect(languageName('ru', 'ja')).toBe('японский');
    expect(languageName('en', '??')).toBe('??');
  });
});
