import { expect, it } from 'vitest';
import { isAbove } from './roles';

it.each([
  ['admin', 'moderator', true],
  ['moderator', 'user', true],
  ['moderator', 'moderator', false],
  ['moderator', 'admin', false],
  ['user', 'user', false],
] as const)('%s above %s: %s', (role, other, above) => {
  expect(isAbove(role, other)).toBe(above);
});
