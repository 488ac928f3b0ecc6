/** Which rows of a long grid are drawn: those on the screen and a screen before and behind. Pure. */

export interface GridShape {
  readonly columns: number;
  /** From the top of a row to that of the next, in pixels. */
  readonly rowHeight: number;
}

export interface Window {
  /** The first item drawn. */
  readonly first: number;
  /** The first one behind. */
  readonly end: number;
  /** Where the first row stands, in pixels from the top of the grid. */
  readonly offset: number;
}

/** `top` is where the screen begins, in pixels from the top of the grid; it may be before it. */
export function windowOf(shape: GridShape, total: number, top: number, screen: number): Window {
  const rows = Math.ceil(total / shape.columns);
  const from = Math.min(Math.max(0, Math.floor((top - screen) / shape.rowHeight)), Math.max(0, rows - 1));
  const to = Math.min(rows, Math.max(from + 1, Math.ceil((top + 2 * screen) / shape.rowHeight)));
  return { first: from * shape.columns, end: Math.min(total, to * shape.columns), offset: from * shape.rowHeight };
}

/** The pages, counted from 1, on which the items from `first` to before `end` are. */
export function pagesOf(first: number, end: number, pageSize: number): readonly number[] {
  if (end <= first) return [];
  const from = Math.floor(first / pageSize);
  return Array.from({ length: Math.floor((end - 1) / pageSize) - from + 1 }, (_, place) => from + place + 1);
}
