"""Reading and changing how somebody watches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from kernel.access import Actor
from kernel.versions import ensure_unchanged
from streaming.player_settings.model import (
    Changes,
    DeviceSettings,
    KeptDevice,
    OwnSettings,
    PlayerSettings,
    RememberedSeries,
    SeriesChoice,
    SeriesUnknown,
    overridden,
)


class PlayerSettingsStore(Protocol):
    """Settings of accounts, their devices, and what is remembered of series."""

    async def own(self, user_id: str, *, lock: bool = False) -> OwnSettings:
        """Those of an account, the usual ones where it said nothing; ``lock``: nobody else changes them until the transaction ends."""
        ...

    async def store_own(self, user_id: str, own: OwnSettings) -> None:
        """Keep them; after :meth:`own` with ``lock``."""
        ...

    async def device(self, user_id: str, login_id: str) -> DeviceSettings:
        """What a signed-in device has otherwise; nothing where it says nothing."""
        ...

    async def store_device(self, user_id: str, login_id: str, device: DeviceSettings, now: datetime) -> None:
        """Keep that, and forget the devices changed first above ``MAX_DEVICES``; after :meth:`own` with ``lock``."""
        ...

    async def forget_device(self, login_id: str) -> None:
        """It has none of its own any more."""
        ...

    async def remembered(self, user_id: str, release_id: str) -> SeriesChoice:
        """What somebody chose in a series; empty: nothing."""
        ...

    async def remember(self, user_id: str, series: RememberedSeries) -> None:
        """Keep that, and forget the oldest above ``MAX_SERIES``; after :meth:`own` with ``lock``."""
        ...

    async def forget_series(self, user_id: str, release_id: str | None = None) -> None:
        """Remember nothing of a series; ``None``: of any."""
        ...

    async def series_count(self, user_id: str) -> int:
        """How many are remembered."""
        ...

    async def all_series(self, user_id: str) -> Sequence[RememberedSeries]:
        """All of them, the newest first."""
        ...

    async def devices(self, user_id: str) -> Sequence[KeptDevice]:
        """All devices with settings of their own."""
        ...

    async def forget_user(self, user_id: str) -> None:
        """Remove everything of an account."""
        ...


class KnownSeries(Protocol):
    """The catalogue, as far as something is remembered of it."""

    async def exists(self, release_id: str) -> bool:
        """Whether there is such a release."""
        ...


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes something, having seen which version of it (``None``: they did not look), and when."""

    actor: Actor
    version: int | None
    now: datetime


async def change_own(store: PlayerSettingsStore, edit: Edit, changes: Changes) -> OwnSettings:
    """Change some settings of an account.  Raises :class:`kernel.errors.Stale`."""
    own = await store.own(edit.actor.user_id, lock=True)
    ensure_unchanged(own.version, edit.version)
    settings = own.settings.with_changes(changes)
    if settings == own.settings:
        return own
    changed = OwnSettings(settings, own.version + 1)
    await store.store_own(edit.actor.user_id, changed)
    return changed


async def change_device(store: PlayerSettingsStore, edit: Edit, changes: Changes) -> DeviceSettings:
    """Change what this device has otherwise; what is ``None`` it has as everywhere.  Raises :class:`kernel.errors.Stale`."""
    user_id, login_id = edit.actor.user_id, edit.actor.session_id
    await store.own(user_id, lock=True)
    device = await store.device(user_id, login_id)
    ensure_unchanged(device.version, edit.version)
    changed = DeviceSettings(overridden(device.changes, changes), device.version + 1)
    if changed.changes == device.changes:
        return device
    await store.store_device(user_id, login_id, changed, edit.now)
    return changed


async def reset_device(store: PlayerSettingsStore, edit: Edit) -> None:
    """This device has everything as everywhere again.  Raises :class:`kernel.errors.Stale`."""
    await store.own(edit.actor.user_id, lock=True)
    device = await store.device(edit.actor.user_id, edit.actor.session_id)
    ensure_unchanged(device.version, edit.version)
    if device.changes:
        await store.store_device(
            edit.actor.user_id, edit.actor.session_id, DeviceSettings({}, device.version + 1), edit.now
        )


async def effective(store: PlayerSettingsStore, actor: Actor) -> PlayerSettings:
    """What holds on the device that asks."""
    own = await store.own(actor.user_id)
    return own.settings.with_changes((await store.device(actor.user_id, actor.session_id)).changes)


_PARTS: Final = frozenset({"audio", "subtitles"})


async def remember_series(
    store: PlayerSettingsStore, known: KnownSeries, edit: Edit, release_id: str, changes: Mapping[str, Any]
) -> SeriesChoice:
    """Remember what was chosen in a series: ``audio``, ``subtitles`` or both; ``None`` forgets.  Raises :class:`SeriesUnknown`."""
    if not await known.exists(release_id):
        raise SeriesUnknown(release_id=release_id)
    await store.own(edit.actor.user_id, lock=True)
    before = await store.remembered(edit.actor.user_id, release_id)
    choice = replace(before, **{name: value for name, value in changes.items() if name in _PARTS})
    if choice.is_empty:
        await store.forget_series(edit.actor.user_id, release_id)
    else:
        await store.remember(edit.actor.user_id, RememberedSeries(release_id, choice, edit.now))
    return choice
