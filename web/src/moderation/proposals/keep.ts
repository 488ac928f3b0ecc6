/** Keeps what somebody suggests: a new proposal, or a draft said differently, and sends it on if they want that. */
import { editDraft, propose, takeStep, type Change, type NewProposal, type Proposal } from '../../api/moderation';

/** Of something new there is no value before. */
export async function keep(draft: Proposal | null, about: Pick<NewProposal, 'kind' | 'target_id' | 'parent_id' | 'team_id'>, changes: readonly Change[], note: string, submit: boolean): Promise<Proposal> {
  const isNew = about.target_id === null;
  const fields = Object.fromEntries(changes.map(({ field, before, after }) => [field, isNew ? { after } : { before, after }]));
  const wanted = { note: note.trim(), fields };
  if (!draft) return propose({ ...wanted, ...about, submit });
  const kept = await editDraft(draft.id, wanted);
  return submit ? takeStep(draft.id, 'submit') : kept;
}
