/** What a role may do, for showing and hiding buttons; the server decides anyway (`realtime/party/domain/roles.py`). */
import type { ControlMode } from '../api/types';
import type { PartyRole } from './messages';

export type PartyAction = 'control' | 'media' | 'queue_order' | 'queue' | 'skip' | 'chat' | 'speak' | 'invite' | 'moderate' | 'settings' | 'roles';

/** What depends on the control mode. */
type Steering = 'control' | 'media' | 'queue_order';

const RANK: Readonly<Record<PartyRole, number>> = { muted: 0, guest: 1, member: 2, cohost: 3, host: 4 };

const LEAST: Readonly<Record<Exclude<PartyAction, Steering>, PartyRole>> = {
  queue: 'guest',
  skip: 'guest',
  chat: 'guest',
  speak: 'guest',
  invite: 'member',
  moderate: 'cohost',
  settings: 'host',
  roles: 'host',
};

const LEAST_TO_STEER: Readonly<Record<ControlMode, PartyRole>> = {
  everyone: 'guest',
  cohosts: 'cohost',
  host: 'host',
  vote: 'cohost',
};

export function may(role: PartyRole, action: PartyAction, control: ControlMode): boolean {
  const steers = action === 'control' || action === 'media' || action === 'queue_order';
  const least = steers ? LEAST_TO_STEER[control] : LEAST[action];
  return RANK[role] >= RANK[least];
}

export function outranks(role: PartyRole, other: PartyRole): boolean {
  return RANK[role] > RANK[other];
}
