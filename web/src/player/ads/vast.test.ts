/** What other players read of our VAST: the document that the server's own test writes, through a reader that is not ours. */
import { readFileSync } from 'node:fs';
import { VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';

const xml = readFileSync(new URL('../../../../tests/unit/streaming/ads/own_ad.vast.xml', import.meta.url), 'utf8');

describe('our VAST 4.2', () => {
  it('is read by @dailymotion/vast-client', async () => {
    const answer = await new VASTParser().parseVAST(new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document);
    expect(answer.version).toBe('4.2');
    const [ad] = answer.ads;
    expect(ad).toMatchObject({ title: 'Tea <&> cake', system: { value: 'Ani' }, advertiser: { value: 'Tea & Co' } });
    expect(ad?.impressionURLTemplates.map((one: { url: string }) => one.url)).toEqual(['https://ani.example/api/v1/media/beacons/T/impression']);
    const creative = ad?.creatives[0];
    expect(creative).toMatchObject({ type: 'linear', duration: 15.04, skipDelay: 5, videoClickThroughURLTemplate: { url: 'https://tea.example/?a=1&b=2' } });
    const { mediaFiles, trackingEvents } = creative as unknown as { mediaFiles: object[]; trackingEvents: Record<string, string[]> };
    expect(mediaFiles).toMatchObject([{ deliveryType: 'streaming', mimeType: 'application/x-mpegURL', width: 1280, height: 720, fileURL: 'https://ani.example/hls/T/A/master.m3u8' }]);
    expect(Object.keys(trackingEvents).sort()).toEqual(['complete', 'firstQuartile', 'midpoint', 'skip', 'start', 'thirdQuartile']);
  });
});
