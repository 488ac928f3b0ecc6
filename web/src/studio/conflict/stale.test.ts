import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../release/releaseFields';
import { differencesOf, merged } from './stale';

const base = { ...fieldsOf(null), main: 'Night train', year: 2015 };
const mine = { ...base, main: 'The night train', year: 2016 };
const theirs = { ...base, main: 'Night Train', regions: ['DE'] };

describe('a stale edit', () => {
  it('shows what differs, and suggests who changed it', () => {
    expect(differencesOf(base, mine, theirs)).toEqual([
      { field: 'year', suggested: 'mine' },
      { field: 'main', suggested: 'mine' },
      { field: 'regions', suggested: 'theirs' },
    ]);
  });

  it('differs in nothing where both wrote the same', () => {
    expect(differencesOf(base, mine, structuredClone(mine))).toEqual([]);
  });

  it('keeps of mine what was chosen, and nothing else', () => {
    expect(merged(mine, theirs, { main: 'theirs', year: 'mine', regions: 'theirs' })).toEqual({ ...theirs, year: 2016 });
    expect(merged(mine, theirs, {})).toEqual(theirs);
  });
});
