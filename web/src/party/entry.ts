import { api } from '../api/client';
import type { Auth } from '../realtime/socket';

/** How this visitor comes in: an account, or a name, with an invite where one is needed. */
export interface Entry {
  readonly partyId: string;
  readonly invite: string | null;
  /** Null for signed-in visitors. */
  readonly guestName: string | null;
}

/** What this visitor shows at the door. */
export async function authOf({ partyId, invite, guestName }: Entry): Promise<Auth> {
  const shown = invite ? { invite } : {};
  if (guestName === null) return { token: api.token ?? '', ...shown };
  const pass = guestPass(partyId);
  // Where everybody may come in, a name is enough; with a pass one is who one was.
  return { ...(pass ? { token: pass } : {}), ...(invite ? shown : { party_id: partyId }), name: guestName };
}

// A guest's pass lives as long as the tab: a reload is the same guest, another tab is another.

const PASS = 'ani.guest.';

export function guestPass(partyId: string): string | null {
  try {
    return sessionStorage.getItem(PASS + partyId);
  } catch {
    return null;
  }
}

export function keepGuestPass(partyId: string, token: string): void {
  try {
    sessionStorage.setItem(PASS + partyId, token);
  } catch {
    // Refused: after a reload this guest is somebody new.
  }
}

export function forgetGuestPass(partyId: string): void {
  try {
    sessionStorage.removeItem(PASS + partyId);
  } catch {
    // As above.
  }
}
