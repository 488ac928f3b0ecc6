const SHOWN_MS = 5_000;

/** One line over the picture, gone after a while or with the next one. */
export class PassingNotice {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.text = ''), SHOWN_MS);
  }
}
