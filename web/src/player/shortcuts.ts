/** Which key does what. Letters go by their place on the keyboard, so that a Cyrillic layout works as well. Pure. */

export type Action =
  | { readonly kind: 'toggle' | 'mute' | 'fullscreen' | 'subtitles' | 'pip' | 'slower' | 'faster' | 'help' }
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

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The neighbouring speed, up or down; the ends stay where they are. */
export function nextRate(rate: number, step: 1 | -1): number {
  const candidates = step === 1 ? RATES.filter((value) => value > rate + 0.01) : RATES.filter((value) => value < rate - 0.01);
  return (step === 1 ? candidates[0] : candidates.at(-1)) ?? rate;
}
