import { describe, expect, it } from 'vitest';
import { changesOf, FORMS, rawOf, valueOf, type Document, type Raw } from './fields';

const BEFORE: Document = {
  'name.main': 'Sintel',
  'name.english': null,
  'name.alternative': null,
  alias: 'sintel',
  type: 'TV',
  year: 2010,
  season: null,
  age_rating: 0,
  episodes_total: null,
  genres: ['Fantasy', 'Short'],
  trailers: [{ url: 'https://vimeo.com/1084537', title: 'Teaser trailer', language: 'en' }],
  description: '',
  is_ongoing: false,
};

function typed(document: Document = BEFORE): Record<string, Raw> {
  return Object.fromEntries(FORMS.release.map((field) => [field.name, rawOf(field, document[field.name])]));
}

describe('changes', () => {
  it('are none in an untouched form', () => {
    expect(changesOf('release', BEFORE, typed())).toEqual([]);
  });

  it('name the fields that differ, with what stood there', () => {
    const raw = { ...typed(), year: 2011, season: 'winter', age_rating: '12', genres: 'short , FANTASY', 'name.english': '  ' };
    expect(changesOf('release', BEFORE, raw).map(({ field, before, after }) => [field, before, after])).toEqual([
      ['year', 2010, 2011],
      ['season', null, 'winter'],
      ['age_rating', 0, 12],
    ]);
  });

  it('can empty a field', () => {
    const raw = { ...typed(), year: null, genres: '' };
    expect(changesOf('release', BEFORE, raw).map(({ field, after }) => [field, after])).toEqual([
      ['year', null],
      ['genres', []],
    ]);
  });

  it('are of trailers one a line, in their order, and keep the language of those that stay', () => {
    const raw = { ...typed(), trailers: ' https://youtu.be/aqz-KE-bpKQ  Second  trailer\n\nhttps://vimeo.com/1084537 Teaser trailer' };
    expect(changesOf('release', BEFORE, raw).map(({ field, after }) => [field, after])).toEqual([
      [
        'trailers',
        [
          { url: 'https://youtu.be/aqz-KE-bpKQ', title: 'Second trailer', language: null },
          { url: 'https://vimeo.com/1084537', title: 'Teaser trailer', language: 'en' },
        ],
      ],
    ]);
  });

  it('are everything filled in, of something new', () => {
    const raw: Record<string, Raw> = { ordinal: 0, name: ' Snow ' };
    expect(changesOf('episode', null, raw).map(({ field, before, after }) => [field, before, after])).toEqual([
      ['ordinal', null, 0],
      ['name', null, 'Snow'],
    ]);
  });
});

describe('values', () => {
  it('survive the form', () => {
    for (const field of FORMS.release) expect(valueOf(field, rawOf(field, BEFORE[field.name]), BEFORE[field.name])).toEqual(BEFORE[field.name]);
  });
});

describe('the stretches of an episode', () => {
  const opening = { start_ms: 90_500, stop_ms: 180_000 };
  const before: Document = { ordinal: 1, name: '', recap: null, opening, ending: null, preview: null };
  const raw = Object.fromEntries(FORMS.episode.map((field) => [field.name, rawOf(field, before[field.name])]));

  it('are none of the changes until somebody types', () => {
    expect(raw['opening']).toEqual({ start: '1:30.5', stop: '3:00' });
    expect(changesOf('episode', before, raw)).toEqual([]);
  });

  it('are changed, added and taken away whole', () => {
    const typed = { ...raw, opening: { start: '1:30', stop: '3:00' }, ending: { start: '22:00', stop: '23:30' }, recap: { start: '0:00', stop: '0:40' } };
    expect(changesOf('episode', before, typed).map(({ field, before, after }) => [field, before, after])).toEqual([
      ['recap', null, { start_ms: 0, stop_ms: 40_000 }],
      ['opening', opening, { start_ms: 90_000, stop_ms: 180_000 }],
      ['ending', null, { start_ms: 1_320_000, stop_ms: 1_410_000 }],
    ]);
    const emptied = { ...raw, opening: { start: '', stop: ' ' } };
    expect(changesOf('episode', before, emptied).map(({ after }) => after)).toEqual([null]);
  });
});
