import { describe, expect, it } from 'vitest';
import type { Reason } from '../../api/catalog/recommendations';
import { loadTexts } from '../../i18n/translate';
import { reasonText, similarText } from './reasonText';

const because = { id: '1', alias: 'one', name: { main: 'Tetsuwan', english: 'Iron Arm', alternative: null }, translation: null };

function reason(kind: Reason['kind'], more: Partial<Reason> = {}): Reason {
  return { kind, because: null, people: null, shared: [], ...more };
}

describe('a reason', async () => {
  await loadTexts('en', ['recommendations']);

  it('names what it owes to', () => {
    expect(reasonText(reason('liked_together', { because, people: 9 }), 3)).toBe('Because you liked Iron Arm');
    expect(reasonText(reason('alike', { because, shared: ['War', 'Mecha'] }), 3)).toBe('Like Iron Arm: War, Mecha');
  });

  it('is honest where no taste is known', () => {
    expect(reasonText(reason('popular', { people: 12 }), 0)).toBe('Liked by 12 people here');
    expect(reasonText(reason('popular'), 0)).toBe('Liked by several people here');
    expect(reasonText(reason('recent'), 0)).toContain('not known yet');
    expect(reasonText(reason('recent'), 1)).not.toContain('not known yet');
    expect(reasonText(reason('varied'), 0)).toBe('Something else');
  });

  it('between two releases says what joins them', () => {
    expect(similarText(reason('alike', { because, shared: ['War'] }))).toBe('Both: War');
    expect(similarText(reason('liked_together', { because, people: 1 }))).toBe('1 person likes both');
    expect(similarText(reason('liked_together', { because }))).toBe('Liked by the same people');
  });
});
