"""The voice-over heard last is remembered for a series, and given back."""

from typing import Any

import pytest

from kernel.access import Role
from server.services import Services
from streaming.origin.ports import ResumePositions
from streaming.player_settings.model import AudioChoice
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import DURATION, Api, Show, add_show
from tests.support.realtime.party import Player

STUDIO = {"language": "ru", "label": "Studio"}
ORIGINAL = {"language": "ja", "label": "Japanese"}


class Address:
    def __init__(self, client: AppClient) -> None:
        self.url = str(client.make_url("")).rstrip("/")


def report(episode_id: str, at_ms: int, audio: dict[str, str] | None = None, minute: int = 10) -> dict[str, Any]:
    said = {} if audio is None else {"audio": audio}
    return {"episode_id": episode_id, "position_ms": minute * 60_000, "duration_ms": DURATION, "at_ms": at_ms, **said}


@pytest.fixture
async def show(services: Services, app_client: AppClient, make_user: MakeUser) -> Show:
    return await add_show(services, Api(app_client, await make_user(Role.EDITOR)))


async def test_the_last_one_heard_is_the_one_to_go_on_with(
    services: Services, app_client: AppClient, make_user: MakeUser, show: Show
) -> None:
    ann = Api(app_client, await make_user())

    async def send(*items: dict[str, Any]) -> None:
        assert (await ann("POST", "library/progress", {"items": list(items)}))[0] == 200

    async def heard() -> Any:
        return (await ann.get("library/continue"))["items"][0]["audio"]

    await send(report(show.episodes[0], 1))
    assert await heard() is None
    await send(report(show.episodes[0], 2, ORIGINAL))
    assert await heard() == ORIGINAL
    await send(report(show.episodes[0], 3, minute=11))
    assert await heard() == ORIGINAL, "a player that does not say changed nothing"
    async with Player(Address(app_client), token=ann.person.access_token) as tv:
        await tv.ok("progress", report(show.episodes[0], 5, STUDIO, minute=23))
    (entry,) = (await ann.get("library/continue"))["items"]
    assert (entry["kind"], entry["episode_id"], entry["audio"]) == ("next", show.episodes[1], STUDIO)
    await send(report(show.episodes[0], 4, ORIGINAL))
    assert await heard() == STUDIO, "late news is old news"
    async with services.container.scope(write=False) as scope:
        resume = scope.port(ResumePositions)
        assert await resume.voice(ann.person.user_id, show.episodes[2]) == AudioChoice("ru", "Studio")
        assert await resume.voice((await make_user()).user_id, show.episodes[2]) is None


@pytest.mark.parametrize(
    "audio",
    [{}, {"language": ""}, {"language": "x" * 36}, {"language": "ru", "label": "x" * 121}, {"label": "x"}, "ru"],
)
async def test_hostile_voices(app_client: AppClient, make_user: MakeUser, show: Show, audio: Any) -> None:
    ann = Api(app_client, await make_user())
    assert (await ann("POST", "library/progress", {"items": [report(show.episodes[0], 1, audio)]}))[0] == 422
    async with Player(Address(app_client), token=ann.person.access_token) as tv:
        assert await tv.refused("progress", report(show.episodes[0], 1, audio)) == "bad_request"
