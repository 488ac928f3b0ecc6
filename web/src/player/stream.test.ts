import { describe, expect, it } from 'vitest';
import { keySystems, Stream, type StreamError } from './stream';

describe('keySystems', () => {
  it('says nothing of what is not encrypted', () => {
    expect(keySystems(null)).toEqual({});
    expect(keySystems(undefined)).toEqual({});
  });

  it('gives hls.js each licence server, and FairPlay its certificate', () => {
    const drm = {
      identity_hls_url: null,
      key_systems: [
        { key_system: 'com.widevine.alpha', license_url: '/api/v1/drm/widevine?session=t', certificate_url: null },
        { key_system: 'com.apple.fps', license_url: '/api/v1/drm/fairplay?session=t', certificate_url: '/api/v1/drm/fairplay/certificate' },
        { key_system: 'org.w3.clearkey', license_url: '/api/v1/drm/clearkey?session=t', certificate_url: null },
      ],
    };
    expect(keySystems(drm)).toEqual({
      emeEnabled: true,
      drmSystems: {
        'com.widevine.alpha': { licenseUrl: '/api/v1/drm/widevine?session=t' },
        'com.apple.fps': { licenseUrl: '/api/v1/drm/fairplay?session=t', serverCertificateUrl: '/api/v1/drm/fairplay/certificate' },
        'org.w3.clearkey': { licenseUrl: '/api/v1/drm/clearkey?session=t' },
      },
    });
  });

  it('keeps a player from decrypting anything where no system is offered', () => {
    expect(keySystems({ key_systems: [], identity_hls_url: null })).toEqual({ emeEnabled: true, drmSystems: {} });
  });
});

describe('Stream', () => {
  it('says at once that nothing here gets a key', async () => {
    const errors: StreamError[] = [];
    const source = { url: '/hls/t/a/master.m3u8', sessionId: 's', contentId: 'c', startMs: 0, drm: { key_systems: [], identity_hls_url: null } };
    const video = Object.assign(new EventTarget(), { buffered: { length: 0 } }) as unknown as HTMLVideoElement;
    new Stream(video, source, { onTracks: () => undefined, onError: (error) => errors.push(error) });
    await Promise.resolve();
    expect(errors).toEqual(['protected']);
  });
});
