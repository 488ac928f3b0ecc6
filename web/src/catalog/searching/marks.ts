/** A name cut into what was typed and what was not. */
import type { Matched } from '../../api/types';

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** The ranges count code points, as the server does, and not UTF-16 units. */
export function pieces(found: Pick<Matched, 'name' | 'ranges'>): readonly Piece[] {
  const letters = Array.from(found.name);
  const cut: Piece[] = [];
  let end = 0;
  const add = (to: number, marked: boolean): void => {
    if (to > end) cut.push({ text: letters.slice(end, to).join(''), marked });
    end = Math.max(end, to);
  };
  for (const [from, to] of found.ranges) {
    add(from, false);
    add(to, true);
  }
  add(letters.length, false);
  return cut;
}
