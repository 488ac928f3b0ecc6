/** What two who edit at once are shown. */
import { Problem } from '../api/problem';

export interface Difference {
  /** Of the field, as its label has it. */
  readonly name: string;
  readonly mine: string;
  readonly theirs: string;
}

/** Of rows of name, mine and theirs those that differ. */
export function differing(rows: readonly (readonly [name: string, mine: string, theirs: string])[]): readonly Difference[] {
  return rows.filter(([, mine, theirs]) => mine !== theirs).map(([name, mine, theirs]) => ({ name, mine, theirs }));
}

/** Whether somebody else saved first: 412 where they had done so before, 409 where both saved in one moment. */
export const isStale = (problem: unknown): problem is Problem => problem instanceof Problem && problem.code === 'stale';
