import { describe, expect, it } from 'vitest';
import { agoText, momentText, plainList } from './format';

const NOW = new Date(2026, 10, 23, 12, 0).getTime();
const before = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

describe('momentText', () => {
  it('leaves out the year that everybody knows', () => {
    expect(momentText('en', before(60), NOW)).toMatch(/^Nov 23, 11:00\sAM$/);
    expect(momentText('ru', before(60), NOW)).toBe('23 нояб., 11:00');
  });

  it('tells another year', () => {
    expect(momentText('en', before(365 * 24 * 60), NOW)).toMatch(/^Nov 23, 2025, 12:00\sPM$/);
  });
});

it.each(['en', 'ru'] as const)('puts commas between names in %s', (locale) => {
  expect(plainList(locale).format(['Steins;Gate', 'One Two', '剣'])).toBe('Steins;Gate, One Two, 剣');
});

describe('agoText', () => {
  it.each([
    [0, 'now', 'сейчас'],
    [-5, 'now', 'сейчас'],
    [1, '1 minute ago', '1 минуту назад'],
    [59, '59 minutes ago', '59 минут назад'],
    [60, '1 hour ago', '1 час назад'],
    [23 * 60, '23 hours ago', '23 часа назад'],
    [24 * 60, 'yesterday', 'вчера'],
    [6 * 24 * 60, '6 days ago', '6 дней назад'],
  ])('of %i minutes before', (minutes, english, russian) => {
    expect(agoText('en', before(minutes), NOW)).toBe(english);
    expect(agoText('ru', before(minutes), NOW)).toBe(russian);
  });

  it('is the moment itself from a week on', () => {
    expect(agoText('en', before(7 * 24 * 60), NOW)).toMatch(/^Nov 16, 12:00\sPM$/);
  });
});
