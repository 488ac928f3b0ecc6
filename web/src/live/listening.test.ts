import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../api/live/delivery';
import { Problem } from '../api/problem';
import { listen } from './listening';

let answers: (Delivery | Problem)[];
let ready: boolean[];
let deeds: string[];
let end: AbortController;

/** Ends when there is nothing left to answer. */
const heard = (now: Delivery): Promise<void> =>
  listen(now, {
    ask: (asked) => {
      const answer = answers.shift();
      if (answer === undefined) {
        end.abort();
        return Promise.resolve(asked);
      }
      return answer instanceof Problem ? Promise.reject(answer) : Promise.resolve(answer);
    },
    isReady: () => ready.shift() ?? true,
    goOver: () => deeds.push('go over'),
    comeBack: () => deeds.push('come back'),
    startAnew: () => deeds.push('start anew'),
    pause: (ms) => {
      deeds.push(`${ms} ms`);
      return Promise.resolve();
    },
    signal: end.signal,
  });

const problem = (status: number, retryAfterS: number | null = null): Problem => new Problem(status, '', '', {}, retryAfterS);

beforeEach(() => {
  answers = [];
  ready = [];
  deeds = [];
  end = new AbortController();
});

describe('who watches over WebRTC', () => {
  it('goes over when the server says so, and not before', async () => {
    answers = ['webrtc', 'webrtc', 'hls', 'hls'];
    await heard('webrtc');
    expect(deeds).toEqual(['go over']);
    expect(answers).toEqual(['hls']);
  });

  it('leaves the end of a session to its player', async () => {
    answers = [problem(404)];
    await heard('webrtc');
    expect(deeds).toEqual([]);
  });
});

describe('who waits for a place', () => {
  it('takes one that is offered', async () => {
    answers = ['hls', 'webrtc'];
    await heard('hls');
    expect(deeds).toEqual(['come back', '12000 ms']);
  });

  it('lets it go while looking at the past, and takes the next one', async () => {
    answers = ['webrtc', 'webrtc'];
    ready = [false, true];
    await heard('hls');
    expect(deeds).toEqual(['12000 ms', 'come back', '12000 ms']);
  });

  it('asks for a place anew where it is not known any more, once there is something to see', async () => {
    answers = [problem(404)];
    ready = [false, true];
    await heard('hls');
    expect(deeds).toEqual(['3000 ms', 'start anew']);
  });

  it('waits as long as the server says, and gives up a name after three failures in a row', async () => {
    answers = [problem(429, 9), problem(503), 'hls', problem(0), problem(0), problem(503)];
    await heard('hls');
    expect(deeds).toEqual(['9000 ms', '3000 ms', '3000 ms', '3000 ms', 'start anew']);
  });

  it('does nothing once it has left', async () => {
    answers = ['webrtc', problem(404)];
    end.abort();
    await heard('hls');
    expect(deeds).toEqual([]);
    expect(answers).toHaveLength(2);
  });
});
