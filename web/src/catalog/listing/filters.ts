/** What the catalogue is filtered by, as it stands in the address: so that it can be sent, bookmarked and gone back to. */
import type { FacetCounts } from '../../api/catalog/catalog';

/** Properties of which several values can be chosen, as the API names them. */
export const LISTS = ['genre', 'genre_all', 'genre_not', 'type', 'season', 'age_rating', 'status', 'tag', 'tag_not', 'studio', 'person'] as const;
export type ListName = (typeof LISTS)[number];
export const SORTS = ['relevance', '-created_at', '-fresh_at', '-rating', '-popularity', '-trending', '-year', 'year', 'name'] as const;
export type Sort = (typeof SORTS)[number];
export type Facet = keyof FacetCounts;

export interface Filters extends Readonly<Record<ListName, readonly string[]>> {
  readonly search: string;
  readonly year_from: number | null;
  readonly year_to: number | null;
  /** The least score, from 1 to 10. */
  readonly score_from: number | null;
  /** The greatest. */
  readonly score_to: number | null;
  /** Only what is liked much and known little. */
  readonly gems: boolean;
  /** Null: as the server has it, by relevance or the newest first. */
  readonly sort: Sort | null;
}

/** One filter that can be taken away by itself: for the years and the score both ends. */
export interface Chip {
  readonly name: ListName | 'years' | 'scores' | 'gems';
  readonly value: string;
}

const YEAR = /^(?:18|19|20)\d\d$/;
const SCORE = /^(?:10|[1-9])$/;

function score(text: string | null): number | null {
  return text !== null && SCORE.test(text) ? Number(text) : null;
}

function year(text: string | null): number | null {
  return text !== null && YEAR.test(text) ? Number(text) : null;
}

/** Reads an address; what is no filter is left out, as the server would refuse it. */
export function readFilters(query: URLSearchParams): Filters {
  const lists = Object.fromEntries(LISTS.map((name) => [name, [...new Set(query.getAll(name).filter(Boolean))]])) as unknown as Record<ListName, string[]>;
  const sort = query.get('sort');
  return {
    ...lists,
    search: (query.get('q') ?? '').trim(),
    year_from: year(query.get('year_from')),
    year_to: year(query.get('year_to')),
    score_from: score(query.get('score_from')),
    score_to: score(query.get('score_to')),
    gems: query.get('gems') === 'true',
    sort: SORTS.find((known) => known === sort) ?? null,
  };
}

function write(filters: Filters, searchName: string): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.search) query.set(searchName, filters.search);
  for (const name of LISTS) for (const value of filters[name]) query.append(name, value);
  for (const name of ['year_from', 'year_to', 'score_from', 'score_to', 'sort'] as const) {
    const value = filters[name];
    if (value !== null) query.set(name, String(value));
  }
  if (filters.gems) query.set('gems', 'true');
  return query;
}

/** The address of a page with these filters. */
export function addressOf(path: string, filters: Filters): string {
  const query = write(filters, 'q').toString();
  return query ? `${path}?${query}` : path;
}

/** What the API is asked. Years and scores the wrong way round are turned. */
export function questionOf(filters: Filters): URLSearchParams {
  const [year_from, year_to] = ordered(filters.year_from, filters.year_to);
  const [score_from, score_to] = ordered(filters.score_from, filters.score_to);
  return write({ ...filters, year_from, year_to, score_from, score_to }, 'search');
}

function ordered(from: number | null, to: number | null): readonly [number | null, number | null] {
  return from !== null && to !== null && from > to ? [to, from] : [from, to];
}

/** With a value chosen, or no longer. A genre is either wanted or left out. */
export function toggled(filters: Filters, name: ListName, value: string): Filters {
  const had = filters[name].includes(value);
  const rest = had ? filters[name].filter((known) => known !== value) : [...filters[name], value];
  const without = (other: ListName): readonly string[] => filters[other].filter((known) => known !== value);
  const genres = name.startsWith('genre') && !had ? { genre: without('genre'), genre_all: without('genre_all'), genre_not: without('genre_not') } : {};
  const tags = name.startsWith('tag') && !had ? { tag: without('tag'), tag_not: without('tag_not') } : {};
  return { ...filters, ...genres, ...tags, [name]: rest };
}

/** Whether all the chosen genres are wanted, or any of them. */
export function withGenres(filters: Filters, all: boolean): Filters {
  const chosen = [...filters.genre, ...filters.genre_all];
  return { ...filters, genre: all ? [] : chosen, genre_all: all ? chosen : [] };
}

export function chipsOf(filters: Filters): readonly Chip[] {
  const lists = LISTS.flatMap((name) => filters[name].map((value) => ({ name, value })));
  const others = [
    { name: 'years' as const, there: filters.year_from !== null || filters.year_to !== null },
    { name: 'scores' as const, there: filters.score_from !== null || filters.score_to !== null },
    { name: 'gems' as const, there: filters.gems },
  ];
  return [...lists, ...others.filter((other) => other.there).map(({ name }) => ({ name, value: '' }))];
}

export function without(filters: Filters, chip: Chip): Filters {
  switch (chip.name) {
    case 'years':
      return { ...filters, year_from: null, year_to: null };
    case 'scores':
      return { ...filters, score_from: null, score_to: null };
    case 'gems':
      return { ...filters, gems: false };
    default:
      return toggled(filters, chip.name, chip.value);
  }
}

/** Without any filter, but with what is searched for and the order. */
export function cleared(filters: Filters): Filters {
  return { ...readFilters(new URLSearchParams()), search: filters.search, sort: filters.sort };
}
