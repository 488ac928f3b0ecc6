import { describe, expect, it } from 'vitest';
import { daysLeft, instantOf, localInput, publishRange, zoneText } from './publishTime';

const NOON = Date.UTC(2026, 10, 30, 12);

describe('a local date-time', () => {
  it('goes to the server as the moment it is here', () => {
    expect(instantOf(localInput(NOON))).toBe('2026-11-30T12:00:00.000Z');
  });

  it.each(['', '2026-11-30', '2026-13-41T99:00', 'tomorrow'])('%s is none', (text) => {
    expect(instantOf(text)).toBeNull();
  });

  it('may be chosen from the next minute to two years on', () => {
    const { min, max } = publishRange(NOON);
    expect(Date.parse(min)).toBe(NOON + 60_000);
    expect(instantOf(max)?.slice(0, 10)).toBe('2028-11-29');
  });

  it('names the zone', () => {
    expect(zoneText(NOON)).toContain(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });
});

describe('the days left', () => {
  it.each([
    ['2026-12-30T12:00:00Z', 30],
    ['2026-11-30T12:00:01Z', 1],
    ['2026-11-30T12:00:00Z', 0],
    ['2026-11-01T00:00:00Z', 0],
  ])('until %s are %i', (until, days) => {
    expect(daysLeft(until, NOON)).toBe(days);
  });
});
