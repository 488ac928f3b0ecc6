"""What holds on a device: the account's settings, with its own in their place."""

from datetime import UTC, datetime

import pytest

from kernel.access import Actor, Role
from kernel.errors import Stale
from kernel.ids import new_id
from streaming.player_settings import usecases
from streaming.player_settings.model import (
    AudioChoice,
    CaptionStyle,
    PlayerSettings,
    SeriesChoice,
    SeriesUnknown,
    SubtitleChoice,
    TrackWish,
)
from streaming.player_settings.usecases import Edit, KnownSeries
from tests.unit.streaming.player_settings.memory import MemoryPlayerSettings

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LAPTOP = Actor(new_id(), "viewer", Role.USER, new_id())
PHONE = Actor(LAPTOP.user_id, "viewer", Role.USER, new_id())


def edit(actor: Actor = LAPTOP, version: int | None = None) -> Edit:
    return Edit(actor, version, NOW)


class Catalogue(KnownSeries):
    async def exists(self, release_id: str) -> bool:
        return release_id == "known"


async def test_a_device_has_its_own_in_place_of_the_accounts() -> None:
    store = MemoryPlayerSettings()
    large = CaptionStyle(size_percent=150)
    await usecases.change_own(store, edit(), {"rate": 1.5, "captions": large, "tracks": (TrackWish("ja", "ru"),)})
    await usecases.change_device(store, edit(PHONE), {"quality_px": 480, "rate": 1.0})

    assert await usecases.effective(store, LAPTOP) == PlayerSettings(
        tracks=(TrackWish("ja", "ru"),), rate=1.5, captions=large
    )
    assert await usecases.effective(store, PHONE) == PlayerSettings(
        tracks=(TrackWish("ja", "ru"),), rate=1.0, captions=large, quality_px=480
    )

    await usecases.change_device(store, edit(PHONE), {"rate": None})
    assert (await usecases.effective(store, PHONE)).rate == 1.5, "as everywhere again"
    assert (await store.device(PHONE.user_id, PHONE.session_id)).changes == {"quality_px": 480}

    await usecases.reset_device(store, edit(PHONE))
    assert await usecases.effective(store, PHONE) == await usecases.effective(store, LAPTOP)


async def test_back_to_what_holds_for_everybody() -> None:
    store = MemoryPlayerSettings()
    await usecases.change_own(store, edit(), {"rate": 2.0, "autoplay_next": False})
    assert (await usecases.change_own(store, edit(), {"rate": None})).settings == PlayerSettings(autoplay_next=False)


async def test_versions() -> None:
    store = MemoryPlayerSettings()
    assert (await usecases.change_own(store, edit(version=0), {"rate": 2.0})).version == 1
    with pytest.raises(Stale):
        await usecases.change_own(store, edit(version=0), {"rate": 1.5})
    assert (await usecases.change_own(store, edit(), {"rate": 2.0})).version == 1, "nothing changed"
    assert (await usecases.change_device(store, edit(version=0), {"rate": 0.5})).version == 1
    for change in (usecases.change_device(store, edit(version=0), {}), usecases.reset_device(store, edit(version=0))):
        with pytest.raises(Stale):
            await change


async def test_what_is_remembered_of_a_series() -> None:
    store, catalogue = MemoryPlayerSettings(), Catalogue()

    async def say(**changes: object) -> SeriesChoice:
        return await usecases.remember_series(store, catalogue, edit(), "known", changes)

    sound, text = AudioChoice("ru", "Studio"), SubtitleChoice("off")
    assert await say(audio=sound) == SeriesChoice(sound)
    assert await say(subtitles=text) == SeriesChoice(sound, text), "the sound stays"
    assert await say(audio=None) == SeriesChoice(None, text)
    assert await say(subtitles=None) == SeriesChoice()
    assert not store.series, "nothing is left of it"
    with pytest.raises(SeriesUnknown):
        await usecases.remember_series(store, catalogue, edit(), "unknown", {"audio": sound})
