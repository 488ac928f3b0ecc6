/** What the player tells, judged by the validators of `@svta/cml-cmcd`, and by the list of reports that the server is tried with. */
import { validateCmcdEventReport, validateCmcdEvents } from '@svta/cml-cmcd';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlaybackReporter, type EngineFigures, type WatchedVideo } from './playbackReporter';
import lines from '../../../../tests/unit/streaming/origin/qoe/event_lines.json';

class Video extends EventTarget {
  buffered = { length: 1, start: () => 0, end: () => 12.34 };
  currentTime = 2;
  ended = false;
  paused = true;
  playbackRate = 1;
  readyState = 4;
  seeking = false;
  dropped = 0;

  getVideoPlaybackQuality(): { droppedVideoFrames: number } {
    return { droppedVideoFrames: this.dropped };
  }

  fire(name: string): void {
    this.dispatchEvent(new Event(name));
  }
}

type Report = Readonly<Record<string, unknown>>;

function player(answer = 200, engine: Partial<EngineFigures> = {}) {
  const video = new Video();
  const bodies: string[] = [];
  const send = vi.fn((_url: string, body: string) => {
    bodies.push(body);
    return Promise.resolve(answer);
  });
  const figures: EngineFigures = { throughputBps: 25_432_100, latencyMs: null, ...engine };
  const reporter = new PlaybackReporter(video as unknown as WatchedVideo, { sessionId: 'a b', contentId: 'show' }, () => figures, send);
  const told = (): Report[] =>
    bodies.flatMap((body) => {
      const request = { url: 'https://ani.example/', method: 'POST', headers: { 'Content-Type': 'application/cmcd' }, body };
      const judged = validateCmcdEventReport(request);
      expect(judged.issues).toEqual([]);
      return judged.data as Report[];
    });
  return { video, reporter, send, bodies, told };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the list of reports', () => {
  it.each(lines.valid)('is valid: %s', (line) => {
    expect(validateCmcdEvents(line).issues.filter((issue) => issue.severity === 'error')).toEqual([]);
  });

  it.each(lines.invalid)('is not valid: %s', (line) => {
    expect(validateCmcdEvents(line ?? '').valid).toBe(false);
  });
});

describe('PlaybackReporter', () => {
  it('tells startup, a rebuffer, a change of quality and the end', async () => {
    const { video, reporter, send, told } = player();
    await vi.advanceTimersByTimeAsync(5_000);
    video.paused = false;
    video.fire('play');
    await vi.advanceTimersByTimeAsync(640);
    video.fire('playing');
    reporter.playsAt(1_500_400);
    await vi.advanceTimersByTimeAsync(10_000);
    video.fire('waiting');
    await vi.advanceTimersByTimeAsync(900);
    video.dropped = 7;
    video.fire('playing');
    reporter.playsAt(800_000);
    video.ended = true;
    video.fire('pause');
    video.fire('ended');
    reporter.destroy();

    const reports = told();
    expect(reports.map(({ e, sta, br }) => [e, sta, br])).toEqual([
      ['ps', 'd', undefined],
      ['t', 'd', undefined],
      ['ps', 's', undefined],
      ['ps', 'p', undefined],
      ['bc', 'p', [1500]],
      ['t', 'p', [1500]],
      ['ps', 'r', [1500]],
      ['ps', 'p', [1500]],
      ['bc', 'p', [800]],
      ['ps', 'e', [800]],
    ]);
    expect(reports.map((report) => report['sn'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(reports.filter((report) => 'msd' in report).map((report) => report['msd'])).toEqual([640]);
    expect(reports.at(-1)).toMatchObject({ bl: [10_300], bsa: [1], bsda: [900], cid: 'show', dfa: 7, mtp: [25_400], sf: 'h', sid: 'a b', v: 2 });
    expect(new Set(send.mock.calls.map(([url]) => url))).toEqual(new Set(['/api/v1/playback/a%20b/cmcd']));
  });

  it('counts the rebuffer that goes on', async () => {
    const { video, told } = player();
    video.fire('play');
    video.fire('playing');
    video.fire('waiting');
    await vi.advanceTimersByTimeAsync(15_300);
    expect(told().at(-1)).toMatchObject({ e: 't', sta: 'r', bsa: [1], bsda: [15_000] });
  });

  it('takes waiting after a seek for no rebuffer, and goes on without being told', async () => {
    const { video, reporter, told } = player();
    video.paused = false;
    video.fire('play');
    video.fire('playing');
    video.seeking = true;
    video.fire('seeking');
    video.fire('waiting');
    await vi.advanceTimersByTimeAsync(2_000);
    video.seeking = false;
    video.fire('timeupdate');
    reporter.destroy();
    expect(told().map(({ sta }) => sta)).toEqual(['d', 'd', 's', 'p', 'k', 'p', 'q']);
    expect(reporter.rebuffers).toBe(0);
  });

  it('tells a pause as one, and that waiting before the first picture is startup', async () => {
    const { video, told } = player();
    video.paused = false;
    video.fire('play');
    video.fire('waiting');
    video.fire('playing');
    video.paused = true;
    video.fire('pause');
    video.fire('seeking');
    await vi.advanceTimersByTimeAsync(300);
    expect(told().map(({ sta }) => sta)).toEqual(['d', 'd', 's', 'p', 'a']);
  });

  it('tells what went wrong', () => {
    const { video, reporter, told } = player(200, { throughputBps: null, latencyMs: 2_400.6 });
    video.fire('play');
    reporter.failed('network');
    reporter.destroy();
    expect(told().map(({ e, sta }) => [e, sta])).toEqual([
      ['ps', 'd'],
      ['t', 'd'],
      ['ps', 's'],
      ['ps', 'f'],
      ['e', 'f'],
    ]);
    expect(told().at(-1)).toMatchObject({ ec: ['network'], ltc: 2_401 });
    expect(told().at(-1)).not.toHaveProperty('mtp');
  });

  it('gathers what happens at once, and reports four times a minute after that', async () => {
    const { video, send } = player();
    video.fire('play');
    video.fire('playing');
    await vi.advanceTimersByTimeAsync(300);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(send).toHaveBeenCalledTimes(5);
  });

  it('stops where the stream is over, and drops what does not arrive', async () => {
    const over = player(410);
    await vi.advanceTimersByTimeAsync(300);
    over.video.fire('play');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(over.send).toHaveBeenCalledTimes(1);

    const lost = player(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost.bodies.every((body) => body.split('\n').length <= 2)).toBe(true);
  });

  it('names the edge, and the one that failed', async () => {
    const { video, reporter, told } = player();
    video.paused = false;
    reporter.playsFrom('eu');
    video.fire('play');
    video.fire('playing');
    await vi.advanceTimersByTimeAsync(1_000);
    reporter.edgeFailed('eu', 'fragLoadError');
    reporter.playsFrom('us');
    await vi.advanceTimersByTimeAsync(15_000);
    reporter.playsFrom(null);
    await vi.advanceTimersByTimeAsync(15_000);
    const reports = told().map(({ e, cdn, ec }) => ({ e, cdn, ec }));
    expect(reports.filter(({ e }) => e === 'e')).toEqual([{ e: 'e', cdn: 'eu', ec: ['fragLoadError'] }]);
    // The first goes out before there is an edge.
    expect(reports.filter(({ e }) => e === 't').map(({ cdn }) => cdn)).toEqual([undefined, 'us', undefined]);
  });
});
