import { describe, expect, it } from 'vitest';
import { clickRate, fromLocal, toLocal, words } from './labels';

describe('promos in the editor', () => {
  it('keep their moments to the minute in any time zone', () => {
    const iso = '2026-11-30T09:15:00.000Z';
    expect(fromLocal(toLocal(iso))).toBe(iso);
    expect([toLocal(null), fromLocal('')]).toEqual(['', null]);
  });

  it('take lists as people write them', () => {
    expect(words('en, RU ;ru  de', (word) => word.toLowerCase())).toEqual(['en', 'ru', 'de']);
    expect(words('  ')).toEqual([]);
  });

  it('have no rate that nobody saw', () => {
    expect([clickRate(0, 0), clickRate(200, 5)]).toEqual([0, 0.025]);
  });
});
