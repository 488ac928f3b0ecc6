/** The form of a person, a studio or a tag: what an editor types, and the draft the server gets. Pure. */
import type { EntryDraft } from '../../../api/catalog/entries';
import type { Entry, Kind, TagCategory } from '../../../api/catalog/people';

export const KINDS = ['people', 'studios', 'tags'] as const satisfies readonly Kind[];

export function readKind(text: string | undefined): Kind | null {
  return KINDS.find((kind) => kind === text) ?? null;
}

export interface EntryFields {
  name: string;
  /** In the address; empty is one made of the name. */
  alias: string;
  /** An empty language is one that nobody said. */
  names: { text: string; language: string }[];
  description: string;
  category: TagCategory;
  spoiler: boolean;
}
export type EntryField = keyof EntryFields;

export function entryFieldsOf(entry: Entry | null): EntryFields {
  return {
    name: entry?.name ?? '',
    alias: entry?.alias ?? entry?.slug ?? '',
    names: entry?.names.map(({ text, language }) => ({ text, language: language ?? '' })) ?? [],
    description: entry?.description ?? '',
    category: entry?.category ?? 'other',
    spoiler: entry?.spoiler ?? false,
  };
}

export function entryDraftOf(kind: Kind, fields: EntryFields): EntryDraft {
  const common = {
    name: fields.name.trim(),
    names: fields.names.map(({ text, language }) => ({ text: text.trim(), language: language.trim() || null })).filter(({ text }) => text !== ''),
    description: fields.description.trim(),
  };
  const alias = fields.alias.trim() || null;
  return kind === 'tags' ? { ...common, slug: alias, category: fields.category, spoiler: fields.spoiler } : { ...common, alias };
}

/** The fields in which two versions are not the same. */
export function differingFields(mine: EntryFields, theirs: EntryFields): readonly EntryField[] {
  return (Object.keys(mine) as EntryField[]).filter((field) => JSON.stringify(mine[field]) !== JSON.stringify(theirs[field]));
}
