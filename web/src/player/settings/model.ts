/** How somebody watches: what holds for everybody, and how captions are drawn. */
import type { CaptionStyle, PlayerSettings } from '../../api/types';

export const USUAL_CAPTIONS: CaptionStyle = {
  size_percent: 100,
  color: '#fffaf0',
  background: '#08090d',
  background_percent: 72,
  edge: 'none',
};

export const USUAL: PlayerSettings = {
  tracks: [],
  quality_px: 0,
  rate: 1,
  autoplay_next: true,
  skip_openings: false,
  captions: USUAL_CAPTIONS,
};

const EDGES: Readonly<Record<CaptionStyle['edge'], string>> = {
  none: 'none',
  outline: '-1px -1px 1px #000, 1px -1px 1px #000, -1px 1px 1px #000, 1px 1px 1px #000',
  shadow: '1px 2px 4px #000',
};

/** The custom properties that draw captions so, in the player and in the preview: `style` of an element around them. */
export function captionVariables(style: CaptionStyle): string {
  return [
    `--cue-size: ${style.size_percent}%`,
    `--cue-color: ${style.color}`,
    `--cue-background: ${style.background}${Math.round(style.background_percent * 2.55).toString(16).padStart(2, '0')}`,
    `--cue-edge: ${EDGES[style.edge]}`,
  ].join('; ');
}
