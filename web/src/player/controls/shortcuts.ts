/** Which key does what. Letters go by their place on the keyboard, so that a Cyrillic layout works as well. Pure. */

export type Action =
  | { readonly kind: 'toggle' | 'mute' | 'fullscreen' | 'subtitles' | 'pip' | 'slower' | 'faster' | 'stats' | 'help' }
  | { readonly kind: 'skip'; readonly byMs: number }
  | { readonly kind: 'volume'; readonly by: number }
  | { readonly kind: 'seek'; readonly fraction: number };

export interface Key {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const BY_CODE: Readonly<Record<string, Action>> = {
  Space: { kind: 'toggle' },
  KeyK: { kind: 'toggle' },
  KeyM: { kind: 'mute' },
  KeyF: { kind: 'fullscreen' },
  KeyC: { kind: 'subtitles' },
  KeyP: { kind: 'pip' },
  KeyI: { kind: 'stats' },
  KeyJ: { kind: 'skip', byMs: -10_000 },
  KeyL: { kind: 'skip', byMs: 10_000 },
  ArrowLeft: { kind: 'skip', byMs: -5_000 },
  ArrowRight: { kind: 'skip', byMs: 5_000 },
  ArrowUp: { kind: 'volume', by: 0.05 },
  ArrowDown: { kind: 'volume', by: -0.05 },
};

export function actionOf(event: Key): Action | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === '?') return { kind: 'help' };
  // On some layouts these are keys of their own, on others the letters Б and Ю take their places.
  if (event.key === '<' || (event.shiftKey && event.code === 'Comma')) return { kind: 'slower' };
  if (event.key === '>' || (event.shiftKey && event.code === 'Period')) return { kind: 'faster' };
  if (event.shiftKey) return null;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  if (digit !== undefined) return { kind: 'seek', fraction: Number(digit) / 10 };
  return BY_CODE[event.code] ?? null;
}

const MOVES = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];

/** Which keys a focused control uses itself; the first selector that it, or what it stands in, answers to decides. */
const KEPT: readonly (readonly [selector: string, keys: readonly string[] | 'all'])[] = [
  ['dialog, [role=dialog], [contenteditable], textarea, select', 'all'],
  ['input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=file], [type=color])', 'all'],
  ['input[type=radio], [role^=menuitem], [role=option], [role=tab], [role=treeitem], [role=radio], [role=gridcell]', [...MOVES, 'Space']],
  ['input[type=range], [role=slider], [role=spinbutton], [role=scrollbar]', MOVES],
  ['input, summary, [role=checkbox], [role=switch]', ['Space']],
  // A button that was clicked keeps the focus without anybody meaning it; one that was reached by Tab is meant.
  ['button:focus-visible, a:focus-visible, [role=button]:focus-visible', ['Space']],
];

/** Whether a key is for the control it was pressed on, and no shortcut of the player. */
export function keepsKey(control: Pick<Element, 'closest'>, code: string): boolean {
  const found = KEPT.find(([selector]) => control.closest(selector) !== null);
  return found !== undefined && (found[1] === 'all' || found[1].includes(code));
}

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The neighbouring speed, up or down; the ends stay where they are. */
export function nextRate(rate: number, step: 1 | -1): number {
  const candidates = step === 1 ? RATES.filter((value) => value > rate + 0.01) : RATES.filter((value) => value < rate - 0.01);
  return (step === 1 ? candidates[0] : candidates.at(-1)) ?? rate;
}
