/** How a progress report reaches the server: over an open socket, else by REST; by a keepalive request at the end. */
import type { Socket } from 'socket.io-client';
import { api } from '../api/client';
import type { ProgressItem } from '../api/types';
import { ask, openSocket } from '../realtime/socket';
import { ProgressTracker } from './tracker';

const PATH = '/library/progress';

async function send(socket: Socket, item: ProgressItem): Promise<boolean> {
  try {
    if (socket.connected) await ask(socket, 'progress', item);
    else await api.post(PATH, { items: [item] });
    return true;
  } catch {
    return false;
  }
}

/** `sendBeacon` cannot carry the access token; a keepalive request outlives the page just as well. */
function sendLast(item: ProgressItem): void {
  if (api.token === null) return;
  void fetch(`/api/v1${PATH}`, {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${api.token}` },
    body: JSON.stringify({ items: [item] }),
  }).catch(() => undefined);
}

export function trackerOver(socket: Socket, episodeId: string): ProgressTracker {
  return new ProgressTracker(episodeId, { now: Date.now, send: (item) => send(socket, item), sendLast });
}

/** A connection of its own, for watching alone. */
export function progressSocket(): Socket {
  const socket = openSocket(async () => ({ token: api.token ?? '' }));
  socket.connect();
  return socket;
}
