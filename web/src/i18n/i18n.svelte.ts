/** The language in use: reactive, remembered, and applied to `<html lang>`. */
import * as format from './format';
import { remember, recall } from '../ui/memory';
import { isLocale, loadMessages, pickLocale, translate, type Locale, type MessageKey, type Parameters } from './translate';

class Language {
  #locale = $state<Locale>('en');

  get locale(): Locale {
    return this.#locale;
  }

  /** Call before the first page is drawn, so that nothing flashes in another language. */
  async start(): Promise<void> {
    await this.#speak(pickLocale(recall('language', isLocale), navigator.languages));
  }

  async choose(locale: Locale): Promise<void> {
    remember('language', locale);
    await this.#speak(locale);
  }

  async #speak(locale: Locale): Promise<void> {
    try {
      await loadMessages(locale);
    } catch {
      return; // Offline, or updated since: the page stays in the language it has.
    }
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
