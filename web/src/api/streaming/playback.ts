/** Stream sessions: the links to one episode's video, good for this viewer for a while, and who else holds some. */
import { api } from '../client';
import { Problem } from '../problem';
import type { GuestTracks, Page, Playback, ViewerStream, WatchedStream, WatchedStreams } from '../types';

export interface PlaybackWishes {
  /** The stream of the same account that ends for this one. */
  readonly takeover?: string | null;
  /** In a party: without ads, which would be others for each member. */
  readonly together?: boolean;
  /** What tracks are chosen by for somebody without an account. */
  readonly guest?: GuestTracks | null;
  /** What is expected of the link. */
  readonly bandwidthBps?: number | null;
}

export function openPlayback(
  episodeId: string,
  { takeover = null, together = false, guest = null, bandwidthBps = null }: PlaybackWishes = {},
): Promise<Playback> {
  return api.post(`/episodes/${encodeURIComponent(episodeId)}/playback`, {
    takeover,
    together,
    ...(guest ? { guest } : {}),
    ...(bandwidthBps === null ? {} : { bandwidth_bps: bandwidthBps }),
    device: {
      width_px: Math.round(screen.width * devicePixelRatio),
      height_px: Math.round(screen.height * devicePixelRatio),
      codecs: playableCodecs(),
    },
  });
}

/** `leaving`: the page is on its way out, and the request must not go with it. */
export async function stopPlayback(sessionId: string, { leaving = false } = {}): Promise<void> {
  await api.send('DELETE', `/playback/${encodeURIComponent(sessionId)}`, { keepalive: leaving });
}

export const listWatched = (): Promise<WatchedStreams> => api.get('/playback');

export async function stopAllPlayback(): Promise<void> {
  await api.send('DELETE', '/playback');
}

export const VIEWERS_PAGE = 30;

export const listViewers = (page: number): Promise<Page<ViewerStream>> => api.get(`/admin/playback?page=${page}&page_size=${VIEWERS_PAGE}`);

/** Why one more stream was refused: how many there may be, and who holds them. */
export interface StreamLimit {
  readonly limit: number;
  readonly holders: readonly Omit<WatchedStream, 'current'>[];
}

/** Null for any other error. */
export function streamLimitOf(error: unknown): StreamLimit | null {
  if (!(error instanceof Problem) || error.code !== 'stream_limit_reached') return null;
  const { limit, holders } = error.members;
  return { limit: Number(limit), holders: Array.isArray(holders) ? (holders as StreamLimit['holders']) : [] };
}

/** One RFC 6381 string per codec family that this browser can put into a media source. */
function playableCodecs(): string[] {
  const candidates = ['avc1.640028', 'hvc1.1.6.L120.90', 'av01.0.08M.08', 'vp09.00.40.08', 'mp4a.40.2', 'opus', 'ac-3', 'ec-3'];
  if (typeof MediaSource === 'undefined') return [];
  return candidates.filter((codec) => {
    const kind = /^(mp4a|opus|ac-3|ec-3)/.test(codec) ? 'audio' : 'video';
    return MediaSource.isTypeSupported(`${kind}/mp4; codecs="${codec}"`);
  });
}
