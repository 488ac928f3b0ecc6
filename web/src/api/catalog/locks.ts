/** Which fields of a release imports leave alone. */
import { api } from '../client';
import type { Schemas } from '../types';

export type Lock = Schemas['LockOut'];
export type LockedField = Lock['field'];

function path(releaseId: string): string {
  return `/releases/${encodeURIComponent(releaseId)}/locks`;
}

export async function listLocks(releaseId: string): Promise<readonly Lock[]> {
  return (await api.get<Schemas['LocksOut']>(path(releaseId))).items;
}

/** Locks these fields and no others. */
export async function replaceLocks(releaseId: string, fields: readonly LockedField[]): Promise<readonly Lock[]> {
  return (await api.send<Schemas['LocksOut']>('PUT', path(releaseId), { body: { fields } })).data.items;
}
