import { expect, it } from 'vitest';
import { en } from './en';

const sources = Object.values(import.meta.glob<string>(['../**/*.{ts,svelte}', '!./{en,ru}/**', '!../**/*.test.ts'], { query: '?raw', import: 'default', eager: true })).join('');

/** Looked up by a code or a value of the server, not by their own names. */
const BY_VALUE = ['error.', 'people.role.', 'people.part.', 'people.category.', 'type.', 'season.', 'catalogue.sort.', 'catalogue.status.', 'notification.', 'imports.kind_', 'imports.mark_', 'imports.state_', 'imports.action_', 'imports.doubt_', 'imports.field_', 'imports.fault_', 'kind.', 'merging.field.', 'relation.', 'role.', 'proposal_state.', 'subject.', 'report_reason.', 'schedule.state.', 'schedule.edit_kind.', 'teams.permission.', 'teams.level.', 'teams.state.', 'teams.visibility.', 'teams.tab.', 'teams.give.', 'teams.by_', 'quality.outcome_', 'storage.reason_', 'storage.place_'];

it.each(Object.keys(en).filter((key) => !BY_VALUE.some((prefix) => key.startsWith(prefix))))('%s is shown somewhere', (key) => {
  expect(sources.includes(`'${key}'`)).toBe(true);
});
