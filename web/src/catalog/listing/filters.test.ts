import { describe, expect, it } from 'vitest';
import { addressOf, chipsOf, cleared, questionOf, readFilters, toggled, withGenres, without } from './filters';

const read = (query: string) => readFilters(new URLSearchParams(query));
const round = (query: string) => addressOf('/catalogue', read(query));

describe('filters in the address', () => {
  it.each([
    ['', '/catalogue'],
    ['q=titan&genre=action&genre=comedy&type=TV&year_from=2010&sort=-year', '/catalogue?q=titan&genre=action&genre=comedy&type=TV&year_from=2010&sort=-year'],
    ['score_from=7&score_to=9', '/catalogue?score_from=7&score_to=9'],
    ['score_from=0&score_to=11', '/catalogue'],
    ['genre=a&genre=a&genre=', '/catalogue?genre=a'],
    ['sort=password&year_from=1&year_to=abc&other=1&q=++', '/catalogue'],
  ])('%s comes back as %s', (query, address) => expect(round(query)).toBe(address));

  it('asks the API by its own names, with the years and scores in order', () => {
    expect(questionOf(read('score_from=9&score_to=7')).toString()).toBe('score_from=7&score_to=9');
    expect(questionOf(read('q=titan&year_from=2015&year_to=2010')).toString()).toBe('search=titan&year_from=2010&year_to=2015');
  });

  it('takes a genre or leaves it out, never both', () => {
    const wanted = toggled(read('genre=action'), 'genre_not', 'action');
    expect([wanted.genre, wanted.genre_not]).toEqual([[], ['action']]);
    expect(toggled(wanted, 'genre_not', 'action').genre_not).toEqual([]);
    expect(withGenres(read('genre=a&genre=b'), true).genre_all).toEqual(['a', 'b']);
    expect(withGenres(read('genre_all=a'), false).genre).toEqual(['a']);
  });

  it('has a chip for each, and both years are one', () => {
    const filters = read('genre=a&genre_not=b&status=ongoing&year_from=2010&year_to=2012&score_from=8&score_to=9&gems=true&q=x');
    const chips = chipsOf(filters);
    expect(chips.map((chip) => chip.name)).toEqual(['genre', 'genre_not', 'status', 'years', 'scores', 'gems']);
    const none = chips.reduce(without, filters);
    expect(none).toEqual(cleared(filters));
    expect(chipsOf(none)).toEqual([]);
    expect(none.search).toBe('x');
  });
});
