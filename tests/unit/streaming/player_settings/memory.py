"""Player settings in memory."""

from collections.abc import Sequence
from datetime import datetime

from streaming.player_settings.model import DeviceSettings, KeptDevice, OwnSettings, RememberedSeries, SeriesChoice
from streaming.player_settings.usecases import PlayerSettingsStore


class MemoryPlayerSettings(PlayerSettingsStore):
    """Behind the ``PlayerSettingsStore`` port."""

    def __init__(self) -> None:
        self.owns: dict[str, OwnSettings] = {}
        self.of_devices: dict[tuple[str, str], DeviceSettings] = {}
        self.series: dict[tuple[str, str], RememberedSeries] = {}

    async def own(self, user_id: str, *, lock: bool = False) -> OwnSettings:
        return self.owns.get(user_id, OwnSettings())

    async def store_own(self, user_id: str, own: OwnSettings) -> None:
        self.owns[user_id] = own

    async def device(self, user_id: str, login_id: str) -> DeviceSettings:
        return self.of_devices.get((user_id, login_id), DeviceSettings())

    async def store_device(self, user_id: str, login_id: str, device: DeviceSettings, now: datetime) -> None:
        self.of_devices[user_id, login_id] = device

    async def forget_device(self, login_id: str) -> None:
        self.of_devices = {key: device for key, device in self.of_devices.items() if key[1] != login_id}

    async def remembered(self, user_id: str, release_id: str) -> SeriesChoice:
        found = self.series.get((user_id, release_id))
        return SeriesChoice() if found is None else found.choice

    async def remember(self, user_id: str, series: RememberedSeries) -> None:
        self.series[user_id, series.release_id] = series

    async def forget_series(self, user_id: str, release_id: str | None = None) -> None:
        self.series = {
            key: one for key, one in self.series.items() if key[0] != user_id or release_id not in (None, key[1])
        }

    async def series_count(self, user_id: str) -> int:
        return len(await self.all_series(user_id))

    async def all_series(self, user_id: str) -> Sequence[RememberedSeries]:
        return [one for key, one in self.series.items() if key[0] == user_id]

    async def devices(self, user_id: str) -> Sequence[KeptDevice]:
        return [KeptDevice(key[1], device.changes) for key, device in self.of_devices.items() if key[0] == user_id]

    async def forget_user(self, user_id: str) -> None:
        self.owns.pop(user_id, None)
