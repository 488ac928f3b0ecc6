/** What a proposal is about, as one value of a list. */
import { listTranslations, type Kind, type Proposal, type Translation } from '../../api/moderation';
import type { Episode } from '../../api/types';

/** `release`, `translation`, `new-episode`, the id of an episode, or `translation:` or `subtitle:` before one. */
export type Subject = string;

const SUBTITLE = 'subtitle:';
const TRANSLATION = 'translation:';

export function subtitlesOf(episodeId: string): Subject {
  return `${SUBTITLE}${episodeId}`;
}

export function translationOf(episodeId: string): Subject {
  return `${TRANSLATION}${episodeId}`;
}

/** The episode whose subtitles it is about, if it is. */
export function subtitledBy(subject: Subject): string | null {
  return subject.startsWith(SUBTITLE) ? subject.slice(SUBTITLE.length) : null;
}

/** The episode whose translation it is about, if it is. */
export function translatedBy(subject: Subject): string | null {
  return subject.startsWith(TRANSLATION) ? subject.slice(TRANSLATION.length) : null;
}

export function kindOf(subject: Subject): Kind {
  if (subject === 'release') return 'release';
  if (subject === 'translation' || translatedBy(subject) !== null) return 'translation';
  return subtitledBy(subject) === null ? 'episode' : 'subtitle';
}

/** Where the translation belongs that `proposal` makes or changes: to the release, or to one of its episodes, which are asked for. */
export async function subjectOfTranslation(
  proposal: Proposal,
  releaseId: string,
  episodes: readonly Episode[],
  ofRelease: readonly Translation[],
): Promise<Subject> {
  if (proposal.parent_id !== null) return proposal.parent_id === releaseId ? 'translation' : translationOf(proposal.parent_id);
  if (ofRelease.some((known) => known.id === proposal.target_id)) return 'translation';
  for (const episode of episodes) {
    const known = await listTranslations('episodes', episode.id);
    if (known.some((translation) => translation.id === proposal.target_id)) return translationOf(episode.id);
  }
  return 'translation';
}
