/** How the server wants somebody to watch a live channel. */
import { api } from '../client';

export type Delivery = 'webrtc' | 'hls';

/** The server holds it for twenty seconds. */
const HELD_MS = 40_000;

/** As soon as it is not `now`, or after a while. `session`: of WHEP, or the name under which one waits for a place. */
export const howToWatch = async (session: string, now: Delivery, signal: AbortSignal): Promise<Delivery> =>
  (await api.get<{ delivery: Delivery }>(`/live/sessions/${encodeURIComponent(session)}/delivery?now=${now}`, { signal, timeoutMs: HELD_MS })).delivery;
