import { describe, expect, it } from 'vitest';
import type { Airing } from '../api/catalog/schedule';
import { addDays, addMonths, clockIn, dayIn, dayOf, monthDays, until, untilText, weekStart } from './days';

describe('days', () => {
  it('are those of the zone, also when its clocks change', () => {
    const around = Date.parse('2026-07-03T15:00:00Z');
    expect([around - 1, around].map((ms) => dayIn('Asia/Tokyo', ms))).toEqual(['2026-07-03', '2026-07-04']);
    expect(dayIn('America/New_York', Date.parse('2026-03-08T04:59:00Z'))).toBe('2026-03-07');
    expect(dayIn('America/New_York', Date.parse('2026-11-01T04:00:00Z'))).toBe('2026-11-01');
    expect(clockIn('en', 'Europe/Berlin', '2026-03-29T01:00:00Z')).toBe('3:00 AM');
    expect(clockIn('ru', 'Europe/Berlin', '2026-03-29T01:00:00Z')).toBe('03:00');
  });

  it('are counted without clocks', () => {
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(['2026-07-13', '2026-07-19', '2026-07-20'].map(weekStart)).toEqual(['2026-07-13', '2026-07-13', '2026-07-20']);
    expect([monthDays('2026-02').length, monthDays('2026-08').length, monthDays('2027-02').length]).toEqual([35, 42, 28]);
    expect(monthDays('2026-07')[0]).toBe('2026-06-29');
    expect([addMonths('2026-12', 1), addMonths('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
  });

  it('are the viewer’s, or those of the broadcaster', () => {
    const airing = { airs_at: '2026-07-03T16:15:00Z', broadcast: { day: '2026-07-03', clock: '25:15', zone: 'Asia/Tokyo' } } as Airing;
    expect(dayOf(airing, 'Asia/Tokyo', false)).toBe('2026-07-04');
    expect(dayOf(airing, 'Asia/Tokyo', true)).toBe('2026-07-03');
  });
});

it('counts down to the minute', () => {
  const now = Date.parse('2026-07-03T12:00:30Z');
  expect(until('2026-07-05T15:20:00Z', now)).toEqual({ days: 2, hours: 3, minutes: 20 });
  expect(untilText('en', '2026-07-05T15:20:00Z', now)).toBe('2d 3h');
  expect(untilText('en', '2026-07-03T13:20:00Z', now)).toBe('1h 20m');
  expect(untilText('en', '2026-07-03T12:01:00Z', now)).toBe('1m');
  expect(untilText('en', '2026-07-03T12:00:00Z', now)).toBe('');
});
