/** Has a held stream hear that it was stopped, and gives its place back when the page or the component goes. */
import { onUpdate } from '../realtime/updates.svelte';
import type { HeldStream, StopReason, Stopped } from './heldStream.svelte';

/** Call while a component initialises. */
export function keepHeld(held: HeldStream, onstopped: (reason: StopReason) => void): void {
  $effect(() =>
    onUpdate<Stopped>('playback:stopped', (body) => {
      if (held.heard(body)) onstopped(body.reason);
    }),
  );
  $effect(() => {
    const left = (event: PageTransitionEvent): void => {
      // Kept by the browser for "back", it goes on where it was.
      if (!event.persisted) held.leave({ leaving: true });
    };
    addEventListener('pagehide', left);
    return () => {
      removeEventListener('pagehide', left);
      held.leave();
    };
  });
}
