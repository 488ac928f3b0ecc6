/** The language in use: reactive, remembered, and applied to `<html lang>`. */
import { readSetting, saveSetting } from '../ui/localSettings';
import * as format from './format';
import {
  hasTexts,
  isLocale,
  loadTexts,
  pickLocale,
  translate,
  type Locale,
  type MessageKey,
  type Parameters,
  type Part,
} from './translate';

class Language {
  #locale = $state<Locale>('en');
  #chosen: Locale | null = null;
  /** Everything that pages have asked for: another language is spoken when it has all of that as well. */
  readonly #needed = new Set<Part>();

  get locale(): Locale {
    return this.#locale;
  }

  /** Call before the first page is drawn, so that nothing flashes in another language. */
  async start(): Promise<void> {
    this.#use(pickLocale(readSetting('language', isLocale), navigator.languages));
    try {
      await loadTexts(this.#locale);
    } catch {
      this.#use('en'); // Updated since: the page can say at least that, in English.
    }
  }

  /** Brings the texts of a page; call it beside the loading of the page, not after it. Rejects as that would. */
  async need(parts: readonly Part[]): Promise<void> {
    for (const part of parts) this.#needed.add(part);
    await loadTexts(this.#locale, parts);
  }

  async choose(locale: Locale): Promise<void> {
    saveSetting('language', locale);
    this.#chosen = locale;
    try {
      // A page that is opened meanwhile brings its texts in the old language, and needs them in the new one as well.
      do await loadTexts(locale, this.#needed);
      while (!hasTexts(locale, this.#needed));
    } catch {
      return; // Offline, or updated since: the page stays in the language it has.
    }
    if (locale === this.#chosen) this.#use(locale); // Else another one was chosen meanwhile.
  }

  #use(locale: Locale): void {
    this.#locale = locale;
    document.documentElement.lang = locale;
  }
}

export const language = new Language();

export function t<K extends MessageKey>(key: K, ...parameters: Parameters<K>): string {
  return translate(language.locale, key, ...parameters);
}

/** "24 min", "1 hr, 32 min" in the current language. */
export function durationText(durationMs: number): string {
  return format.durationText(language.locale, durationMs);
}

/** "12:03" in the current language, of a Unix time. */
export function clockText(unixMs: number): string {
  return format.clockText(language.locale, unixMs);
}

export function bytesText(bytes: number): string {
  return format.bytesText(language.locale, bytes);
}

export function languageName(tag: string): string {
  return format.languageName(language.locale, tag);
}
