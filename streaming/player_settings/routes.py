"""``/api/v1/me/player-settings``."""

from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Reply, Router, versioned
from streaming.player_settings import usecases
from streaming.player_settings.model import OwnSettings, SeriesUnknown
from streaming.player_settings.schemas import (
    DevicePlayerSettingsOut,
    OwnPlayerSettingsOut,
    PlayerSettingsPatch,
    SeriesChoiceOut,
    SeriesChoicePatch,
)
from streaming.player_settings.usecases import Edit, KnownSeries, PlayerSettingsStore

router = Router("/api/v1/me/player-settings", tag="Playback")


def _edit(call: Call) -> Edit:
    return Edit(actor=call.user, version=call.if_match(), now=call.clock.now())


async def _own(call: Call, own: OwnSettings) -> Reply[OwnPlayerSettingsOut]:
    remembered = await call.port(PlayerSettingsStore).series_count(call.user.user_id)
    return versioned(OwnPlayerSettingsOut.of_account(own, remembered), own.version)


@router.get("", role=Role.USER, summary="How one watches")
async def get_player_settings(call: Call) -> Reply[OwnPlayerSettingsOut]:
    """What holds on all of one's devices, but for those with settings of their own."""
    return await _own(call, await call.port(PlayerSettingsStore).own(call.user.user_id))


@router.patch("", role=Role.USER, summary="Change how one watches", raises=(Stale,))
async def patch_player_settings(call: Call, body: PlayerSettingsPatch) -> Reply[OwnPlayerSettingsOut]:
    """From the next stream on. What is `null` becomes what holds for everybody."""
    return await _own(call, await usecases.change_own(call.port(PlayerSettingsStore), _edit(call), body.changes()))


@router.get("/device", role=Role.USER, summary="How one watches on this device")
async def get_device_player_settings(call: Call) -> Reply[DevicePlayerSettingsOut]:
    """This device is the sign-in of the access token: it ends with it."""
    store = call.port(PlayerSettingsStore)
    device = await store.device(call.user.user_id, call.user.session_id)
    return versioned(DevicePlayerSettingsOut.of(device, await store.own(call.user.user_id)), device.version)


@router.patch("/device", role=Role.USER, summary="Change how one watches on this device alone", raises=(Stale,))
async def patch_device_player_settings(call: Call, body: PlayerSettingsPatch) -> Reply[DevicePlayerSettingsOut]:
    """What is `null` it has as one's other devices have it."""
    store = call.port(PlayerSettingsStore)
    device = await usecases.change_device(store, _edit(call), body.changes())
    return versioned(DevicePlayerSettingsOut.of(device, await store.own(call.user.user_id)), device.version)


@router.delete("/device", role=Role.USER, summary="Watch on this device as on all others", raises=(Stale,))
async def delete_device_player_settings(call: Call) -> None:
    """Nothing is left of what it had otherwise."""
    await usecases.reset_device(call.port(PlayerSettingsStore), _edit(call))


@router.patch(
    "/series/{release_id}",
    role=Role.USER,
    summary="Remember the sound or subtitles chosen in a series",
    raises=(SeriesUnknown,),
)
async def patch_series_choice(call: Call, release_id: str, body: SeriesChoicePatch) -> SeriesChoiceOut:
    """Goes before the table of languages, in this series alone. Of the last 500 series."""
    return SeriesChoiceOut.of(
        await usecases.remember_series(
            call.port(PlayerSettingsStore), call.port(KnownSeries), _edit(call), release_id, body.changes()
        )
    )


@router.delete("/series/{release_id}", role=Role.USER, summary="Forget what was chosen in a series")
async def delete_series_choice(call: Call, release_id: str) -> None:
    """The table of languages holds again."""
    await call.port(PlayerSettingsStore).forget_series(call.user.user_id, release_id)


@router.delete("/series", role=Role.USER, summary="Forget what was chosen in all series")
async def delete_series_choices(call: Call) -> None:
    """The table of languages holds for all of them again."""
    await call.port(PlayerSettingsStore).forget_series(call.user.user_id)
