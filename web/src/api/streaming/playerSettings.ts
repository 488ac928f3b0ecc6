/** How one watches: everywhere, on this device, in one series. */
import { api } from '../client';
import type { DevicePlayerSettings, OwnPlayerSettings, PlayerSettingsPatch, SeriesChoicePatch } from '../types';

const PATH = '/me/player-settings';

export const getPlayerSettings = (): Promise<OwnPlayerSettings> => api.get(PATH);

export const patchPlayerSettings = async (changes: PlayerSettingsPatch): Promise<OwnPlayerSettings> =>
  (await api.send<OwnPlayerSettings>('PATCH', PATH, { body: changes })).data;

export const getDeviceSettings = (): Promise<DevicePlayerSettings> => api.get(`${PATH}/device`);

export const patchDeviceSettings = async (changes: PlayerSettingsPatch): Promise<DevicePlayerSettings> =>
  (await api.send<DevicePlayerSettings>('PATCH', `${PATH}/device`, { body: changes })).data;

export async function resetDeviceSettings(): Promise<void> {
  await api.send('DELETE', `${PATH}/device`);
}

export async function patchSeriesChoice(releaseId: string, choice: SeriesChoicePatch): Promise<void> {
  await api.send('PATCH', `${PATH}/series/${encodeURIComponent(releaseId)}`, { body: choice });
}

export async function forgetSeriesChoices(): Promise<void> {
  await api.send('DELETE', `${PATH}/series`);
}
