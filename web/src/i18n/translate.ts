/**
 * Message lookup: `{name}` placeholders and plural forms, typed from the English catalogue.
 *
 * A message is a string, or an object of CLDR plural categories chosen by its `count` parameter
 * (https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
 *
 * The texts come in parts, each a file of `en/` and of `ru/`, with the pages that show them (`routes.ts`).
 */
import { texts as common } from './en/common';
import type { en } from './en';

export const LOCALES = ['en', 'ru'] as const;
export type Locale = (typeof LOCALES)[number];

/** The files of texts, apart from `common`, which every page has. */
export const PARTS = [
  'account',
  'admin',
  'catalogue',
  'entries',
  'errors',
  'franchise',
  'importFaults',
  'importing',
  'imports',
  'jobs',
  'learnedNames',
  'library',
  'live',
  'merging',
  'moderation',
  'notifications',
  'party',
  'people',
  'player',
  'playerSettings',
  'promos',
  'quality',
  'ratings',
  'recommendations',
  'report',
  'schedule',
  'sources',
  'splitting',
  'stale',
  'statistics',
  'storage',
  'studio',
  'teams',
  'trailers',
  'watching',
  'webhooks',
] as const;
export type Part = (typeof PARTS)[number];

export type PluralForms = { readonly other: string } & Partial<Readonly<Record<Intl.LDMLPluralRule, string>>>;
export type MessageKey = keyof typeof en;
/** What a part is in another language: every key of the English one, with plurals where that has them. */
export type Translated<English> = { readonly [K in keyof English]: English[K] extends string ? string : PluralForms };

type Placeholder<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;
type TextOf<K extends MessageKey> = (typeof en)[K] extends string ? (typeof en)[K] : Extract<(typeof en)[K], PluralForms>['other'];
type ParameterNames<K extends MessageKey> = Placeholder<TextOf<K>>;

/** Arguments after the key: none where the message has no placeholder, else one object that names them all. */
export type Parameters<K extends MessageKey> = [ParameterNames<K>] extends [never]
  ? []
  : [{ readonly [N in ParameterNames<K>]: N extends 'count' ? number : string | number }];

type Texts = Readonly<Record<string, string | PluralForms>>;

const files = import.meta.glob<Texts>(['./{en,ru}/**/*.ts', '!./*/index.ts', '!./en/common.ts'], { import: 'texts' });
/** What brings `en/schedule`, whichever folder of `en/` that is in. */
const bringing = new Map(Object.entries(files).map(([path, bring]) => [path.replace(/^\.\/(\w+)\/(?:\w+\/)?(\w+)\.ts$/, '$1/$2'), bring]));

/** The shell speaks English at once; everything else comes when somebody speaks it or opens its page. */
const catalogues: Readonly<Record<Locale, Record<string, string | PluralForms>>> = { en: { ...common }, ru: {} };
const brought: Readonly<Record<Locale, Set<Part | 'common'>>> = { en: new Set(['common']), ru: new Set() };

/** Brings the common texts of `locale` and those of `parts`, side by side. Rejects when one of them cannot be had. */
export async function loadTexts(locale: Locale, parts: Iterable<Part> = []): Promise<void> {
  const missing = (['common', ...parts] as const).filter((part) => !brought[locale].has(part));
  await Promise.all(
    missing.map(async (part) => {
      const bring = bringing.get(`${locale}/${part}`);
      if (!bring) throw new Error(`no texts ${locale}/${part}`);
      Object.assign(catalogues[locale], await bring());
      brought[locale].add(part);
    }),
  );
}

/** Whether the texts of all of `parts` are there in `locale`. */
export function hasTexts(locale: Locale, parts: Iterable<Part>): boolean {
  return [...parts].every((part) => brought[locale].has(part));
}

/** Whether there is a text for `key`, which was made of a code of the server. */
export function isKnown(key: string): key is MessageKey {
  return LOCALES.some((locale) => key in catalogues[locale]);
}

const pluralRules: Record<Locale, Intl.PluralRules> = { en: new Intl.PluralRules('en'), ru: new Intl.PluralRules('ru') };

/** The text of `key` in `locale`, its placeholders filled; `count` is written with the locale's grouping. */
export function translate<K extends MessageKey>(locale: Locale, key: K, ...[parameters]: Parameters<K>): string {
  const values = (parameters ?? {}) as Readonly<Record<string, string | number>>;
  const spoken = key in catalogues[locale] ? locale : 'en';
  const message = catalogues[spoken][key] ?? key;
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
