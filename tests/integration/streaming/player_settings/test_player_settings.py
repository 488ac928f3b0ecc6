"""``/api/v1/me/player-settings``: what holds everywhere, on one device, in one series, and for how long."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server.services import Services
from streaming.player_settings.model import (
    MAX_DEVICES,
    MAX_SERIES,
    AudioChoice,
    DeviceSettings,
    RememberedSeries,
    SeriesChoice,
)
from streaming.player_settings.usecases import PlayerSettingsStore
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, Show, add_show
from tests.support.people import PASSWORD, Person

USUAL = {
    "tracks": [],
    "quality_px": 0,
    "rate": 1.0,
    "autoplay_next": True,
    "skip_openings": False,
    "captions": {
        "size_percent": 100,
        "color": "#fffaf0",
        "background": "#08090d",
        "background_percent": 72,
        "edge": "none",
    },
}
LARGE = {"size_percent": 200, "color": "#ffff00", "background": "#000000", "background_percent": 0, "edge": "outline"}
RUSSIAN = {"audio": "ru", "subtitles": "ru", "kind": "forced"}
ORIGINAL = {"audio": "original", "subtitles": "en-GB", "kind": "sdh"}


class Settings:
    """Requests of one sign-in."""

    def __init__(self, client: AppClient, person: Person) -> None:
        self.client, self.person = client, person

    async def ask(
        self, method: str, path: str = "", body: Any = None, status: int = 200, if_match: str | None = None
    ) -> tuple[Any, str]:
        headers = {**self.person.headers, **({} if if_match is None else {"If-Match": if_match})}
        url = f"/api/v1/me/player-settings{path}"
        async with self.client.request(method, url, json=body, headers=headers) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json() if answer.content_length else None, answer.headers.get("ETag", "")

    async def get(self, path: str = "") -> Any:
        return (await self.ask("GET", path))[0]


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Settings:
    return Settings(app_client, await make_user())


@pytest.fixture
async def show(services: Services, app_client: AppClient, make_user: MakeUser) -> Show:
    return await add_show(services, Api(app_client, await make_user(Role.EDITOR)))


@pytest.mark.both_adapters
async def test_everywhere_and_on_one_device(
    services: Services, app_client: AppClient, ann: Settings, make_user: MakeUser, show: Show
) -> None:
    own, seen = await ann.ask("GET")
    assert own == {**USUAL, "remembered_series": 0}

    changed, newer = await ann.ask(
        "PATCH", body={"tracks": [RUSSIAN, ORIGINAL], "captions": LARGE, "rate": 1.25}, if_match=seen
    )
    mine = {**USUAL, "tracks": [RUSSIAN, ORIGINAL], "captions": LARGE, "rate": 1.25}
    assert changed == {**mine, "remembered_series": 0}
    problem, _ = await ann.ask("PATCH", body={"rate": 2}, status=412, if_match=seen)
    assert problem["code"] == "stale"
    assert await ann.ask("GET") == (changed, newer)

    device, version = await ann.ask("PATCH", "/device", {"quality_px": 480, "rate": 1, "tracks": []})
    assert device["overrides"] == {**dict.fromkeys(USUAL), "quality_px": 480, "rate": 1.0, "tracks": []}
    assert device["effective"] == {**mine, "quality_px": 480, "rate": 1.0, "tracks": []}
    assert await ann.ask("GET", "/device") == (device, version)
    await ann.ask("PATCH", "/device", {"rate": 2}, status=412, if_match='"v0"')
    device, _ = await ann.ask("PATCH", "/device", {"rate": None, "tracks": None}, if_match=version)
    assert device["effective"] == {**mine, "quality_px": 480}

    other = Settings(app_client, await make_user())
    assert (await other.get("/device"))["effective"] == USUAL, "somebody else's are theirs"
    async with services.container.scope(write=False) as scope:
        elsewhere = await scope.port(PlayerSettingsStore).device(ann.person.user_id, new_id())
    assert elsewhere == DeviceSettings(), "another device has none of it"

    await ann.ask("PATCH", f"/series/{show.release_id}", {"audio": {"language": "ru"}})
    kept = await Api(app_client, ann.person).get("me/data")
    assert kept["player_settings"]["settings"] == mine
    assert kept["player_settings"]["devices"] == {ann.person.session_id: {"quality_px": 480}}
    assert [each["release_id"] for each in kept["player_settings"]["series"]] == [show.release_id]

    await ann.ask("DELETE", "/device", status=204)
    assert (await ann.get("/device"))["effective"] == mine
    await ann.ask("PATCH", "/device", {"quality_px": 720})
    async with app_client.post("/api/v1/auth/logout", headers=ann.person.headers) as answer:
        assert answer.status < 300
    await Relay(services.container).drain()
    async with services.container.scope(write=False) as scope:
        assert await scope.port(PlayerSettingsStore).devices(ann.person.user_id) == []


@pytest.mark.both_adapters
async def test_what_is_remembered_of_series(
    services: Services, app_client: AppClient, ann: Settings, show: Show
) -> None:
    path = f"/series/{show.release_id}"
    sound = {"language": "ru", "label": "Studio"}
    assert await ann.ask("PATCH", path, {"audio": sound}) == ({"audio": sound, "subtitles": None}, "")
    none = {"language": "off", "label": "", "kind": "full"}
    assert (await ann.ask("PATCH", path, {"subtitles": none}))[0] == {"audio": sound, "subtitles": none}
    assert (await ann.get())["remembered_series"] == 1
    await ann.ask("DELETE", path, status=204)
    assert (await ann.get())["remembered_series"] == 0
    await ann.ask("PATCH", f"/series/{new_id()}", {"audio": sound}, status=404)
    await ann.ask("PATCH", "/series/no-such-name", {"audio": sound}, status=404)

    now, choice = datetime.now(UTC), SeriesChoice(AudioChoice("ru"))
    async with services.container.scope(write=True) as scope:
        store = scope.port(PlayerSettingsStore)
        ids = [new_id() for _ in range(MAX_SERIES + 2)]
        for index, release_id in enumerate(ids):
            series = RememberedSeries(release_id, choice, now + timedelta(seconds=index))
            await store.remember(ann.person.user_id, series)
        kept = [each.release_id for each in await store.all_series(ann.person.user_id)]
        assert kept == ids[:1:-1], "the oldest two are forgotten"
        for index in range(MAX_DEVICES + 1):
            when = now + timedelta(seconds=index)
            await store.store_device(ann.person.user_id, new_id(), DeviceSettings({"rate": 2.0}, 1), when)
        assert len(await store.devices(ann.person.user_id)) == MAX_DEVICES
    await ann.ask("DELETE", "/series", status=204)
    assert (await ann.get())["remembered_series"] == 0

    await ann.ask("PATCH", path, {"audio": sound})
    await ann.ask("PATCH", body={"rate": 2})
    async with app_client.post("/api/v1/me/delete", json={"password": PASSWORD}, headers=ann.person.headers) as answer:
        assert answer.status < 300, await answer.text()
    await Relay(services.container).drain()
    async with services.container.scope(write=False) as scope:
        store, user_id = scope.port(PlayerSettingsStore), ann.person.user_id
        assert (await store.own(user_id)).version == 0
        assert (await store.devices(user_id), await store.series_count(user_id)) == ([], 0)


@pytest.mark.both_adapters
async def test_changes_at_once_all_count(ann: Settings) -> None:
    fields = {"rate": 2.0, "quality_px": 720, "autoplay_next": False, "skip_openings": True}
    await asyncio.gather(*(ann.ask("PATCH", body={name: value}) for name, value in fields.items()))
    assert await ann.get() == {**USUAL, **fields, "remembered_series": 0}


REFUSED: dict[str, Any] = {
    "a field nobody knows": {"volume": 1},
    "too fast": {"rate": 4.1},
    "too slow": {"rate": 0.1},
    "no number": {"rate": "fast"},
    "below automatic": {"quality_px": -1},
    "more than anything has": {"quality_px": 4321},
    "too many rows": {"tracks": [RUSSIAN] * 13},
    "no language": {"tracks": [{"audio": "русский"}]},
    "an empty language": {"tracks": [{"audio": ""}]},
    "a tag without an end": {"tracks": [{"audio": "a" * 9}]},
    "sound that is off": {"tracks": [{"audio": "off"}]},
    "any subtitles": {"tracks": [{"audio": "ru", "subtitles": "any"}]},
    "a kind nobody knows": {"tracks": [{"audio": "ru", "kind": "loud"}]},
    "half a style": {"captions": {"size_percent": 150}},
    "a colour by its name": {"captions": {**LARGE, "color": "red"}},
    "a colour that ends a rule": {"captions": {**LARGE, "background": "#000;}x{"}},
    "letters of nothing": {"captions": {**LARGE, "size_percent": 0}},
    "more than all of it": {"captions": {**LARGE, "background_percent": 101}},
    "no object": [],
}


async def test_what_is_no_setting_changes_nothing(ann: Settings, show: Show) -> None:
    for name, body in REFUSED.items():
        for path in ("", "/device"):
            problem, _ = await ann.ask("PATCH", path, body, status=422)
            assert problem["code"], name
    for body in (
        {"audio": {"language": "original"}},
        {"audio": {"language": "off"}},
        {"subtitles": {"language": "any"}},
    ):
        await ann.ask("PATCH", f"/series/{show.release_id}", body, status=422)
    for body in ({"audio": {"language": "ru", "label": "x" * 101}}, {"audio": {}}, {"sound": None}):
        await ann.ask("PATCH", f"/series/{show.release_id}", body, status=422)
    assert (await ann.get("/device"))["effective"] == USUAL
    assert (await ann.get()) == {**USUAL, "remembered_series": 0}
