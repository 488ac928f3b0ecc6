/** One thing at a time that a form does, and what came of it. */
import { Problem } from '../api/problem';
import { errorText } from '../i18n/errors';

export class Submission {
  #busy = $state(false);
  #text = $state('');
  #failed = $state(false);

  get busy(): boolean {
    return this.#busy;
  }

  /** What to say about the last try; empty while there is nothing to say. */
  get text(): string {
    return this.#text;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Does `work`, and then says `done()`, or what went wrong. True: it worked. */
  async run(work: () => Promise<unknown>, done: () => string = () => ''): Promise<boolean> {
    this.#busy = true;
    this.#text = '';
    try {
      await work();
      this.#text = done();
      this.#failed = false;
    } catch (error) {
      this.#text = errorText(error instanceof Problem ? error : Problem.network());
      this.#failed = true;
    } finally {
      this.#busy = false;
    }
    return !this.#failed;
  }
}
