import { describe, expect, it } from 'vitest';
import { countText, rateText, secondsText, shareText } from './words';

describe('figures of playback', () => {
  it('have as many digits as mean something', () => {
    expect([640, 12_340, 90_400, null].map((ms) => secondsText('en', ms))).toEqual(['0.64 sec', '12.3 sec', '90 sec', '–']);
    expect([0.00123, 0, null].map((share) => shareText('en', share))).toEqual(['0.12%', '0%', '–']);
    expect([460_400, 4_230_000, 25_400_000, null].map((bps) => rateText('en', bps))).toEqual(['460 kb/s', '4.2 Mb/s', '25 Mb/s', '–']);
    expect([12_345, null].map((count) => countText('en', count))).toEqual(['12,345', '–']);
  });

  it('are said in Russian', () => {
    expect(secondsText('ru', 640)).toBe('0,64 с');
    expect(rateText('ru', 4_230_000)).toMatch(/^4,2 Мбит/);
  });
});
