import { expect, it } from 'vitest';
import { differingFields, entryDraftOf, entryFieldsOf, readKind } from './entryFields';

const MARI = { id: '1', name: 'Mari', alias: 'mari', names: [{ text: 'マリ', language: 'ja' }, { text: 'Marie', language: null }], description: '', releases: 2, version: 3 };

it('sends what was read, and an alias only where somebody wrote one', () => {
  const fields = entryFieldsOf(MARI);
  expect(entryDraftOf('people', fields)).toEqual({ name: 'Mari', alias: 'mari', names: MARI.names, description: '' });
  expect(entryDraftOf('studios', { ...fields, alias: ' ', name: ' Mari ', names: [{ text: ' ', language: 'ja' }] })).toEqual({ name: 'Mari', alias: null, names: [], description: '' });
  expect(entryDraftOf('tags', fields)).toEqual({ name: 'Mari', slug: 'mari', names: MARI.names, description: '', category: 'other', spoiler: false });
});

it('tells in what two versions differ', () => {
  const mine = entryFieldsOf(MARI);
  expect(differingFields(mine, entryFieldsOf({ ...MARI, version: 4 }))).toEqual([]);
  expect(differingFields(mine, { ...mine, names: [], description: 'x' })).toEqual(['names', 'description']);
});

it('knows the three lists and no other', () => {
  expect([readKind('tags'), readKind('genres'), readKind(undefined)]).toEqual(['tags', null, null]);
});
