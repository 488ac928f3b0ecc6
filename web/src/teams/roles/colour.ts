/** Text that can be read on a role's colour, whatever its people choose. Pure. */

/** Relative luminance of `#rrggbb` (WCAG 2.2, "relative luminance"): 0 is black, 1 white. */
export function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two luminances (WCAG 2.2, "contrast ratio"): 1 to 21. */
export function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** Black or white, whichever stands out more: at least 4.58 : 1 on every colour there is, where AA asks for 4.5. */
export function textOn(colour: string): '#000000' | '#ffffff' {
  const ground = luminance(colour);
  return contrast(ground, 0) >= contrast(ground, 1) ? '#000000' : '#ffffff';
}
