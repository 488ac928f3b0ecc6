import { describe, expect, it } from 'vitest';
import { decodeThumbHash } from './thumbhash';

const base64 = (hex: string): string => btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))));

describe('a ThumbHash', () => {
  it('has the pixels that the reference decoder makes of it', () => {
    // Gradients in red to the right and in green downwards, encoded by the npm package thumbhash 0.1.1.
    const blur = decodeThumbHash(base64('1ef809351a7076807777776777877777917008f878'));
    expect([blur?.width, blur?.height]).toEqual([17, 24]);
    const { rgba = new Uint8ClampedArray() } = blur ?? {};
    const corner = (x: number, y: number): number[] => [...rgba.slice((y * 17 + x) * 4, (y * 17 + x) * 4 + 4)];
    // The reference has (0, 0, 77) and (236, 232, 105) in these corners, at its own size.
    for (const [found, expected] of [[corner(0, 0), [0, 0, 77, 255]], [corner(16, 23), [236, 232, 105, 255]]] as const) {
      for (const [index, value] of expected.entries()) expect(Math.abs((found[index] ?? -1) - value)).toBeLessThan(14);
    }
  });

  it('is refused where it is none', () => {
    for (const bad of ['', '!', 'AAAA', btoa('\0\0\0\0\0\0')]) expect(decodeThumbHash(bad)).toBeNull();
  });
});
