/** Moving one entry of a list. Pure. */

/** `items` with the one that `is` it at place `to`; null where nothing would change. */
export function reordered<T>(items: readonly T[], is: (item: T) => boolean, to: number): T[] | null {
  const from = items.findIndex(is);
  const item = items[from];
  if (item === undefined || from === to || to < 0 || to >= items.length) return null;
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}
