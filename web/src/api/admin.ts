/** What administrators see and do: users, the audit log, and how the program is doing. */
import { api } from './client';
import type { Page, Role, Schemas } from './types';

export type ManagedUser = Schemas['ManagedUserOut'];

export interface UserFilter {
  readonly search: string;
  readonly role: Role | '';
  readonly banned: 'true' | 'false' | '';
}

export type AuditEntry = Schemas['AuditEntryOut'];

export interface AuditFilter {
  readonly event: string;
  readonly actor_id: string;
  readonly subject_id: string;
  readonly field: string;
  /** Days, `YYYY-MM-DD` where the reader is; both are included. */
  readonly from: string;
  readonly to: string;
}

export type Overview = Schemas['OverviewOut'];

export type FailedDelivery = Schemas['OverviewDeliveryOut'];

export const USERS_PAGE = 20;
export const AUDIT_PAGE = 30;

/** A query string of what is given; empty values are left out. */
function query(values: Readonly<Record<string, string | number>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export function listUsers(filter: UserFilter, page: number): Promise<Page<ManagedUser>> {
  return api.get(`/admin/users?${query({ ...filter, page, page_size: USERS_PAGE })}`);
}

export function getUser(id: string): Promise<ManagedUser> {
  return api.get(`/admin/users/${id}`);
}

export async function setRole(id: string, role: Role): Promise<ManagedUser> {
  return (await api.send<ManagedUser>('PUT', `/admin/users/${id}/role`, { body: { role } })).data;
}

export function ban(id: string, reason: string): Promise<ManagedUser> {
  return api.post(`/admin/users/${id}/ban`, { reason });
}

export async function unban(id: string): Promise<ManagedUser> {
  return (await api.send<ManagedUser>('DELETE', `/admin/users/${id}/ban`)).data;
}

export async function endSessions(id: string): Promise<void> {
  await api.send('DELETE', `/admin/users/${id}/sessions`);
}

export function searchAudit(filter: AuditFilter, page: number): Promise<Page<AuditEntry>> {
  const { from, to, ...rest } = filter;
  const since = from && new Date(`${from}T00:00`).toISOString();
  const until = to && nextDay(to).toISOString();
  return api.get(`/admin/audit?${query({ ...rest, since, until, page, page_size: AUDIT_PAGE })}`);
}

function nextDay(day: string): Date {
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + 1);
  return date;
}

export function getOverview(): Promise<Overview> {
  return api.get('/admin/overview');
}

export function listFailedDeliveries(): Promise<Page<FailedDelivery>> {
  return api.get('/admin/deliveries?page_size=10');
}

export async function retryDelivery(id: string): Promise<void> {
  await api.send('POST', `/admin/deliveries/${id}/retry`);
}
