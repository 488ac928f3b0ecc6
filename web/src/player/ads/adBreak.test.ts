import { describe, expect, it } from 'vitest';
import { AdCounter, ownAd, type AdEvent } from './adBreak';

function counter(durationMs = 8_000): { ad: AdCounter; told: AdEvent[] } {
  const told: AdEvent[] = [];
  return { ad: new AdCounter(durationMs, (event) => told.push(event)), told };
}

describe('what is told of an ad', () => {
  it('is each quarter once, in order', () => {
    const { ad, told } = counter();
    for (const at of [10, 500, 2_000, 2_100, 4_000, 3_000, 6_500]) ad.at(at);
    ad.complete();
    ad.complete();
    expect(told).toEqual(['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']);
  });

  it('is whole when timers were slow', () => {
    const { ad, told } = counter();
    ad.complete();
    expect(told).toEqual(['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']);
  });

  it('is no end where it was skipped or failed', () => {
    for (const event of ['skip', 'error'] as const) {
      const { ad, told } = counter();
      ad.at(100);
      ad.once(event);
      ad.complete();
      expect(told).toEqual(['impression', 'start', event]);
    }
  });
});

describe('whose ad it is', () => {
  const own = { title: 'Tea', advertiser: '', erid: '', click_url: '', skip_after_ms: 0, duration_ms: 8_000, beacons: '/api/v1/media/beacons/T' };

  it('is ours with beacons of ours and a link that leads somewhere harmless', () => {
    for (const click_url of ['', '/schedule', 'https://tea.example/']) expect(ownAd({ ...own, click_url })).toEqual({ ...own, click_url });
  });

  it('is nobody’s otherwise', () => {
    for (const click_url of ['javascript:alert(1)', '//evil.example', '/\\evil.example', 'http://tea.example', undefined]) expect(ownAd({ ...own, click_url })).toBeNull();
    for (const beacons of ['https://evil.example/', '//evil.example', undefined]) expect(ownAd({ ...own, beacons })).toBeNull();
    for (const said of [undefined, null, 'x', {}]) expect(ownAd(said)).toBeNull();
  });
});
