import type { TrackEdit } from '../../api/streaming/tracks';

/** What is said of a track of sound or subtitles, as a form holds it. */
export interface TrackWords {
  language: string;
  label: string;
  isDefault: boolean;
  forced: boolean;
  sdh: boolean;
  offsetMs: number;
  /** Whether it can be moved in time afterwards: subtitles that are kept as text. */
  hasOffset: boolean;
}

export const NEW_TRACK: TrackWords = { language: 'ru', label: '', isDefault: false, forced: false, sdh: false, offsetMs: 0, hasOffset: false };

/** What of `after` is another than in `before`, as the API takes it. */
export function editOf(before: TrackWords, after: TrackWords, kind: 'audio' | 'subtitles'): Partial<TrackEdit> {
  const edit: { -readonly [Name in keyof TrackEdit]?: TrackEdit[Name] } = {};
  if (after.language !== before.language) edit.language = after.language === 'und' ? '' : after.language;
  if (after.label !== before.label) edit.label = after.label;
  if (kind === 'audio' && after.isDefault !== before.isDefault) edit.is_default = after.isDefault;
  if (kind === 'subtitles' && after.forced !== before.forced) edit.forced = after.forced;
  if (kind === 'subtitles' && after.sdh !== before.sdh) edit.sdh = after.sdh;
  return edit;
}
