/**
 * Message lookup: `{name}` placeholders and plural forms, typed from the English catalogue.
 *
 * A message is a string, or an object of CLDR plural categories chosen by its `count` parameter
 * (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
 */
import { en } from './en';

export const LOCALES = ['en', 'ru'] as const;
export type Locale = (typeof LOCALES)[number];

export type PluralForms = { readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>;
export type MessageKey = keyof typeof en;
export type Messages = { readonly [K in MessageKey]: (typeof en)[K] extends string ? string : PluralForms };

type Placeholder<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type TextOf<K extends MessageKey> = (typeof en)[K] extends string ? (typeof en)[K] : Extract<(typeof en)[K], PluralForms>['other'];
type ParameterNames<K extends MessageKey> = Placeholder<TextOf<K>>;

/** Arguments after the key: none where the message has no placeholder, else one object that names them all. */
export type Parameters<K extends MessageKey> = [ParameterNames<K>] extends [never]
  ? []
  : [{ readonly [N in ParameterNames<K>]: N extends 'count' ? number : string | number }];

/** English is always there; other languages come when somebody speaks them. */
const catalogues: Partial<Record<Locale, Messages>> & { readonly en: Messages } = { en };

/** Brings the messages of `locale`; until then `translate` answers in English. */
export async function loadMessages(locale: Locale): Promise<void> {
  if (locale === 'ru') catalogues.ru ??= (await import('./ru')).ru;
}

const pluralRules: Record<Locale, Intl.PluralRules> = { en: new Intl.PluralRules('en'), ru: new Intl.PluralRules('ru') };

/** The text of `key` in `locale`, its placeholders filled; `count` is written with the locale's grouping. */
export function translate<K extends MessageKey>(locale: Locale, key: K, ...[parameters]: Parameters<K>): string {
  const values = (parameters ?? {}) as Readonly<Record<string, string | number>>;
  const message: string | PluralForms = (catalogues[locale] ?? en)[key];
  const spoken = catalogues[locale] ? locale : 'en';
  const text = typeof message === 'string' ? message : pluralForm(spoken, message, Number(values['count']));
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}

function pluralForm(locale: Locale, forms: PluralForms, count: number): string {
  return forms[pluralRules[locale].select(count)] ?? forms.other;
}

export function isLocale(value: unknown): value is Locale {
  return (LOCALES as readonly unknown[]).includes(value);
}

/** The remembered language if there is one, else the first of the browser's that we speak, else English. */
export function pickLocale(remembered: string | null, preferred: readonly string[]): Locale {
  if (isLocale(remembered)) return remembered;
  for (const tag of preferred) {
    const language = tag.slice(0, 2).toLowerCase();
    if (isLocale(language)) return language;
  }
  return 'en';
}
