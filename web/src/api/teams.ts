/** Teams over REST. */
import type { Reauthentication } from '../account/reauthentication';
import { api } from './client';
import type { Page, Schemas } from './types';

export type Level = TeamRole['level'];
export type Position = Schemas['MemberOut']['position'];
export type Permission = TeamRole['permissions'][number];
export type Visibility = TeamCard['visibility'];

export type TeamRole = Schemas['RoleOut'];

export type TeamCard = Schemas['TeamCardOut'];

export type MyTeam = Schemas['MyTeamOut'];

/** Where one stands in a team. */
export type Place = Schemas['PlaceOut'];

export type Team = Schemas['TeamOut'];

export type TeamMember = Schemas['MemberOut'];

export type Invitation = Schemas['InvitationOut'];

/** An invitation, as who is invited sees it. */
export type Offer = Schemas['OfferOut'];

export type TeamDraft = Required<Schemas['TeamIn']>;

export type RoleDraft = Required<Schemas['TeamsRoleIn']>;

export const TEAMS_PAGE = 24;
export const MEMBERS_PAGE = 50;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const at = (teamId: string, rest = ''): string => `/teams/${encodeURIComponent(teamId)}${rest}`;

/** Changes what is still the version one saw. */
function ifVersion(version: number): Record<string, string> {
  return { 'If-Match': `"v${version}"` };
}

export function findTeams(search: string, page: number, signal: AbortSignal): Promise<Page<TeamCard>> {
  const query = new URLSearchParams({ page: String(page), page_size: String(TEAMS_PAGE) });
  if (search) query.set('search', search);
  return api.get(`/teams?${query.toString()}`, { signal });
}

/** All of them, or those in which one may do something. */
export async function listMyTeams(permission?: Permission): Promise<readonly MyTeam[]> {
  return (await api.get<{ items: readonly MyTeam[] }>(`/teams/mine${permission ? `?permission=${permission}` : ''}`)).items;
}

/** By id, or by the short address. */
export function getTeam(idOrSlug: string): Promise<Team> {
  return api.get(ID.test(idOrSlug) ? at(idOrSlug) : `/teams/by-slug/${encodeURIComponent(idOrSlug)}`);
}

export function foundTeam(draft: TeamDraft): Promise<Team> {
  return api.create('/teams', draft);
}

export async function editTeam(seen: Team, draft: TeamDraft): Promise<Team> {
  return (await api.send<Team>('PUT', at(seen.id), { body: draft, headers: ifVersion(seen.version) })).data;
}

export async function deleteTeam(id: string): Promise<void> {
  await api.send('DELETE', at(id));
}

export async function putTeamPicture(id: string, picture: Blob): Promise<Team> {
  const options = { bytes: picture, headers: { 'Content-Type': picture.type } };
  return (await api.send<Team>('PUT', at(id, '/avatar'), options)).data;
}

export async function deleteTeamPicture(id: string): Promise<void> {
  await api.send('DELETE', at(id, '/avatar'));
}

export async function trustTeam(id: string, trusted: boolean): Promise<Team> {
  return (await api.send<Team>('PUT', at(id, '/trust'), { body: { trusted } })).data;
}

export async function leaveTeam(id: string): Promise<void> {
  await api.post(at(id, '/leave'));
}

export function listTeamMembers(id: string, search: string, page: number, signal?: AbortSignal): Promise<Page<TeamMember>> {
  const query = new URLSearchParams({ page: String(page), page_size: String(MEMBERS_PAGE) });
  if (search) query.set('search', search);
  return api.get(at(id, `/members?${query.toString()}`), signal ? { signal } : {});
}

export async function setMemberRoles(id: string, member: TeamMember, roleIds: readonly string[]): Promise<TeamMember> {
  const path = at(id, `/members/${encodeURIComponent(member.user_id)}/roles`);
  const answer = await api.send<TeamMember>('PUT', path, { body: { role_ids: roleIds }, headers: ifVersion(member.version) });
  return answer.data;
}

export async function removeTeamMember(id: string, userId: string): Promise<void> {
  await api.send('DELETE', at(id, `/members/${encodeURIComponent(userId)}`));
}

/** `transfer` hands one's own ownership over, `owners` makes one more owner. */
export function giveOwnership(id: string, how: 'transfer' | 'owners', userId: string, reauthentication: Reauthentication): Promise<Team> {
  return api.post(at(id, `/${how}`), { user_id: userId, ...reauthentication });
}

export function stepDown(id: string): Promise<Team> {
  return api.post(at(id, '/step-down'));
}

export async function listTeamRoles(id: string): Promise<readonly TeamRole[]> {
  return (await api.get<{ items: readonly TeamRole[] }>(at(id, '/roles'))).items;
}

export function addTeamRole(id: string, draft: RoleDraft): Promise<TeamRole> {
  return api.create(at(id, '/roles'), draft);
}

export async function changeTeamRole(id: string, seen: TeamRole, draft: RoleDraft): Promise<TeamRole> {
  const path = at(id, `/roles/${encodeURIComponent(seen.id)}`);
  return (await api.send<TeamRole>('PUT', path, { body: draft, headers: ifVersion(seen.version) })).data;
}

export async function deleteTeamRole(id: string, roleId: string): Promise<void> {
  await api.send('DELETE', at(id, `/roles/${encodeURIComponent(roleId)}`));
}

export async function orderTeamRoles(id: string, roleIds: readonly string[]): Promise<readonly TeamRole[]> {
  const body = { role_ids: roleIds };
  return (await api.send<{ items: readonly TeamRole[] }>('PUT', at(id, '/roles/order'), { body })).data.items;
}

export function listInvitations(id: string, page: number): Promise<Page<Invitation>> {
  return api.get(at(id, `/invitations?page=${page}`));
}

export function inviteByLink(id: string, roleId: string | null, expiresInS: number, maxUses: number): Promise<Invitation> {
  return api.create(at(id, '/invitations'), { kind: 'link', role_id: roleId, expires_in_s: expiresInS, max_uses: maxUses });
}

export function inviteByLetter(id: string, roleId: string | null, email: string): Promise<Invitation> {
  return api.create(at(id, '/invitations'), { kind: 'email', role_id: roleId, email });
}

export function resendInvitation(id: string, invitationId: string): Promise<Invitation> {
  return api.post(at(id, `/invitations/${encodeURIComponent(invitationId)}/resend`));
}

export async function revokeInvitation(id: string, invitationId: string): Promise<void> {
  await api.send('DELETE', at(id, `/invitations/${encodeURIComponent(invitationId)}`));
}

export async function listMyInvitations(): Promise<readonly Offer[]> {
  return (await api.get<{ items: readonly Offer[] }>('/teams/invitations')).items;
}

export function lookUpInvitation(token: string): Promise<Offer> {
  return api.post('/teams/invitations/look-up', { token });
}

export function acceptInvitation(token: string): Promise<Team> {
  return api.post('/teams/invitations/accept', { token });
}

export async function declineInvitation(token: string): Promise<void> {
  await api.post('/teams/invitations/decline', { token });
}

export async function answerMyInvitation(id: string, answer: 'accept' | 'decline'): Promise<void> {
  await api.post(`/teams/invitations/${encodeURIComponent(id)}/${answer}`);
}
