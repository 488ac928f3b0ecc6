import { expect, it } from 'vitest';
import { loadTexts } from '../i18n/translate';
import { fieldName, fieldValue } from './changes';

await loadTexts('en', ['imports']);

it.each([
  ['title', 'Title'],
  ['external_ids.mal', 'Identifiers: mal'],
  ['not_known_yet', 'not_known_yet'],
])('calls %s %s', (field, name) => {
  expect(fieldName(field)).toBe(name);
});

it.each([
  ['type', 'MOVIE', 'Film'],
  ['season', 'winter', 'Winter'],
  ['age_rating', 16, '16+'],
  ['is_ongoing', true, 'yes'],
  ['is_ongoing', false, 'no'],
  ['names', [['Frieren', 'en', 'official'], ['葬送のフリーレン', 'ja', 'official']], 'Frieren, 葬送のフリーレン'],
  ['genres', ['Drama', 'Fantasy'], 'Drama, Fantasy'],
  ['description', null, ''],
  ['trailers', [], ''],
  ['year', 0, '0'],
  ['description', 'a'.repeat(300), `${'a'.repeat(200)}…`],
])('shows %s %s', (field, value, text) => {
  expect(fieldValue(field, value)).toBe(text);
});
