/** Whether the server is there: asked of the page one is on, which needs no rights and no other address. */

/** Between two questions: soon enough not to be waited for, and nothing for a server that is starting. */
export const ASK_AGAIN_MS = 3_000;

/** One that has not answered by then will not. */
const PATIENCE_MS = 10_000;

export async function serverReachable(ask: typeof fetch = fetch): Promise<boolean> {
  try {
    const answer = await ask(window.location.pathname, {
      method: 'HEAD',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // A proxy in front of a server that is gone answers for it (502 to 504).
    return answer.status < 500;
  } catch {
    return false;
  }
}

/** Resolves once the server is reachable; false: `signal` was aborted before. */
export async function waitUntilReachable(
  signal: AbortSignal,
  ask: () => Promise<boolean> = serverReachable,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<boolean> {
  while (!signal.aborted) {
    if (await ask()) return !signal.aborted;
    await wait(ASK_AGAIN_MS);
  }
  return false;
}
