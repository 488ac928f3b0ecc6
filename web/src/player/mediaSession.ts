import type { Transport } from './transport';

/** Tells the lock screen and the headset what plays, and obeys their buttons; returns what takes that back. */
export function announce(title: string, posterUrl: string | null, transport: Transport): (() => void) | undefined {
  if (!('mediaSession' in navigator)) return undefined;
  navigator.mediaSession.metadata = new MediaMetadata({ title, ...(posterUrl ? { artwork: [{ src: posterUrl }] } : {}) });
  navigator.mediaSession.setActionHandler('play', () => transport.play());
  navigator.mediaSession.setActionHandler('pause', () => transport.pause());
  return () => {
    navigator.mediaSession.metadata = null;
    navigator.mediaSession.setActionHandler('play', null);
    navigator.mediaSession.setActionHandler('pause', null);
  };
}
