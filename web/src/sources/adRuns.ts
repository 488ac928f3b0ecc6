/** From segments to what a person looks at: runs of programme and of ads, each with its reasons.  Pure. */
import type { Clock, ExplainedSegment } from '../api/streaming/sources';

export interface AdRun {
  /** Index of the first segment, and of the one after the last. */
  readonly first: number;
  readonly end: number;
  readonly startS: number;
  readonly durationS: number;
  /** On the clock of corrections. */
  readonly at: number;
  readonly until: number;
  /** Who says that these are ads; null for the programme. */
  readonly source: ExplainedSegment['source'];
  readonly fate: ExplainedSegment['fate'];
  readonly reasons: readonly string[];
  readonly score: number;
}

/** Neighbours with the same verdict are one run; the reasons of all of them are its reasons. */
export function groupRuns(segments: readonly ExplainedSegment[]): AdRun[] {
  const runs: AdRun[] = [];
  segments.forEach((segment, index) => {
    const last = runs.at(-1);
    if (last && last.source === segment.source && last.fate === segment.fate) {
      runs[runs.length - 1] = {
        ...last,
        end: index + 1,
        until: segment.until,
        durationS: last.durationS + segment.duration_s,
        reasons: [...new Set([...last.reasons, ...segment.reasons])],
        score: Math.max(last.score, segment.score),
      };
    } else {
      runs.push({
        first: index,
        end: index + 1,
        startS: segment.start_s,
        durationS: segment.duration_s,
        at: segment.at,
        until: segment.until,
        source: segment.source,
        fate: segment.fate,
        reasons: [...segment.reasons],
        score: segment.score,
      });
    }
  });
  return runs;
}

/** The moment `at` of a clock, for people: `12:34` into the film, `21:05:09` of the day, or a segment's number. */
export function momentOn(clock: Clock, at: number, locale: string, timecode: (ms: number) => string): string {
  if (clock === 'measured') return timecode(at * 1000);
  if (clock === 'numbered') return `#${Math.round(at)}`;
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at * 1000);
}

/** Lines of `before` that are not in `after`, in order: both are read from above, as `diff` would. */
export function lineMarks(before: readonly string[], after: readonly string[]): boolean[] {
  let next = 0;
  return before.map((line) => {
    const found = after.indexOf(line, next);
    // A line that stands far below is another one that happens to read alike (a repeated EXTINF).
    if (found < 0 || found - next > 12) return true;
    next = found + 1;
    return false;
  });
}
