import { expect, it } from 'vitest';
import { kindOf, subtitledBy, subtitlesOf, translatedBy, translationOf } from './subject';

it.each([
  ['release', 'release', null, null],
  ['translation', 'translation', null, null],
  ['new-episode', 'episode', null, null],
  ['0193-e', 'episode', null, null],
  [translationOf('0193-e'), 'translation', null, '0193-e'],
  [subtitlesOf('0193-e'), 'subtitle', '0193-e', null],
] as const)('%s is about a %s', (subject, kind, subtitled, translated) => {
  expect(kindOf(subject)).toBe(kind);
  expect(subtitledBy(subject)).toBe(subtitled);
  expect(translatedBy(subject)).toBe(translated);
});
