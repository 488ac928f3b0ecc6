import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../messages';
import type { FeedEntry } from '../replica/replica';
import { continues, CONTINUES_MS, hueOf } from './feed';

function chat(change: Partial<ChatMessage>): FeedEntry {
  return { kind: 'chat', key: 'k', member_id: '1', reply_to: null, sent_at_ms: 0, ...change } as FeedEntry;
}

describe('continues', () => {
  const first = chat({});

  it.each([
    ['the same person, soon', { sent_at_ms: CONTINUES_MS - 1 }, true],
    ['the same person, later', { sent_at_ms: CONTINUES_MS }, false],
    ['another person', { member_id: '2' }, false],
    ['an answer', { reply_to: 'm' }, false],
  ] as const)('%s: %o', (_, change, expected) => {
    expect(continues([first, chat(change)], 1)).toBe(expected);
  });

  it('begins anew at the start and after what is no message', () => {
    const activity = { kind: 'activity', key: 'a', at_ms: 0 } as unknown as FeedEntry;
    expect(continues([first], 0)).toBe(false);
    expect(continues([activity, first], 1)).toBe(false);
  });
});

it('gives a member one hue on the circle', () => {
  const hue = hueOf('0193-abc');
  expect(hueOf('0193-abc')).toBe(hue);
  expect(hue).toBeGreaterThanOrEqual(0);
  expect(hue).toBeLessThan(360);
  expect(hueOf('0193-abd')).not.toBe(hue);
});
