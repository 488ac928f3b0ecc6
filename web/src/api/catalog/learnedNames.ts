/** Names that people search releases by, which moderators decide on. */
import { api } from '../client';
import type { Schemas } from '../types';

export type LearnedName = Schemas['AliasCandidateOut'];
export type LearnedNameState = LearnedName['state'];

export const PAGE_SIZE = 20;

export function listLearnedNames(state: LearnedNameState, page: number): Promise<{ items: readonly LearnedName[]; total: number }> {
  return api.get(`/search/alias-candidates?state=${state}&page=${page}&page_size=${PAGE_SIZE}`);
}

export function acceptName(id: string, text: string): Promise<LearnedName> {
  return api.post(`/search/alias-candidates/${id}/accept`, { text });
}

export function rejectName(id: string): Promise<LearnedName> {
  return api.post(`/search/alias-candidates/${id}/reject`);
}
