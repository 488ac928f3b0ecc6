/** The vectors that the Python twins are held to as well (`tests/vectors/record.py` writes them). For tests only. */
import { readFileSync } from 'node:fs';

export function vectors<T>(name: string): readonly T[] {
  const path = new URL(`../../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly T[];
}

/** Decimal places that both languages agree in: the arithmetic is the same, the order of a sum may not be. */
export const PLACES = 6;
