/** The film gets softer while somebody speaks, and comes back when they have finished. Pure. */

/** −12 dB: the film stays there, and a voice over it is understood. */
export const DUCKED = 0.25;
/** Down within a syllable, up again so slowly that a breath between two sentences does not pump. */
const ATTACK_MS = 80;
const RELEASE_MS = 600;
/** How long after the last sound somebody still counts as speaking. */
export const HOLD_MS = 400;

/** The factor for the film's volume `passedMs` after it was `factor`. */
export function ducked(factor: number, speaking: boolean, passedMs: number): number {
  const step = ((1 - DUCKED) * passedMs) / (speaking ? ATTACK_MS : RELEASE_MS);
  return speaking ? Math.max(factor - step, DUCKED) : Math.min(factor + step, 1);
}
