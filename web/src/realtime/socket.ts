/** The Socket.IO connection: typed requests with an answer or a reason, and never a wait without an end. */
import { io, type Socket } from 'socket.io-client';

/** An access token or a guest's pass; or an invite and a name; or an account that comes with an invite. */
export interface Auth {
  readonly token?: string;
  readonly invite?: string;
  readonly name?: string;
}

/** Longer than any answer takes, and shorter than the connection takes to notice that it is dead. */
const ACK_TIMEOUT_MS = 8_000;

/** The server's reason for not doing what was asked. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message || code);
  }
}

type Ack<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

/** `auth` is asked again for every connection: a reconnect comes with the token of that moment. */
export function openSocket(auth: () => Promise<Auth>): Socket {
  return io('/party', {
    path: '/socket.io/',
    transports: ['websocket', 'polling'],
    // Where websockets do not get through (some proxies), polling is tried in the same attempt.
    tryAllTransports: true,
    autoConnect: false,
    reconnectionDelay: 200,
    // A killed node should cost a second; a thousand clients should still not all come at once.
    reconnectionDelayMax: 2_000,
    randomizationFactor: 0.5,
    timeout: 5_000,
    auth: (give) => {
      auth().then(give, () => {
        give({});
      });
    },
  });
}

/** Sends an event and waits for its ack. Raises Refused, also with code `timeout` or `disconnected`. */
export async function ask<T = object>(socket: Socket, event: string, payload: object = {}): Promise<T> {
  // Without a connection socket.io would queue the event and play it out of order later.
  if (!socket.connected) throw new Refused('disconnected', '');
  let ack: Ack<T>;
  try {
    ack = (await socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, payload)) as Ack<T>;
  } catch {
    throw new Refused(socket.connected ? 'timeout' : 'disconnected', '');
  }
  if (!ack.ok) throw new Refused(ack.error.code, ack.error.message);
  return ack;
}
