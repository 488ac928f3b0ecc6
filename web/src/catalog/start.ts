/** What "Play" plays. Pure. */
import type { Seen } from '../api/library';
import type { Episode } from '../api/types';

type Progress = Pick<Seen, 'watched' | 'position_ms'>;

/** Begun and not finished. */
export function inProgress(seen: Progress | undefined): boolean {
  return seen !== undefined && !seen.watched && seen.position_ms > 0;
}

/** Of the episodes that can be played: the first in progress, else the first not watched, else the first. */
export function startOf<E extends Pick<Episode, 'id' | 'playable'>>(
  episodes: readonly E[],
  history: ReadonlyMap<string, Progress>,
): E | undefined {
  const playable = episodes.filter((episode) => episode.playable);
  return (
    playable.find((episode) => inProgress(history.get(episode.id))) ??
    playable.find((episode) => !history.get(episode.id)?.watched) ??
    playable[0]
  );
}
