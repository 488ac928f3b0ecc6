import { describe, expect, it } from 'vitest';
import type { ExplainedSegment } from '../api/streaming/sources';
import { groupRuns, lineMarks, momentOn } from './adRuns';

function segment(index: number, source: ExplainedSegment['source'], reasons: readonly string[] = []): ExplainedSegment {
  return {
    msn: 100 + index,
    start_s: index * 6,
    at: 100 + index,
    until: 101 + index,
    duration_s: 6,
    discontinuity: false,
    uri: `${index}.ts`,
    title: '',
    fate: source ? 'slate' : 'keep',
    source,
    reasons,
    score: source ? 1 : 0,
  };
}

describe('groupRuns', () => {
  it('puts neighbours of one kind together, with all their reasons', () => {
    const runs = groupRuns([segment(0, null), segment(1, 'signal', ['cue-out']), segment(2, 'signal', ['cue-out', 'cue-in']), segment(3, null)]);
    expect(runs.map((run) => [run.first, run.end, run.source])).toEqual([
      [0, 1, null],
      [1, 3, 'signal'],
      [3, 4, null],
    ]);
    expect(runs[1]).toMatchObject({ startS: 6, durationS: 12, at: 101, until: 103, reasons: ['cue-out', 'cue-in'] });
  });

  it('keeps those who say so apart', () => {
    expect(groupRuns([segment(0, 'signal'), segment(1, 'operator')])).toHaveLength(2);
    expect(groupRuns([])).toEqual([]);
  });
});

describe('momentOn', () => {
  const timecode = (ms: number): string => `${ms / 1000} s`;
  it('speaks the clock of the source', () => {
    expect(momentOn('measured', 90, 'en', timecode)).toBe('90 s');
    expect(momentOn('numbered', 412, 'en', timecode)).toBe('#412');
    expect(momentOn('dated', Date.UTC(2026, 0, 1, 12, 0, 9) / 1000, 'ru', timecode)).toMatch(/:00:09$/);
  });
});

describe('lineMarks', () => {
  it('marks what is gone', () => {
    expect(lineMarks(['a', 'cue', 'ad', 'b'], ['a', 'slate', 'b'])).toEqual([false, true, true, false]);
    expect(lineMarks(['x'], [])).toEqual([true]);
  });
});
