/** Proposals, comments on them and reports. */
import { api } from './client';
import type { Page, Schemas } from './types';

export type Kind = ProposalBrief['kind'];
export type ProposalState = ProposalBrief['state'];
export type Box = 'pending' | 'taken' | 'held' | 'decided' | 'own';
export type Step = Schemas['ProposalOut']['steps'][number];
export type ReportSubject = Report['kind'];
export type ReportState = Report['state'];

export const REPORT_REASONS = ['wrong', 'broken', 'duplicate', 'offensive', 'copyright', 'spam', 'other'] as const;

/** A JSON value, as the catalogue has it in a field. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export type Person = Schemas['PersonOut'];


export type ProposalBrief = Schemas['ProposalBrief'];

export type Change = Schemas['ProposalOut']['changes'][number] & { readonly before: Value; readonly after: Value; readonly current: Value };

export type Proposal = Schemas['ProposalOut'] & { readonly changes: readonly Change[] };

export type Comment = Schemas['CommentOut'];

export type Report = Schemas['ReportOut'];

export type Inbox = Schemas['InboxOut'];

export interface Cursored<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export type Translation = Schemas['TranslationOut'];

export type SubtitleTrack = Schemas['SubtitleTextOut'];

export type NewProposal = Schemas['ProposalIn'];

const PROPOSALS = '/moderation/proposals';

function at(id: string, rest = ''): string {
  return `${PROPOSALS}/${encodeURIComponent(id)}${rest}`;
}

export function propose(proposal: NewProposal): Promise<Proposal> {
  return api.create(PROPOSALS, proposal);
}

/** Says a draft differently. */
export async function editDraft(id: string, draft: Pick<NewProposal, 'fields' | 'note'>): Promise<Proposal> {
  return (await api.send<Proposal>('PUT', at(id), { body: { fields: draft.fields, note: draft.note } })).data;
}

export function getProposal(id: string): Promise<Proposal> {
  return api.get(at(id));
}

export function listProposals(box: Box, kind: Kind | '', teamId: string, cursor: string | null): Promise<Cursored<ProposalBrief>> {
  const query = new URLSearchParams({ box });
  if (kind) query.set('kind', kind);
  if (teamId) query.set('team_id', teamId);
  if (cursor) query.set('cursor', cursor);
  return api.get(`${PROPOSALS}?${query.toString()}`);
}

/** A step that needs nothing but the wish; the body says what it needs besides. */
export function takeStep(id: string, step: Step, body: object = {}): Promise<Proposal> {
  return api.post(at(id, `/${step.replace('_', '-')}`), body);
}

export function getInbox(teamId = ''): Promise<Inbox> {
  return api.get(`/moderation/inbox${teamId ? `?team_id=${encodeURIComponent(teamId)}` : ''}`);
}

export async function listComments(proposalId: string): Promise<readonly Comment[]> {
  return (await api.get<{ items: readonly Comment[] }>(at(proposalId, '/comments'))).items;
}

export function addComment(proposalId: string, text: string): Promise<Comment> {
  return api.create(at(proposalId, '/comments'), { text });
}

export async function editComment(seen: Comment, text: string): Promise<Comment> {
  const headers = { 'If-Match': `"v${seen.version}"` };
  return (await api.send<Comment>('PUT', `/moderation/comments/${encodeURIComponent(seen.id)}`, { body: { text }, headers })).data;
}

export async function deleteComment(id: string): Promise<void> {
  await api.send('DELETE', `/moderation/comments/${encodeURIComponent(id)}`);
}

export function fileReport(kind: ReportSubject, targetId: string, reason: string, text: string): Promise<Report> {
  return api.create('/moderation/reports', { kind, target_id: targetId, reason, text });
}

export function listReports(state: ReportState, cursor: string | null): Promise<Cursored<Report>> {
  const query = new URLSearchParams({ state });
  if (cursor) query.set('cursor', cursor);
  return api.get(`/moderation/reports?${query.toString()}`);
}

export function closeReport(id: string, verdict: 'resolve' | 'dismiss', outcome: string): Promise<Report> {
  return api.post(`/moderation/reports/${encodeURIComponent(id)}/${verdict}`, { outcome });
}

export async function listTranslations(of: 'releases' | 'episodes', id: string): Promise<readonly Translation[]> {
  const path = `/${of}/${encodeURIComponent(id)}/translations`;
  return (await api.get<{ items: readonly Translation[] }>(path)).items;
}

/** Subtitles that were added to an episode, without their texts. */
export async function listSubtitles(episodeId: string): Promise<readonly Omit<SubtitleTrack, 'text'>[]> {
  const path = `/episodes/${encodeURIComponent(episodeId)}/subtitles`;
  return (await api.get<{ items: readonly Omit<SubtitleTrack, 'text'>[] }>(path)).items;
}

export type SubtitleFile = Schemas['SubtitleFileOut'];

/** Reads a subtitle file: the server tells its encoding, which a browser would take for UTF-8. */
export async function readSubtitleFile(file: Blob, language: string, encoding: string): Promise<SubtitleFile> {
  const query = new URLSearchParams();
  if (language) query.set('language', language);
  if (encoding) query.set('encoding', encoding);
  const bytes = new Blob([file], { type: 'application/octet-stream' });
  return (await api.send<SubtitleFile>('POST', `/subtitles/read?${query.toString()}`, { bytes })).data;
}

export function getSubtitle(id: string): Promise<SubtitleTrack> {
  return api.get(`/subtitles/${encodeURIComponent(id)}`);
}

/** What a team did for a release: which kinds of things, in how many accepted suggestions. */
export type TeamCredit = Schemas['TeamCreditOut'];

export type ReleaseCredit = Schemas['ReleaseCreditOut'];

export async function listTeamsOfRelease(releaseId: string): Promise<readonly TeamCredit[]> {
  return (await api.get<{ items: readonly TeamCredit[] }>(`/releases/${encodeURIComponent(releaseId)}/teams`)).items;
}

export function listReleasesOfTeam(teamId: string, page: number): Promise<Page<ReleaseCredit>> {
  return api.get(`/teams/${encodeURIComponent(teamId)}/releases?page=${page}`);
}
