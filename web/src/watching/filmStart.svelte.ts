/** Where a film begins: known with its stream, and said by its viewer where they stopped half-way. */
import type { Playback } from '../api/types';

export class FilmStart {
  /** Where the viewer was, while they have not said whether to go on from there. */
  askMs = $state<number | null>(null);
  /** Where to begin, as soon as there is a picture to begin in; null: not known yet, or begun. */
  atMs = $state<number | null>(null);

  #begun = false;

  /** `resumes`: whoever comes by a link that says "Resume" is not asked. */
  constructor(private readonly resumes: boolean) {}

  /** What the server gave; null: nothing yet, or no place. */
  opened(playback: Pick<Playback, 'resume_position_ms'> | null): void {
    const resumeMs = playback?.resume_position_ms ?? 0;
    const asks = resumeMs > 0 && !this.resumes && !this.#begun;
    this.askMs = asks ? resumeMs : null;
    this.atMs = playback === null || asks ? null : resumeMs;
  }

  /** It plays: the question is asked once, and not of each new link. */
  begun(): void {
    this.#begun = true;
    this.askMs = null;
    this.atMs = null;
  }
}
