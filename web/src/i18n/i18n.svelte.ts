/** The language in use: reactive, remembered, and applied to `<html lang>`. */
import * as format from './format';
import { remember, recall } from '../ui/memory';
import { isLocale, pickLocale, translate, type Locale, type MessageKey, type Parameters } from './translate';

class Language {
  #locale = $state<Locale>(pickLocale(recall('language', isLocale), navigator.languages));

  get locale(): Locale {
    return this.#locale;
  }

  set(locale: Locale): void {
    this.#locale = locale;
    document.documentElement.lang = locale;
    remember('language', locale);
  }
}

export const language = new Language();
document.documentElement.lang = language.locale;

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
