/** What the reference lists are called. */
import type { Kind } from '../../../api/catalog/people';

export const KIND_TITLES = { people: 'entries.people', studios: 'people.studios', tags: 'people.tags' } as const satisfies Readonly<Record<Kind, string>>;
export const NEW_TITLES = { people: 'entries.new_people', studios: 'entries.new_studios', tags: 'entries.new_tags' } as const satisfies Readonly<Record<Kind, string>>;
