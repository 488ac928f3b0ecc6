/** A minute of playback as lines. Pure. */

/** How playback goes at one moment; null: not known. */
export interface Sample {
  readonly bufferMs: number;
  readonly throughputBps: number | null;
}

export const SAMPLE_MS = 500;
/** A minute. */
export const MAX_SAMPLES = 120;

/** The last of them, with one more. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples, sample].slice(-MAX_SAMPLES);
}

/**
 * `points` of a polyline, the newest at the right edge of a box of `width` × `height`; what is not known is left out.
 * The scale goes to the highest value, and not below `least`, so that little stays little.
 */
export function line(values: readonly (number | null)[], width: number, height: number, least: number): string {
  const highest = Math.max(least, ...values.map((value) => value ?? 0));
  const step = width / (MAX_SAMPLES - 1);
  return values
    .map((value, index) => (value === null ? '' : `${round(width - (values.length - 1 - index) * step)},${round(height - (value / highest) * height)}`))
    .filter((point) => point !== '')
    .join(' ');
}

const round = (value: number): number => Math.round(value * 10) / 10;
