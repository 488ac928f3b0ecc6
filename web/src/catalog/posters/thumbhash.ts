/** ThumbHash (https://evanw.github.io/thumbhash/): some 25 bytes → a blur of the picture. */

/** Of the longer side: more shows nothing, as there are seven waves at most. */
const SIDE_PX = 24;

export interface Blur {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The pixels of a hash in base64, or null for what is none. */
export function decodeThumbHash(base64: string): Blur | null {
  let hash: Uint8Array;
  try {
    hash = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
  const byte = (index: number): number => hash[index] ?? 0;
  const head = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  const more = byte(3) | (byte(4) << 8);
  const hasAlpha = head >> 23 !== 0;
  const landscape = more >> 15 !== 0;
  const shorter = more & 7;
  if (hash.length < (hasAlpha ? 6 : 5) || shorter === 0) return null;
  const most = hasAlpha ? 5 : 7;
  const wavesX = Math.max(3, landscape ? most : shorter);
  const wavesY = Math.max(3, landscape ? shorter : most);

  let nibble = (hasAlpha ? 6 : 5) * 2;
  /** The waves of one channel: a triangle of them, without the constant part. */
  const waves = (countX: number, countY: number, scale: number): number[] => {
    const read: number[] = [];
    for (let y = 0; y < countY; y++) {
      for (let x = y === 0 ? 1 : 0; x * countY < countX * (countY - y); x++) {
        read.push((((byte(nibble >> 1) >> ((nibble & 1) << 2)) & 15) / 7.5 - 1) * scale);
        nibble++;
      }
    }
    return read;
  };
  const lWaves = waves(wavesX, wavesY, ((head >> 18) & 31) / 31);
  // A little more colour than was stored makes up for what was rounded away, as the format says.
  const pWaves = waves(3, 3, (((more >> 3) & 63) / 63) * 1.25);
  const qWaves = waves(3, 3, (((more >> 9) & 63) / 63) * 1.25);
  const aWaves = hasAlpha ? waves(5, 5, (byte(5) >> 4) / 15) : [];

  const ratio = (landscape ? most : shorter) / (landscape ? shorter : most);
  const width = Math.max(1, Math.round(ratio > 1 ? SIDE_PX : SIDE_PX * ratio));
  const height = Math.max(1, Math.round(ratio > 1 ? SIDE_PX / ratio : SIDE_PX));
  const rgba = new Uint8ClampedArray(width * height * 4);
  const at = (constant: number, of: readonly number[], countX: number, countY: number, x: number, y: number): number => {
    let sum = constant;
    let index = 0;
    for (let waveY = 0; waveY < countY; waveY++) {
      const along = Math.cos((Math.PI / height) * (y + 0.5) * waveY) * 2;
      for (let waveX = waveY === 0 ? 1 : 0; waveX * countY < countX * (countY - waveY); waveX++) {
        sum += (of[index++] ?? 0) * Math.cos((Math.PI / width) * (x + 0.5) * waveX) * along;
      }
    }
    return sum;
  };
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place += 4) {
      const l = at((head & 63) / 63, lWaves, wavesX, wavesY, x, y);
      const p = at(((head >> 6) & 63) / 31.5 - 1, pWaves, 3, 3, x, y);
      const q = at(((head >> 12) & 63) / 31.5 - 1, qWaves, 3, 3, x, y);
      const blue = l - (2 / 3) * p;
      const red = (3 * l - blue + q) / 2;
      rgba[place] = 255 * red;
      rgba[place + 1] = 255 * (red - q);
      rgba[place + 2] = 255 * blue;
      rgba[place + 3] = hasAlpha ? 255 * at((byte(5) & 15) / 15, aWaves, 5, 5, x, y) : 255;
    }
  }
  return { width, height, rgba };
}

/** A small picture to put behind one that loads; empty where there is none to show. */
export function blurUrl(base64: string): string {
  const blur = decodeThumbHash(base64);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!blur || !context) return '';
  canvas.width = blur.width;
  canvas.height = blur.height;
  context.putImageData(new ImageData(blur.rgba, blur.width, blur.height), 0, 0);
  return canvas.toDataURL();
}
