/** The locks of one release, while somebody edits it. */
import { listLocks, replaceLocks, type Lock, type LockedField } from '../../api/catalog/locks';
import { errorText } from '../../i18n/errors';

export class FieldLocks {
  #locks = $state.raw<readonly Lock[] | null>(null);
  #busy = $state(false);
  #refused = $state('');

  constructor(private readonly releaseId: string) {}

  /** False until it is known which fields are locked. */
  get known(): boolean {
    return this.#locks !== null;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Why the last try did nothing. */
  get refused(): string {
    return this.#refused;
  }

  of(field: LockedField): Lock | null {
    return this.#locks?.find((lock) => lock.field === field) ?? null;
  }

  load(): Promise<void> {
    return this.#attempt(() => listLocks(this.releaseId));
  }

  /** Locks a field, or gives it free. What others locked meanwhile stays locked. */
  toggle(field: LockedField): Promise<void> {
    const locking = this.of(field) === null;
    return this.#attempt(async () => {
      const others = (await listLocks(this.releaseId)).map((lock) => lock.field).filter((locked) => locked !== field);
      return replaceLocks(this.releaseId, locking ? [...others, field] : others);
    });
  }

  async #attempt(work: () => Promise<readonly Lock[]>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#locks = await work();
      this.#refused = '';
    } catch (problem) {
      this.#refused = errorText(problem);
    } finally {
      this.#busy = false;
    }
  }
}
