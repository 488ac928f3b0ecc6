import { describe, expect, it } from 'vitest';
import { actionOf, keepsKey, nextRate } from './shortcuts';

function key(code: string, text: string, modifiers: Partial<Record<'ctrlKey' | 'shiftKey' | 'metaKey' | 'altKey', boolean>> = {}) {
  return { code, key: text, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers };
}

describe('actionOf', () => {
  it.each([
    [key('Space', ' '), { kind: 'toggle' }],
    [key('KeyK', 'k'), { kind: 'toggle' }],
    [key('KeyK', 'л'), { kind: 'toggle' }],
    [key('KeyJ', 'j'), { kind: 'skip', byMs: -10_000 }],
    [key('ArrowRight', 'ArrowRight'), { kind: 'skip', byMs: 5_000 }],
    [key('Digit7', '7'), { kind: 'seek', fraction: 0.7 }],
    [key('Numpad0', '0'), { kind: 'seek', fraction: 0 }],
    [key('Comma', '<', { shiftKey: true }), { kind: 'slower' }],
    [key('Period', 'Ю', { shiftKey: true }), { kind: 'faster' }],
    [key('IntlBackslash', '<'), { kind: 'slower' }],
    [key('KeyI', 'ш'), { kind: 'stats' }],
    [key('Slash', '?', { shiftKey: true }), { kind: 'help' }],
    [key('Digit7', '?', { shiftKey: true }), { kind: 'help' }],
  ])('%o', (event, action) => {
    expect(actionOf(event)).toEqual(action);
  });

  it('leaves browser shortcuts and plain typing alone', () => {
    expect(actionOf(key('KeyF', 'f', { ctrlKey: true }))).toBeNull();
    expect(actionOf(key('KeyC', 'c', { metaKey: true }))).toBeNull();
    expect(actionOf(key('Comma', ','))).toBeNull();
    expect(actionOf(key('KeyQ', 'q'))).toBeNull();
    expect(actionOf(key('KeyK', 'K', { shiftKey: true }))).toBeNull();
  });
});

describe('nextRate', () => {
  it('steps through the offered speeds and stops at the ends', () => {
    expect(nextRate(1, 1)).toBe(1.25);
    expect(nextRate(1, -1)).toBe(0.75);
    expect(nextRate(1.1, 1)).toBe(1.25);
    expect(nextRate(2, 1)).toBe(2);
    expect(nextRate(0.5, -1)).toBe(0.5);
  });
});

describe('keepsKey', () => {
  /** A control as the selectors see it: it answers to some of them. */
  const control = (...answers: string[]) => ({
    closest: (selectors: string) =>
      selectors.split(/,(?![^(]*\))/).some((selector) => answers.includes(selector.trim())) ? ({} as Element) : null,
  });

  it.each([
    [control('[role=tab]'), 'ArrowRight', true],
    [control('[role=tab]'), 'Home', true],
    [control('[role=tab]'), 'KeyM', false],
    [control('input[type=range]', 'input'), 'ArrowUp', true],
    [control('input[type=range]', 'input'), 'KeyF', false],
    [control('[role=slider]'), 'ArrowLeft', true],
    [control('textarea'), 'KeyK', true],
    [control('select'), 'ArrowDown', true],
    [control('dialog'), 'Digit5', true],
    [control('button:focus-visible'), 'Space', true],
    [control('button:focus-visible'), 'ArrowRight', false],
    [control(), 'ArrowRight', false],
    [control(), 'Space', false],
  ])('%# %s', (target, code, kept) => {
    expect(keepsKey(target as unknown as Element, code)).toBe(kept);
  });
});
