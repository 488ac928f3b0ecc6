/** What other players read of our VAST: the document that the server's own test writes, through a reader that is not ours. */
import { readFileSync } from 'node:fs';
import { VASTClient, VASTParser } from '@dailymotion/vast-client';
import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';

const read = (name: string): string => readFileSync(new URL(`../../../../tests/unit/streaming/ads/${name}.vast.xml`, import.meta.url), 'utf8');
const parsed = (xml: string): Document => new DOMParser().parseFromString(xml, 'text/xml') as unknown as Document;

describe('our VAST 4.2', () => {
  it('is read by @dailymotion/vast-client', async () => {
    const answer = await new VASTParser().parseVAST(parsed(read('own_ad')));
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

  it('leads on to the server of somebody else, and its answer is told to both', async () => {
    const documents: Record<string, string> = { 'ani.example': read('wrapped_ad'), 'ads.example': read('own_ad').replaceAll('ani.example', 'ads.example') };
    const fetched: string[] = [];
    const loader = {
      get: (url: string) => {
        fetched.push(url);
        const rawXml = documents[new URL(url).host] ?? '';
        return Promise.resolve({ xml: parsed(rawXml), details: { byteLength: rawXml.length, statusCode: 200, rawXml } });
      },
    };
    const answer = await new VASTClient().get('https://ani.example/api/v1/media/vast.xml', { urlHandler: loader } as never);
    expect(fetched).toEqual(['https://ani.example/api/v1/media/vast.xml', 'https://ads.example/tag?r=[CACHEBUSTING]&a=1']);
    const [ad] = answer.ads;
    expect(ad?.impressionURLTemplates.map((one: { url: string }) => new URL(one.url).host)).toEqual(['ani.example', 'ads.example']);
    const { trackingEvents, videoClickTrackingURLTemplates } = ad?.creatives[0] as unknown as { trackingEvents: Record<string, string[]>; videoClickTrackingURLTemplates: object[] };
    expect(trackingEvents['start']).toHaveLength(2);
    expect(videoClickTrackingURLTemplates).toHaveLength(2);
  });
});
