/** Suggestions as the lines of one list, in groups. */
import type { Suggested, TitleSuggestion } from '../../api/catalog/catalog';
import type { Matched } from '../../api/types';
import { paths } from '../../routes';

/** Of each group: with their headings, four of five lines fill a screen. */
export const GROUP_MAX = 5;

export const GROUPS = ['titles', 'people', 'studios', 'tags'] as const;
export type GroupName = (typeof GROUPS)[number];
type EntryGroup = Exclude<GroupName, 'titles'>;
export const HEADINGS = { titles: 'search.titles', people: 'search.people', studios: 'search.studios', tags: 'search.tags' } as const;

interface Line {
  /** Unique in the list. */
  readonly key: string;
}
export interface TitleLine extends Line {
  readonly group: 'titles';
  readonly href: string;
  readonly title: TitleSuggestion;
}
export interface EntryLine extends Line {
  readonly group: EntryGroup;
  readonly href: string;
  readonly name: string;
  readonly releases: number;
  readonly matched: Matched | null;
}
/** What to search for instead. */
export interface MeantLine extends Line {
  readonly group: 'meant';
  readonly text: string;
}
export type SuggestionLine = MeantLine | TitleLine | EntryLine;

const ENTRY_PATHS: Readonly<Record<EntryGroup, (key: string) => string>> = { people: paths.person, studios: paths.studio, tags: paths.tag };

/** All lines from top to bottom, as the arrow keys walk them. */
export function linesOf(found: Suggested): readonly SuggestionLine[] {
  const meant: SuggestionLine[] = found.did_you_mean ? [{ key: 'meant', group: 'meant', text: found.did_you_mean }] : [];
  const titles = found.titles.slice(0, GROUP_MAX).map((title): SuggestionLine => ({ key: `titles-${title.id}`, group: 'titles', href: paths.release(title.id), title }));
  const entries = (['people', 'studios', 'tags'] as const).flatMap((group) =>
    found[group].slice(0, GROUP_MAX).map(({ id, alias, name, releases, matched }): SuggestionLine => ({ key: `${group}-${id}`, group, href: ENTRY_PATHS[group](alias), name, releases, matched: matched ?? null })),
  );
  return [...meant, ...titles, ...entries];
}

/** Of a list the entries alone, by group. */
export function entriesOf(lines: readonly SuggestionLine[]): readonly { readonly name: EntryGroup; readonly lines: readonly EntryLine[] }[] {
  return (['people', 'studios', 'tags'] as const)
    .map((name) => ({ name, lines: lines.filter((line): line is EntryLine => line.group === name) }))
    .filter(({ lines: some }) => some.length > 0);
}

/** A line and its place in the whole list. */
export interface Placed {
  readonly line: SuggestionLine;
  readonly place: number;
}

/** The lines by group, in order; a group of none is left out. */
export function grouped(lines: readonly SuggestionLine[]): readonly { readonly name: SuggestionLine['group']; readonly lines: readonly Placed[] }[] {
  const placed = lines.map((line, place) => ({ line, place }));
  return (['meant', ...GROUPS] as const).map((name) => ({ name, lines: placed.filter(({ line }) => line.group === name) })).filter(({ lines: some }) => some.length > 0);
}
