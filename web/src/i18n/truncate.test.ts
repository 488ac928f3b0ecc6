import { expect, test } from 'vitest';
import { truncate } from './truncate';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['x'.repeat(1_999) + '😀😀', 2_000, 'x'.repeat(1_999) + '😀'],
  ['ab👩🏽‍🚀', 4, 'ab'],
  ['ab👩🏽‍🚀', 6, 'ab👩🏽‍🚀'],
  ['no\u0308el', 2, 'n'],
])('%#', (text, limit, expected) => {
  expect(truncate(text, limit)).toBe(expected);
});
