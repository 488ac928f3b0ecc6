import { describe, expect, it } from 'vitest';
import { aliasFrom, draftOf, fieldsOf } from './releaseFields';

describe('aliasFrom', () => {
  it.each([
    ['Big Buck Bunny', 'big-buck-bunny'],
    ['Ани: первая минута!', 'ani-pervaya-minuta'],
    ['Щука и ёж', 'shchuka-i-ezh'],
    ['  Café — Été 2 ', 'cafe-ete-2'],
    ['進撃の巨人', ''],
    ['-'.repeat(5), ''],
  ])('%s becomes %s', (title, alias) => {
    expect(aliasFrom(title)).toBe(alias);
  });

  it('stays within the limit and does not end with a hyphen', () => {
    expect(aliasFrom(`${'a'.repeat(79)} bcd`)).toBe('a'.repeat(79));
  });
});

describe('draftOf', () => {
  it('trims, splits genres and leaves out what is empty', () => {
    const fields = { ...fieldsOf(null), externalIds: { ...fieldsOf(null).externalIds, mal: ' 1 ' }, main: ' Night train ', genres: 'Drama, , Slice of life ', english: '', year: 2026, names: [{ text: ' 夜汽車 ', language: ' ja ', kind: 'official' as const }, { text: ' ', language: '', kind: 'synonym' as const }], trailers: [{ url: ' https://vimeo.com/1084537 ', title: ' Teaser ', language: '' }, { url: ' ', title: '', language: '' }], regions: ['DE'] };
    expect(draftOf(fields)).toEqual({
      alias: 'night-train',
      type: 'TV',
      year: 2026,
      season: null,
      name: { main: 'Night train', english: null, alternative: null },
      description: '',
      age_rating: 0,
      is_ongoing: false,
      airing_status: 'finished',
      episodes_total: null,
      external_ids: { mal: '1', shikimori: null, anilist: null, anidb: null, kinopoisk: null, imdb: null, bangumi: null, tmdb: null },
      genres: ['Drama', 'Slice of life'],
      names: [{ text: '夜汽車', language: 'ja', kind: 'official' }],
      trailers: [{ url: 'https://vimeo.com/1084537', title: 'Teaser', language: null }],
      blocks: { regions: ['DE'], copyright: false },
    });
  });
});
