import { describe, expect, it } from 'vitest';
import { markedBy } from './labels';

describe('who says where an opening is', () => {
  const span = { start_ms: 1_000, stop_ms: 91_000, confidence: 0.625 };

  it('is told of programs alone', () => {
    expect(markedBy(null)).toBe('');
    expect(markedBy({ ...span, source: 'editor' })).toBe('');
    expect(markedBy({ ...span, source: 'chapters' })).toBe('From the chapters of the video file.');
    expect(markedBy({ ...span, source: 'sound' })).toContain('63% sure');
  });
});
