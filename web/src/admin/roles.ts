import type { Role } from '../api/types';

/** Lowest first. */
export const ROLES: readonly Role[] = ['user', 'editor', 'moderator', 'admin'];

export const ROLE_NAMES = { user: 'role.user', editor: 'role.editor', moderator: 'role.moderator', admin: 'role.admin' } as const;

/** Whether somebody of this role may ban or sign out somebody of the other: only who is below oneself. */
export function isAbove(role: Role, other: Role): boolean {
  return ROLES.indexOf(other) < ROLES.indexOf(role);
}
