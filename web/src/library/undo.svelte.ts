/** One thing that was just done and can be taken back for a while. */

/** Long enough to read it and reach the button. */
const SHOWN_MS = 8_000;

class Undo {
  text = $state('');
  #back: (() => Promise<void>) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  offer(text: string, back: () => Promise<void>): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.#back = back;
    this.#timer = setTimeout(() => {
      this.close();
    }, SHOWN_MS);
  }

  async back(): Promise<void> {
    const back = this.#back;
    this.close();
    await back?.();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.text = '';
    this.#back = null;
  }
}

export const undo = new Undo();
