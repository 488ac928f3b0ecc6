import { describe, expect, it } from 'vitest';
import { FilmStart } from './filmStart.svelte';

const opened = { resume_position_ms: 61_000 };

describe('where a film begins', () => {
  it('is not known before its stream', () => {
    const start = new FilmStart(false);
    expect([start.askMs, start.atMs]).toEqual([null, null]);
    start.opened(null);
    expect([start.askMs, start.atMs]).toEqual([null, null]);
  });

  it('is asked where somebody stopped half-way', () => {
    const start = new FilmStart(false);
    start.opened(opened);
    expect([start.askMs, start.atMs]).toEqual([61_000, null]);
    start.begun();
    expect([start.askMs, start.atMs]).toEqual([null, null]);
  });

  it('is its start where nobody was', () => {
    const start = new FilmStart(false);
    start.opened({ resume_position_ms: 0 });
    expect([start.askMs, start.atMs]).toEqual([null, 0]);
  });

  it('is where they were by a link that says so', () => {
    const start = new FilmStart(true);
    start.opened(opened);
    expect([start.askMs, start.atMs]).toEqual([null, 61_000]);
  });

  it('is asked after a place was found among other streams, and not before', () => {
    const start = new FilmStart(false);
    start.opened(null); // refused
    start.opened(null); // asked again, in place of another one
    expect(start.atMs).toBeNull();
    start.opened(opened);
    expect([start.askMs, start.atMs]).toEqual([61_000, null]);
  });

  it('is not asked a second time', () => {
    const start = new FilmStart(false);
    start.opened({ resume_position_ms: 0 });
    start.begun();
    start.opened(opened);
    expect([start.askMs, start.atMs]).toEqual([null, 61_000]);
  });
});
