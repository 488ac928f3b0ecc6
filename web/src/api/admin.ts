/** What administrators see and do: users, the audit log, and how the program is doing. */
import { api } from './client';
import type { Page, Role, User } from './types';

export interface ManagedUser extends Omit<User, 'has_password' | 'choose_password'> {
  readonly created_at: string;
  readonly banned_at: string | null;
  readonly ban_reason: string | null;
}

export interface UserFilter {
  readonly search: string;
  readonly role: Role | '';
  readonly banned: 'true' | 'false' | '';
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly event: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly actor_id: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
}

export interface AuditFilter {
  readonly event: string;
  readonly actor_id: string;
  readonly subject_id: string;
  readonly field: string;
  /** Days, `YYYY-MM-DD` where the reader is; both are included. */
  readonly from: string;
  readonly to: string;
}

export interface Overview {
  readonly users: number;
  readonly banned_users: number;
  readonly releases: number;
  readonly episodes: number;
  readonly jobs: { readonly queued: number; readonly running: number; readonly succeeded: number; readonly failed: number };
  readonly deliveries: { readonly waiting: number; readonly failed: number };
  readonly disk: { readonly used_bytes: number; readonly free_bytes: number; readonly total_bytes: number };
}

export interface AdminJob {
  readonly id: string;
  readonly kind: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed';
  readonly stage: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly error: { readonly message: string } | null;
  readonly created_at: string;
}

export interface FailedDelivery {
  readonly id: string;
  readonly event: string;
  readonly subscriber: string;
  readonly failed_at: string;
  readonly last_error: string;
}

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

export function listJobs(state: AdminJob['state']): Promise<Page<AdminJob>> {
  return api.get(`/admin/jobs?state=${state}&page_size=5`);
}

export function listFailedDeliveries(): Promise<Page<FailedDelivery>> {
  return api.get('/admin/deliveries?page_size=10');
}

export async function retryDelivery(id: string): Promise<void> {
  await api.send('POST', `/admin/deliveries/${id}/retry`);
}
