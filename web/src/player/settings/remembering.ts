/** What a viewer chooses in the player is remembered: tracks for the series, quality and speed for the device. */
import { patchDeviceSettings, patchSeriesChoice } from '../../api/streaming/playerSettings';
import type { PlayerSettingsPatch, SeriesChoicePatch } from '../../api/types';
import { saveGuestSeries, saveGuestSettings } from './guest';

export interface Remembering {
  /** `quality_px` and `rate`. */
  device(changes: { readonly quality_px?: number; readonly rate?: number }): void;
  series(choice: SeriesChoicePatch): void;
}

/** Somebody who looks for the right speed passes others on the way. */
const PAUSE_MS = 800;

/** What the class needs of its surroundings; tests bring their own. */
export interface Around {
  readonly device: (changes: PlayerSettingsPatch) => Promise<unknown>;
  readonly series: (releaseId: string, choice: SeriesChoicePatch) => Promise<unknown>;
}

/** To the server, in one request for what comes in quick succession. */
export class AccountRemembering implements Remembering {
  #changes: PlayerSettingsPatch = {};
  #choice: SeriesChoicePatch = {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly releaseId: string,
    private readonly around: Around = { device: patchDeviceSettings, series: patchSeriesChoice },
  ) {}

  device(changes: { readonly quality_px?: number; readonly rate?: number }): void {
    this.#changes = { ...this.#changes, ...changes };
    this.#later();
  }

  series(choice: SeriesChoicePatch): void {
    this.#choice = { ...this.#choice, ...choice };
    this.#later();
  }

  /** Sends what waits; before the page is left. */
  flush(): void {
    clearTimeout(this.#timer);
    const [changes, choice] = [this.#changes, this.#choice];
    this.#changes = {};
    this.#choice = {};
    // Where it fails the choice holds as long as the player does, and is made again.
    if (Object.keys(changes).length > 0) void this.around.device(changes).catch(() => undefined);
    if (Object.keys(choice).length > 0) void this.around.series(this.releaseId, choice).catch(() => undefined);
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.flush(); }, PAUSE_MS);
  }
}

/** In this browser. */
export class GuestRemembering implements Remembering {
  constructor(private readonly releaseId: string) {}

  device(changes: { readonly quality_px?: number; readonly rate?: number }): void {
    saveGuestSettings(changes);
  }

  series(choice: SeriesChoicePatch): void {
    saveGuestSeries(this.releaseId, choice);
  }
}
