/** How the lines of the chat stand to each other. Pure. */
import type { FeedEntry } from '../replica/replica';

/** Within this time a message of the same person goes on from the one before. */
export const CONTINUES_MS = 120_000;

/** Whether the head of the message at `index` is left out, as the same person goes on. */
export function continues(feed: readonly FeedEntry[], index: number): boolean {
  const entry = feed[index];
  const before = feed[index - 1];
  return (
    entry?.kind === 'chat' &&
    before?.kind === 'chat' &&
    before.member_id === entry.member_id &&
    entry.reply_to === null &&
    entry.sent_at_ms - before.sent_at_ms < CONTINUES_MS
  );
}

/** The hue of a member's name, degrees: the same on every screen. */
export function hueOf(memberId: string): number {
  return [...memberId].reduce((sum, letter) => (sum * 33 + (letter.codePointAt(0) ?? 0)) % 360, 11);
}
