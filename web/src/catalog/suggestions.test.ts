import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PAUSE_MS, Suggestions } from './suggestions.svelte';

describe('Suggestions', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const asked: string[] = [];
  function list(answer: (query: string) => Promise<readonly string[]> = (query) => Promise.resolve([`${query} one`, `${query} two`])) {
    asked.length = 0;
    return new Suggestions<string>((query) => {
      asked.push(query);
      return answer(query);
    });
  }
  const pause = () => vi.advanceTimersByTimeAsync(PAUSE_MS);

  it('asks once, when the typing pauses', async () => {
    const suggestions = list();
    for (const query of ['n', 'na', 'nar']) suggestions.typed(query);
    await pause();
    expect(asked).toEqual(['nar']);
    expect([suggestions.open, suggestions.items]).toEqual([true, ['nar one', 'nar two']]);
  });

  it('is walked round through none', async () => {
    const suggestions = list();
    suggestions.typed('a');
    await pause();
    const walk = [1, 1, 1, -1, -1, -1].map((by) => {
      suggestions.move(by as 1 | -1);
      return suggestions.chosen;
    });
    expect(walk).toEqual(['a one', 'a two', null, 'a two', 'a one', null]);
  });

  it('keeps what was chosen while the last letters are answered, where it is still there', async () => {
    const suggestions = list((query) => Promise.resolve(query === 'c' ? ['crab', 'cow'] : ['cow']));
    suggestions.typed('c');
    await pause();
    suggestions.move(1);
    suggestions.move(1);
    suggestions.typed('co');
    await pause();
    expect(suggestions.chosen).toBe('cow');
    suggestions.typed('c');
    await pause();
    suggestions.move(-1);
    suggestions.typed('cow');
    await pause();
    expect(suggestions.chosen).toBeNull();
  });

  it('drops an answer that comes after more was typed', async () => {
    let slow: (found: readonly string[]) => void = () => {};
    const suggestions = list((query) => (query === 'old' ? new Promise((resolve) => (slow = resolve)) : Promise.resolve(['new one'])));
    suggestions.typed('old');
    await pause();
    suggestions.typed('new');
    await pause();
    slow(['old one']);
    await pause();
    expect(suggestions.items).toEqual(['new one']);
  });

  it.each([
    ['nothing is found', () => Promise.resolve([])],
    ['the server does not answer', () => Promise.reject(new Error('away'))],
  ])('is closed where %s', async (_, answer) => {
    const suggestions = list(answer);
    suggestions.typed('a');
    await pause();
    suggestions.move(1);
    expect([suggestions.open, suggestions.chosen]).toEqual([false, null]);
  });

  it('closes for no text and when told to, and opens again with an arrow', async () => {
    const suggestions = list();
    suggestions.typed('a');
    await pause();
    suggestions.close();
    expect(suggestions.open).toBe(false);
    suggestions.move(1);
    expect([suggestions.open, suggestions.chosen]).toEqual([true, null]);
    suggestions.typed(' ');
    await pause();
    expect([suggestions.open, asked]).toEqual([false, ['a']]);
  });
});
