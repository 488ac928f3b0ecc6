/** The settings page's two places, one's account with this device, or this browser, and what is in them. */
import {
  forgetSeriesChoices,
  getDeviceSettings,
  getPlayerSettings,
  patchDeviceSettings,
  patchPlayerSettings,
  resetDeviceSettings,
} from '../../api/streaming/playerSettings';
import type { DevicePlayerSettings, OwnPlayerSettings, PlayerSettings } from '../../api/types';
import { forgetGuestSeries, guestSeries, guestSettings, saveGuestSettings } from './guest';

export type Setting = keyof PlayerSettings;
export const SETTINGS: readonly Setting[] = ['tracks', 'quality_px', 'rate', 'autoplay_next', 'skip_openings', 'captions'];

export class SettingsPlace {
  /** Whether changes are for this device alone. */
  onDevice = $state(false);

  #own = $state.raw<PlayerSettings | null>(null);
  #device = $state.raw<DevicePlayerSettings | null>(null);
  #remembered = $state(0);

  constructor(readonly hasAccount: boolean) {}

  /** What is shown and changed; null while it is on its way. */
  get settings(): PlayerSettings | null {
    return this.onDevice ? (this.#device?.effective ?? null) : this.#own;
  }

  /** In how many series something else was chosen. */
  get remembered(): number {
    return this.#remembered;
  }

  /** Settings that this device has otherwise. */
  get overridden(): readonly Setting[] {
    const overrides = this.#device?.overrides;
    return overrides ? SETTINGS.filter((name) => (overrides[name] ?? null) !== null) : [];
  }

  async load(): Promise<void> {
    if (!this.hasAccount) {
      this.#own = guestSettings();
      this.#remembered = Object.keys(guestSeries()).length;
      return;
    }
    const [own, device] = await Promise.all([getPlayerSettings(), getDeviceSettings()]);
    this.#takeOwn(own);
    this.#device = device;
    this.onDevice &&= this.overridden.length > 0;
  }

  async change(changes: Partial<PlayerSettings>): Promise<void> {
    if (!this.hasAccount) this.#own = saveGuestSettings(changes);
    else if (this.onDevice) this.#device = await patchDeviceSettings(changes);
    else {
      this.#takeOwn(await patchPlayerSettings(changes));
      this.#device = await getDeviceSettings();
    }
  }

  /** This device has it as everywhere again. */
  async follow(name: Setting): Promise<void> {
    this.#device = await patchDeviceSettings({ [name]: null });
  }

  async followAll(): Promise<void> {
    await resetDeviceSettings();
    await this.load();
  }

  async forgetSeries(): Promise<void> {
    if (this.hasAccount) await forgetSeriesChoices();
    else forgetGuestSeries();
    this.#remembered = 0;
  }

  #takeOwn({ remembered_series, ...settings }: OwnPlayerSettings): void {
    this.#own = settings;
    this.#remembered = remembered_series;
  }
}
