/**
 * Clicks and taps on the picture. Mouse: one click plays or pauses, two go full screen. Touch: one tap shows the controls
 * or hides them, two on a side skip.
 */

/** Two taps on one side within this time skip. */
export const DOUBLE_TAP_MS = 320;
/** One click waits this long for the second of a double click. */
export const DOUBLE_CLICK_MS = 200;
const SKIP_MS = 10_000;

/** The thirds of the picture: left, middle, right. */
export type Side = -1 | 0 | 1;

export interface ClickActions {
  readonly toggle: () => void;
  readonly toggleFullscreen: () => void;
  readonly skip: (byMs: number) => void;
  readonly toggleControls: () => void;
}

/** Which third of a box of this `width` px, whose left edge is at `left`, the `x` is in. */
export function sideOf(x: number, { left, width }: { readonly left: number; readonly width: number }): Side {
  return Math.sign(Math.trunc(((x - left) / width) * 3) - 1) as Side;
}

export class PictureClicks {
  #last: { atMs: number; side: Side } = { atMs: 0, side: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: ClickActions) {}

  /** The `count`th click of a mouse in quick succession, as `MouseEvent.detail` says it. */
  click(count: number): void {
    if (count === 1) this.#timer = setTimeout(() => this.actions.toggle(), DOUBLE_CLICK_MS);
    else if (count === 2) {
      clearTimeout(this.#timer);
      this.actions.toggleFullscreen();
    }
  }

  /** A tap of a finger on this side; `nowMs` on any monotonic clock. */
  tap(side: Side, nowMs: number): void {
    if (side !== 0 && side === this.#last.side && nowMs - this.#last.atMs < DOUBLE_TAP_MS) {
      clearTimeout(this.#timer);
      this.actions.skip(side * SKIP_MS);
    } else {
      this.#timer = setTimeout(() => this.actions.toggleControls(), side === 0 ? 0 : DOUBLE_TAP_MS);
    }
    this.#last = { atMs: nowMs, side };
  }

  /** Forgets a click that still waits for its second. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
