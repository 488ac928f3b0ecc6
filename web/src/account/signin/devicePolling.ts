/** A device asking whether it may come in: the client's side of RFC 8628 §3.4 and §3.5. */
import { Problem } from '../../api/problem';
import type { DeviceAuthorization } from '../../api/types';

/** RFC 8628 §3.5: what `slow_down` adds to the interval, for good. */
const SLOW_DOWN_MS = 5_000;
/** A server that cannot be reached is asked at half the pace each time, down to this one. */
const LONGEST_WAIT_MS = 60_000;

export type Outcome = 'approved' | 'denied' | 'expired';

export interface Surroundings {
  /** Asks once; raises Problem where the device is not let in. */
  readonly ask: (deviceCode: string) => Promise<unknown>;
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** Asks until somebody decides or the code expires; raises Problem for what asking again does not mend. */
export async function waitForApproval(
  authorization: DeviceAuthorization,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Outcome> {
  let intervalMs = authorization.interval * 1000;
  for (;;) {
    await around.wait(intervalMs, signal);
    try {
      await around.ask(authorization.device_code);
      return 'approved';
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'slow_down') intervalMs += SLOW_DOWN_MS;
      else if (error.code === 'access_denied') return 'denied';
      else if (error.code === 'expired_token' || error.code === 'invalid_grant') return 'expired';
      else if (error.status === 0 || error.status === 429 || error.status >= 500)
        intervalMs = Math.min(intervalMs * 2, LONGEST_WAIT_MS);
      else if (error.code !== 'authorization_pending') throw error;
    }
  }
}

/** Waits, or raises the signal's reason as soon as it is aborted. */
export function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, delayMs);
    function done(): void {
      signal.removeEventListener('abort', stop);
      resolve();
    }
    function stop(): void {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}
