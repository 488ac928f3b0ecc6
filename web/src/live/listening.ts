/** What a viewer does about what the server says of how to watch. */
import type { Delivery } from '../api/live/delivery';
import { Problem } from '../api/problem';

const RETRY_MS = 3_000;
/** An offer that was not taken is gone by then. */
const DECLINED_MS = 12_000;
/** A server that does not answer so many times has forgotten the name, as one does that says so. */
const GONE_AFTER = 3;

export interface Listener {
  /** Held by the server while there is nothing new. Raises Problem. */
  readonly ask: (now: Delivery) => Promise<Delivery>;
  /** Whether somebody could change over now: they see the present by HLS. */
  readonly isReady: () => boolean;
  /** Go on by HLS. */
  readonly goOver: () => void;
  /** A place is offered. */
  readonly comeBack: () => void;
  /** The broadcast is over, or the server was started anew: at the next one there may be a place. */
  readonly startAnew: () => void;
  readonly pause: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Until `signal`, or until another session takes its place. */
export async function listen(now: Delivery, { ask, isReady, goOver, comeBack, startAnew, pause, signal }: Listener): Promise<void> {
  let failures = 0;
  // An offer may come, and the way be left, while one waits.
  const over = (): boolean => signal.aborted;
  while (!over()) {
    let word: Delivery;
    try {
      word = await ask(now);
      failures = 0;
    } catch (error) {
      const problem = error instanceof Problem ? error : null;
      if (problem?.status !== 404 && ++failures < GONE_AFTER) {
        await pause(Math.max(RETRY_MS, (problem?.retryAfterS ?? 0) * 1000));
        continue;
      }
      if (now === 'webrtc') return; // its player sees the end of the session itself
      while (!over() && !isReady()) await pause(RETRY_MS);
      if (!over()) startAnew();
      return;
    }
    if (over() || word === now) continue;
    if (word === 'hls') {
      goOver();
      return;
    }
    if (isReady()) comeBack();
    await pause(DECLINED_MS);
  }
}
