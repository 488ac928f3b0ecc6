/** Where the recap, the opening and the end of a video are, and the opening that is skipped by itself. */
import type { Markers, Span } from '../api/types';

export const NO_MARKERS: Markers = { recap: null, opening: null, ending: null, preview: null };

/** Too little left to be worth skipping. */
const REST_MS = 1_000;

/** How long before its end a video without a marked ending offers the next one. */
const END_MS = 15_000;

export function within(span: Span | null, positionMs: number): span is Span {
  return span !== null && positionMs >= span.start_ms && positionMs < span.stop_ms - REST_MS;
}

/** From the ending on, or from the preview where no ending is marked. */
export function nearEnd({ ending, preview }: Pick<Markers, 'ending' | 'preview'>, positionMs: number, durationMs: number): boolean {
  return durationMs > 0 && positionMs > 0 && positionMs >= (ending?.start_ms ?? preview?.start_ms ?? durationMs - END_MS);
}

interface Watched {
  readonly positionMs: number;
  /** The viewer likes openings skipped, and nothing else lies over the picture. */
  readonly wanted: boolean;
  readonly paused: boolean;
  readonly canControl: boolean;
}

/** Of one video: each opening is skipped once, for whoever goes back there wants to see it. */
export class OpeningSkip {
  readonly #skipped = new Set<string>();

  /** Where to go on, or null: stay. Whoever gets an answer goes there; it comes once. */
  due(opening: Span | null, { positionMs, wanted, paused, canControl }: Watched): number | null {
    if (!wanted || paused || !canControl || !within(opening, positionMs)) return null;
    // By its times: a new link for the same video brings the same opening in another object.
    const name = `${opening.start_ms}-${opening.stop_ms}`;
    if (this.#skipped.has(name)) return null;
    this.#skipped.add(name);
    return opening.stop_ms;
  }
}
