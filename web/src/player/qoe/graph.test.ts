import { describe, expect, it } from 'vitest';
import { line, MAX_SAMPLES, withSample, type Sample } from './graph';

describe('withSample', () => {
  it('keeps a minute', () => {
    let samples: Sample[] = [];
    for (let at = 0; at < MAX_SAMPLES + 5; at += 1) samples = withSample(samples, { bufferMs: at, throughputBps: null });
    expect(samples).toHaveLength(MAX_SAMPLES);
    expect(samples[0]?.bufferMs).toBe(5);
  });
});

describe('line', () => {
  it('ends at the right, as high as the highest', () => {
    expect(line([5, 10], 119, 40, 1)).toBe('118,20 119,0');
    expect(line([5, null, 10], 119, 40, 20)).toBe('117,30 119,20');
    expect(line([0], 119, 40, 0.5)).toBe('119,40');
    expect(line([], 119, 40, 1)).toBe('');
  });
});
