/** Of two who edit one thing at once, who saves second sees both versions, and chooses. */
import { isStale } from './stale';

/** What somebody edits: as they have seen it, and what somebody else saved meanwhile. */
export class Versions<T> {
  /** What the form was made from; null before it was read, and of something new. */
  seen = $state.raw<T | null>(null);
  /** What stands there now, until somebody chose. */
  theirs = $state.raw<T | null>(null);
  readonly #fill: (found: T) => void;
  readonly #save: () => Promise<unknown>;

  /** `fill` puts a version into the form; `save` saves what the form says. */
  constructor(fill: (found: T) => void, save: () => Promise<unknown>) {
    this.#fill = fill;
    this.#save = save;
  }

  take(found: T): void {
    this.seen = found;
    this.#fill(found);
  }

  /** Runs `write`; where somebody was quicker, reads what stands there and returns false. Throws what else goes wrong. */
  async saved(write: () => Promise<T>, read: () => Promise<T>): Promise<boolean> {
    try {
      this.take(await write());
      return true;
    } catch (problem) {
      await this.compare(problem, read);
      return false;
    }
  }

  /** After `problem`: reads what stands there where somebody was quicker, and throws it again where something else is wrong. */
  async compare(problem: unknown, read: () => Promise<T>): Promise<void> {
    if (this.seen === null || !isStale(problem)) throw problem;
    this.theirs = await read();
  }

  readonly keepMine = async (): Promise<void> => {
    this.seen = this.theirs;
    this.theirs = null;
    await this.#save();
  };

  readonly takeTheirs = (): void => {
    if (this.theirs !== null) this.take(this.theirs);
    this.theirs = null;
  };
}
