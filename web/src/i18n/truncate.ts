/** The beginning of a text, without half of anything that a reader sees as one character. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `limit` code points, which is how the server counts; whole characters only, an emoji of several parts included. */
export function truncate(text: string, limit: number): string {
  if ([...text].length <= limit) return text;
  let kept = '';
  let count = 0;
  for (const { segment } of graphemes.segment(text)) {
    count += [...segment].length;
    if (count > limit) break;
    kept += segment;
  }
  return kept;
}
