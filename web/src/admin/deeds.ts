import type { Role } from '../api/types';

/** What is done to a user after it was confirmed; a role is the one to give. */
export type Deed = 'ban' | 'sign_out' | Role;
