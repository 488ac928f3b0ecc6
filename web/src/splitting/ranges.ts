/** Numbers of episodes as people write them: “13-24, 25.5”. Pure. */

export interface Ranges {
  /** Those of the release that are meant, ascending. */
  readonly chosen: readonly number[];
  /** What is no range, or names no episode of the release, as it was written. */
  readonly wrong: readonly string[];
}

const NUMBER = String.raw`\d{1,6}(?:\.\d{1,3})?`;
/** One number, from one to another, from one on (“13-”), or up to one (“-12”). */
const RANGE = new RegExp(`^(${NUMBER})?\\s*([-–—]|\\.\\.)?\\s*(${NUMBER})?$`);

/** `ordinals` are those of the release. */
export function parseRanges(text: string, ordinals: readonly number[]): Ranges {
  const chosen = new Set<number>();
  const wrong: string[] = [];
  for (const part of text.split(/[,;\n]/).map((each) => each.trim()).filter(Boolean)) {
    const [matched, from, dash, to] = RANGE.exec(part) ?? [];
    if (matched === undefined || (from === undefined && to === undefined) || (!dash && to !== undefined)) {
      wrong.push(part);
      continue;
    }
    const first = from === undefined ? -Infinity : Number(from);
    const last = to === undefined ? (dash ? Infinity : first) : Number(to);
    const meant = ordinals.filter((ordinal) => ordinal >= first && ordinal <= last);
    if (meant.length === 0) wrong.push(part);
    for (const ordinal of meant) chosen.add(ordinal);
  }
  return { chosen: [...chosen].sort((a, b) => a - b), wrong };
}

/** `chosen` in as few ranges as say the same in a release with these `ordinals`: “1, 13–24”. */
export function formatRanges(chosen: readonly number[], ordinals: readonly number[]): string {
  const all = [...ordinals].sort((a, b) => a - b);
  const wanted = new Set(chosen);
  const runs: number[][] = [];
  let before = false;
  for (const ordinal of all) {
    const now = wanted.has(ordinal);
    if (now && before) runs.at(-1)?.push(ordinal);
    else if (now) runs.push([ordinal]);
    before = now;
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(', '))).join(', ');
}
