/**
 * The storyboard: a WebVTT file whose cues name a rectangle of a sprite sheet (`sheet.jpg#xywh=0,0,160,90`,
 * W3C Media Fragments), one cue per stretch of the video. Pure.
 */

export interface Thumbnail {
  readonly startMs: number;
  readonly endMs: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const TIMES = /^((?:\d+:)?\d{2}:\d{2}\.\d{3})\s+-->\s+((?:\d+:)?\d{2}:\d{2}\.\d{3})/;
const FRAGMENT = /#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

/** The thumbnails of a storyboard file, in the order of the file; cues that name no rectangle are left out. */
export function parseStoryboard(text: string, baseUrl: string): Thumbnail[] {
  const thumbnails: Thumbnail[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, line] of lines.entries()) {
    const times = TIMES.exec(line);
    const target = lines[index + 1]?.trim() ?? '';
    const rectangle = FRAGMENT.exec(target);
    if (!times || !rectangle) continue;
    const [x = 0, y = 0, width = 0, height = 0] = rectangle.slice(1).map(Number);
    thumbnails.push({
      startMs: timestampMs(times[1] ?? ''),
      endMs: timestampMs(times[2] ?? ''),
      url: new URL(target.replace(FRAGMENT, ''), baseUrl).href,
      x,
      y,
      width,
      height,
    });
  }
  return thumbnails;
}

/** The thumbnail shown for a position: the one whose stretch holds it, else the last that began before. */
export function thumbnailAt(thumbnails: readonly Thumbnail[], positionMs: number): Thumbnail | null {
  let low = 0;
  let high = thumbnails.length - 1;
  let found: Thumbnail | null = thumbnails[0] ?? null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candidate = thumbnails[middle];
    if (candidate && candidate.startMs <= positionMs) {
      found = candidate;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}

function timestampMs(text: string): number {
  const [seconds = 0, minutes = 0, hours = 0] = text.split(':').map(Number).reverse();
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

/** Reads the storyboard at `url`; gives what ends the reading.  Without one the bar shows the time alone. */
export function readStoryboard(url: string, onread: (found: readonly Thumbnail[]) => void): () => void {
  const stop = new AbortController();
  fetch(url, { signal: stop.signal })
    .then(async (response) => (response.ok ? parseStoryboard(await response.text(), response.url) : []))
    .then(onread)
    .catch(() => undefined);
  return () => {
    stop.abort();
  };
}
