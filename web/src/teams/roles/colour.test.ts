import { describe, expect, it } from 'vitest';
import { contrast, luminance, textOn } from './colour';

describe('contrast', () => {
  it('is that of the specification', () => {
    expect(luminance('#000000')).toBe(0);
    expect(luminance('#ffffff')).toBeCloseTo(1);
    expect(contrast(luminance('#ffffff'), luminance('#000000'))).toBeCloseTo(21);
    expect(contrast(luminance('#777777'), luminance('#ffffff'))).toBeCloseTo(4.48, 2);
  });

  it('is enough for text on every colour', () => {
    let least = 21;
    for (let value = 0; value < 0x1000000; value += 4_099) {
      const colour = `#${value.toString(16).padStart(6, '0')}`;
      least = Math.min(least, contrast(luminance(colour), luminance(textOn(colour))));
    }
    expect(least).toBeGreaterThan(4.5);
  });
});
