/** How somebody watches who has no account, and what they chose in which series: kept in this browser. */
import { CaptionsIO, PlayerSettingsPatch as Limits } from '../../api/limits';
import type { CaptionStyle, GuestTracks, PlayerSettings, SeriesChoicePatch, TrackWish } from '../../api/types';
import { readSetting, removeSetting, saveSetting } from '../../ui/localSettings';
import { USUAL, USUAL_CAPTIONS } from './model';

const SETTINGS = 'player';
const SERIES = 'player-series';

/** As many as the server takes with a request: `GuestIn.series`. */
const SERIES_MAX = 50;
const TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const COLOR = new RegExp(CaptionsIO.color.pattern);
const KINDS = ['full', 'forced', 'sdh'] as const;
const EDGES = ['none', 'outline', 'shadow'] as const;

/** Whatever stands there: other versions, other programs and people write it, too. */
type Unknown = Readonly<Record<string, unknown>>;

function read(name: string): unknown {
  try {
    return JSON.parse(readSetting(name, () => true) ?? 'null') as unknown;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Unknown => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTag = (value: unknown): value is string => typeof value === 'string' && value.length <= 35 && TAG.test(value);
const numberIn = (value: unknown, { minimum, maximum }: { minimum: number; maximum: number }, otherwise: number): number =>
  typeof value === 'number' && value >= minimum && value <= maximum ? value : otherwise;
const kindOf = (value: unknown): (typeof KINDS)[number] => KINDS.find((kind) => kind === value) ?? 'full';

function wish(value: unknown): TrackWish | null {
  if (!isObject(value) || !isTag(value['audio']) || value['audio'] === 'off') return null;
  const subtitles = isTag(value['subtitles']) && value['subtitles'] !== 'any' ? value['subtitles'] : 'off';
  return { audio: value['audio'], subtitles, kind: kindOf(value['kind']) };
}

function captions(value: unknown): CaptionStyle {
  if (!isObject(value)) return USUAL_CAPTIONS;
  const color = (name: 'color' | 'background'): string => {
    const given = value[name];
    return typeof given === 'string' && COLOR.test(given) ? given : USUAL_CAPTIONS[name];
  };
  return {
    size_percent: Math.round(numberIn(value['size_percent'], CaptionsIO.size_percent, USUAL_CAPTIONS.size_percent)),
    color: color('color'),
    background: color('background'),
    background_percent: Math.round(numberIn(value['background_percent'], CaptionsIO.background_percent, USUAL_CAPTIONS.background_percent)),
    edge: EDGES.find((edge) => edge === value['edge']) ?? 'none',
  };
}

/** What is kept, without anything that the server would refuse. */
export function guestSettings(): PlayerSettings {
  const kept = read(SETTINGS);
  if (!isObject(kept)) return USUAL;
  const tracks = Array.isArray(kept['tracks']) ? kept['tracks'] : [];
  return {
    tracks: tracks.map(wish).filter((each) => each !== null).slice(0, Limits.tracks.maxItems),
    quality_px: Math.round(numberIn(kept['quality_px'], Limits.quality_px, 0)),
    rate: numberIn(kept['rate'], Limits.rate, 1),
    autoplay_next: typeof kept['autoplay_next'] === 'boolean' ? kept['autoplay_next'] : true,
    skip_openings: kept['skip_openings'] === true,
    captions: captions(kept['captions']),
  };
}

export function saveGuestSettings(changes: Partial<PlayerSettings>): PlayerSettings {
  const settings = { ...guestSettings(), ...changes };
  saveSetting(SETTINGS, JSON.stringify(settings));
  return settings;
}

const ID = /^[0-9a-f-]{36}$/;

function choice(value: unknown): SeriesChoicePatch {
  if (!isObject(value)) return {};
  const { audio, subtitles } = value;
  const label = (of: Unknown): string => (typeof of['label'] === 'string' ? of['label'].slice(0, 100) : '');
  return {
    ...(isObject(audio) && isTag(audio['language']) ? { audio: { language: audio['language'], label: label(audio) } } : {}),
    ...(isObject(subtitles) && isTag(subtitles['language'])
      ? { subtitles: { language: subtitles['language'], label: label(subtitles), kind: kindOf(subtitles['kind']) } }
      : {}),
  };
}

/** Release → what was chosen in it, the oldest first. */
export function guestSeries(): Record<string, SeriesChoicePatch> {
  const kept = read(SERIES);
  if (!isObject(kept)) return {};
  const known = Object.entries(kept).filter(([id]) => ID.test(id));
  return Object.fromEntries(known.map(([id, value]) => [id, choice(value)]));
}

export function saveGuestSeries(releaseId: string, chosen: SeriesChoicePatch): void {
  const { [releaseId]: before, ...others } = guestSeries();
  const all = Object.entries({ ...others, [releaseId]: { ...before, ...chosen } });
  saveSetting(SERIES, JSON.stringify(Object.fromEntries(all.slice(-SERIES_MAX))));
}

export function forgetGuestSeries(): void {
  removeSetting(SERIES);
}

/** What the server chooses tracks by. */
export function guestTracks(): GuestTracks {
  return { tracks: guestSettings().tracks, series: guestSeries() };
}
