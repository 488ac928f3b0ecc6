/** Going back in what a channel has shown. */

/** Nobody hits the very edge; so near to it one is live. */
const NEAR_NOW_S = 6;
/** Less is a moment, and no past to go back to. */
export const MIN_PAST_S = 20;

export const isNow = (behindS: number): boolean => behindS < NEAR_NOW_S;
