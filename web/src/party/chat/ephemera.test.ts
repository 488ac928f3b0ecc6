import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatEphemera, REACTION_SHOWN_MS, REACTIONS_AT_ONCE, TYPING_SHOWN_MS } from './ephemera.svelte';

let ephemera: ChatEphemera;

beforeEach(() => {
  vi.useFakeTimers();
  ephemera = new ChatEphemera();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('typing', () => {
  const names = (): string[] => ephemera.typing.map((person) => person.name);

  it('ends when it is said, for that one alone', () => {
    ephemera.setTyping('1', 'Mio', true);
    ephemera.setTyping('2', 'Rin', true);
    ephemera.setTyping('1', 'Mio', false);
    expect(names()).toEqual(['Rin']);
  });

  it('ends by itself, counted from the last sign of it', () => {
    ephemera.setTyping('1', 'Mio', true);
    vi.advanceTimersByTime(TYPING_SHOWN_MS - 1);
    ephemera.setTyping('1', 'Mio', true);
    vi.advanceTimersByTime(TYPING_SHOWN_MS - 1);
    expect(names()).toEqual(['Mio']);
    vi.advanceTimersByTime(1);
    expect(names()).toEqual([]);
  });
});

describe('reactions', () => {
  it('go after their time', () => {
    ephemera.addReaction('Mio', '🔥');
    vi.advanceTimersByTime(REACTION_SHOWN_MS - 1);
    expect(ephemera.reactions).toMatchObject([{ name: 'Mio', emoji: '🔥' }]);
    vi.advanceTimersByTime(1);
    expect(ephemera.reactions).toEqual([]);
  });

  it('give way to newer ones where there are too many', () => {
    for (let count = 0; count <= REACTIONS_AT_ONCE; count += 1) ephemera.addReaction(`${count}`, '👏');
    expect(ephemera.reactions).toHaveLength(REACTIONS_AT_ONCE);
    expect(ephemera.reactions[0]?.name).toBe('1');
  });

  it('keep their timers from running on once stopped', () => {
    ephemera.addReaction('Mio', '🔥');
    ephemera.setTyping('1', 'Mio', true);
    ephemera.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
