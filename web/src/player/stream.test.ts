import { describe, expect, it } from 'vitest';
import { keySystems } from './stream';

describe('keySystems', () => {
  it('says nothing of what is not encrypted', () => {
    expect(keySystems(null)).toEqual({});
    expect(keySystems(undefined)).toEqual({});
  });

  it('gives hls.js each licence server, and FairPlay its certificate', () => {
    const drm = {
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
    expect(keySystems({ key_systems: [] })).toEqual({ emeEnabled: true, drmSystems: {} });
  });
});
