import { beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { loadTexts } from '../i18n/translate';
import { guardText, keySystems, refusalOf } from './labels';

beforeAll(() => loadTexts('en', ['sources', 'errors']));

const refused = (code: string, detail: string, status = 400): string => refusalOf(new Problem(status, code, detail));

describe('why a source was not taken', () => {
  it('says what to do about what the source answers', () => {
    expect(refused('upstream_refused', 'The source answered with status 401.')).toContain('Credentials');
    expect(refused('upstream_refused', 'The source answered with status 404.')).toContain('(404)');
    expect(refused('upstream_refused', 'The source answered with status 503.')).toContain('(503)');
    expect(refused('not_a_playlist', 'x', 404)).toContain('.m3u8');
    expect(refused('upstream_failed', 'x', 503)).toContain('No answer');
  });

  it('tells which rule an address breaks, without saying so twice', () => {
    expect(refused('address_refused', 'This address may not be fetched: the host is local.', 403)).toBe('This address cannot be a source: the host is local.');
  });
});

describe('keySystems', () => {
  it('names those a player needs a licence of', () => {
    expect(keySystems(['AES-128 (identity)'])).toEqual([]);
    expect(
      keySystems(['SAMPLE-AES (com.apple.streamingkeydelivery)', 'SAMPLE-AES-CTR (urn:uuid:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED)', 'SAMPLE-AES (x)']),
    ).toEqual(['FairPlay', 'Widevine', 'x']);
  });
});

it('has words for each guard', () => {
  const texts = ['nothing would be left', 'more than 30% would go without a signal that says so', 'own check: x'].map(guardText);
  expect(new Set(texts).size).toBe(3);
});
