/** What a source says of a work, and what we know of the releases it may be, for whoever decides between them. */
import type { ImportConflict } from '../api/catalog/imports';
import { typeName } from '../catalog/labels';
import { t } from '../i18n/i18n.svelte';
import { CATALOGUES } from '../studio/release/releaseFields';

/** More names say no more. */
const NAMES_MAX = 6;

type Candidate = ImportConflict['candidates'][number];

function texts(...values: readonly unknown[]): string[] {
  return values.filter((one) => typeof one === 'string' || typeof one === 'number').map(String).filter((one) => one !== '');
}

function factsOf(type: unknown, year: unknown, episodes: unknown, english: unknown): string[] {
  return texts(
    typeof type === 'string' ? typeName(type) : null,
    year,
    typeof episodes === 'number' ? t('release.episodes', { count: episodes }) : null,
    english,
  );
}

export function idTexts(ids: unknown): string[] {
  if (typeof ids !== 'object' || ids === null) return [];
  return Object.entries(ids).map(([catalogue, number]) => `${CATALOGUES[catalogue as keyof typeof CATALOGUES]?.name ?? catalogue} ${String(number)}`);
}

export function candidateFacts(candidate: Candidate): string[] {
  return factsOf(candidate.type, candidate.year, candidate.episodes_total, candidate.english);
}

/** The record as the server keeps it, which may be of a former version: whatever is not as expected is left out. */
export function recordOf(record: ImportConflict['record']): { readonly facts: string[]; readonly names: string[]; readonly ids: string[] } {
  const names: unknown[] = Array.isArray(record['names']) ? record['names'] : [];
  const named = names.flatMap((name) => texts(Array.isArray(name) ? name[0] : name));
  return {
    facts: factsOf(record['type'], record['year'], record['episodes_total'], record['english']),
    names: [...new Set([...texts(record['alternative']), ...named])].slice(0, NAMES_MAX),
    ids: idTexts(record['external_ids']),
  };
}
