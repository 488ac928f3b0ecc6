/** Small settings kept in this browser. Storage may be refused or full; then a setting lasts for the visit only. */

const PREFIX = 'ani.';

export function saveSetting(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Refused or full: nothing to do, and nothing a person could act on.
  }
}

export function removeSetting(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // As above.
  }
}

/** The remembered value, or null if there is none or `accepts` turns it down. */
export function readSetting(name: string, accepts: (value: string) => boolean): string | null {
  try {
    const value = localStorage.getItem(PREFIX + name);
    return value !== null && accepts(value) ? value : null;
  } catch {
    return null;
  }
}

/** As `readSetting`, for a number within [min, max]. */
export function readNumberSetting(name: string, fallback: number, min: number, max: number): number {
  const value = readSetting(name, (text) => text.trim() !== '' && Number(text) >= min && Number(text) <= max);
  return value === null ? fallback : Number(value);
}

/** Where earlier versions kept what the player's settings (`player/settings`) know today; nothing reads it. */
const FORMER = ['quality', 'audio', 'subtitles'];

export function forgetFormerSettings(): void {
  FORMER.forEach(removeSetting);
}
