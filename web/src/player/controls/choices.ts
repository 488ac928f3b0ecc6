/** What the settings of the player offer to choose from. */
import { languageName, t } from '../../i18n/i18n.svelte';
import type { Player } from '../player.svelte';
import type { Track } from '../stream';
import type { Transport } from '../transport';
import { RATES } from './shortcuts';

export type Section = 'quality' | 'rate' | 'audio' | 'subtitles';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}

export function choicesOf(player: Player, transport: Transport): Record<Section, readonly Choice[]> {
  return {
    quality: [
      { id: 'auto', label: autoLabel(player), chosen: player.level < 0, choose: () => player.setLevel(-1) },
      ...player.levels.map((level) => ({
        id: String(level.heightPx),
        label: `${level.heightPx}p`,
        chosen: player.level === level.index,
        choose: () => player.setLevel(level.index),
      })),
    ],
    rate: RATES.map((rate) => ({
      id: String(rate),
      label: rate === 1 ? t('player.rate_normal') : `${rate}×`,
      chosen: Math.abs(transport.rate - rate) < 0.01,
      choose: () => transport.setRate(rate),
    })),
    audio: player.audioTracks.map((track) => ({
      id: trackId(track, player.audioTracks),
      label: trackLabel(track),
      chosen: player.audioTrack === track.index,
      choose: () => player.setAudioTrack(track.index),
    })),
    subtitles: [
      { id: 'off', label: t('player.subtitles_off'), chosen: player.subtitleTrack < 0, choose: () => player.setSubtitleTrack(-1) },
      ...player.subtitleTracks.map((track) => ({
        id: trackId(track, player.subtitleTracks),
        label: trackLabel(track),
        chosen: player.subtitleTrack === track.index,
        choose: () => player.setSubtitleTrack(track.index),
      })),
    ],
  };
}

function autoLabel(player: Player): string {
  return player.level < 0 && player.heightPx > 0
    ? t('player.auto_now', { quality: `${player.heightPx}p` })
    : t('player.auto');
}

/** The language, or a number where another track has it: two people may subtitle in one language. */
function trackId(track: Track, tracks: readonly Track[]): string {
  const first = tracks.find((other) => other.language === track.language);
  return track.language !== null && first === track ? track.language : String(track.index);
}

function trackLabel(track: Track): string {
  return track.label || (track.language ? languageName(track.language) : String(track.index + 1));
}
