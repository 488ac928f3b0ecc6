/** Asks for a stream session: the links to one episode's video, good for this viewer for a while. */
import { api } from '../client';
import type { Playback } from '../types';

export function openPlayback(episodeId: string): Promise<Playback> {
  return api.post(`/episodes/${encodeURIComponent(episodeId)}/playback`, {
    device: {
      width_px: Math.round(screen.width * devicePixelRatio),
      height_px: Math.round(screen.height * devicePixelRatio),
      codecs: playableCodecs(),
    },
  });
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
