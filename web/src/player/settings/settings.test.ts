import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bestWithin, indexOfTrack } from '../stream';
import { guestSeries, guestSettings, guestTracks, saveGuestSeries, saveGuestSettings } from './guest';
import { captionVariables, USUAL, USUAL_CAPTIONS } from './model';
import { AccountRemembering } from './remembering';

const id = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  });
});

describe('settings of a guest', () => {
  it('are the usual ones at first, and then what was changed', () => {
    expect(guestSettings()).toEqual(USUAL);
    const tracks = [{ audio: 'original', subtitles: 'ru', kind: 'sdh' as const }];
    saveGuestSettings({ rate: 1.5, tracks });
    saveGuestSettings({ quality_px: 480 });
    expect(guestSettings()).toEqual({ ...USUAL, rate: 1.5, quality_px: 480, tracks });
  });

  it.each([
    ['no JSON', '{'],
    ['another thing', '[1]'],
    ['nonsense in every field', JSON.stringify({ tracks: [1, { audio: 'off' }, { audio: 'рус' }], quality_px: -1, rate: 99, autoplay_next: 1, skip_openings: 'yes', captions: { size_percent: 0, color: 'red;', background: 1, background_percent: 200, edge: 'x' } })],
  ])('never are what the server would refuse: %s', (_, text) => {
    kept.set('ani.player', text);
    expect(guestSettings()).toEqual(USUAL);
  });

  it('remember the last series alone, sound and subtitles by themselves', () => {
    for (let number = 0; number < 52; number++) saveGuestSeries(id(number), { audio: { language: 'ru', label: 'Studio' } });
    saveGuestSeries(id(2), { subtitles: { language: 'off' } });
    const series = guestSeries();
    expect(Object.keys(series)).toHaveLength(50);
    expect(Object.keys(series).slice(-2)).toEqual([id(51), id(2)]);
    expect(guestTracks().series).toMatchObject({ [id(2)]: { audio: { language: 'ru', label: 'Studio' }, subtitles: { language: 'off' } } });
    kept.set('ani.player-series', JSON.stringify({ x: {}, [id(1)]: { audio: { language: 1 }, subtitles: { language: 'en', kind: 'loud', label: 'l'.repeat(200) } } }));
    expect(guestSeries()).toEqual({ [id(1)]: { subtitles: { language: 'en', kind: 'full', label: 'l'.repeat(100) } } });
  });
});

it('tells the server once of choices in quick succession, and at the latest when the page goes', async () => {
  vi.useFakeTimers();
  const device = vi.fn(async () => undefined);
  const series = vi.fn(async () => {
    throw new Error('offline');
  });
  const remembering = new AccountRemembering('r', { device, series });
  for (const rate of [1.25, 1.5, 1.75]) remembering.device({ rate });
  remembering.device({ quality_px: 480 });
  await vi.runAllTimersAsync();
  expect(device.mock.calls).toEqual([[{ rate: 1.75, quality_px: 480 }]]);
  remembering.series({ audio: { language: 'ru', label: '' } });
  remembering.series({ subtitles: { language: 'off' } });
  remembering.flush();
  expect(series.mock.calls).toEqual([['r', { audio: { language: 'ru', label: '' }, subtitles: { language: 'off' } }]]);
  await vi.runAllTimersAsync();
  expect([device.mock.calls.length, series.mock.calls.length]).toEqual([1, 1]);
  vi.useRealTimers();
});

it('draws captions by custom properties', () => {
  expect(captionVariables({ ...USUAL_CAPTIONS, size_percent: 150, background_percent: 100 })).toBe(
    '--cue-size: 150%; --cue-color: #fffaf0; --cue-background: #08090dff; --cue-edge: none',
  );
  expect(captionVariables({ ...USUAL_CAPTIONS, background_percent: 0 })).toContain('#08090d00;');
});

describe('what a stream begins with', () => {
  const levels = [1080, 720, 360].map((heightPx, index) => ({ index, heightPx, bitrateBps: heightPx }));

  it.each([
    [0, undefined],
    [1080, 1080],
    [900, 720],
    [240, undefined],
  ])('is, for a quality of %i, the level of %s', (quality, found) => {
    expect(bestWithin(levels, quality)?.heightPx).toBe(found);
  });

  it('is the same track, else one in its language, else none', () => {
    const tracks = ['First', 'Second'].map((label, index) => ({ index, label, language: 'ru' }));
    expect(indexOfTrack(tracks, { language: 'ru', label: 'Second' })).toBe(1);
    expect(indexOfTrack(tracks, { language: 'ru', label: 'Third' })).toBe(0);
    expect(indexOfTrack(tracks, { language: 'en', label: 'First' })).toBe(-1);
    expect(indexOfTrack(tracks, null)).toBe(-1);
  });
});
