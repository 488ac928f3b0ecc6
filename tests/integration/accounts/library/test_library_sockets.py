"""A change on one device reaches the others at once, over real sockets."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.library.push import LibraryPush
from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import DURATION, Api, add_show
from tests.support.realtime.party import Player


@dataclass
class Address:
    url: str


def told(device: Player) -> list[str]:
    return [event for event, _ in device.heard if event in {"library:updated", "progress:updated"}]


async def test_the_other_device_hears_of_every_change(
    services: Services, app_client: AppClient, make_user: MakeUser
) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    ann = Api(app_client, await make_user())
    bob = await make_user()
    show = await add_show(services, editor)
    here = Address(str(app_client.make_url("")).rstrip("/"))
    release, episode = show.release_id, show.episodes[0]
    async with (
        Player(here, token=ann.person.access_token) as tv,
        Player(here, token=ann.person.access_token) as phone,
        Player(here, token=bob.access_token) as stranger,
    ):
        devices = (tv, phone)

        async def heard(event: str, **expected: Any) -> None:
            for device in devices:
                await device.hears(event, **expected)
                device.heard.clear()

        await ann("POST", f"favorites/{release}")
        await heard("library:updated", change="favorites", release_ids=[release])
        await ann("PUT", f"library/collections/{release}", {"type": "PLANNED"})
        await heard("library:updated", change="collections", release_ids=[release])
        _, made = await ann("POST", "library/lists", {"title": "Mine"})
        await heard("library:updated", change="lists", lists=[made["id"]])
        await ann("PUT", f"library/lists/{made['id']}/items/{release}", {})
        await heard("library:updated", change="lists", lists=[made["id"]], release_ids=[release])

        at_ms = int(time.time() * 1000)
        await ann.watch(episode, 10, at_ms)
        mark = {"episode_id": episode, "position_ms": 600_000, "duration_ms": DURATION, "watched": False}
        await heard("progress:updated", items=[{**mark, "at_ms": at_ms}])
        await ann("PUT", f"library/progress/{episode}", {"watched": True})
        for device in devices:
            (item,) = (await device.hears("progress:updated"))["items"]
            assert (item["episode_id"], item["watched"], item["position_ms"]) == (episode, True, 0)
        # Watching took the release from one shelf to another: the same answer, another part of the library.
        await heard("library:updated", change="collections")
        await ann("DELETE", f"library/progress/{episode}")
        await heard("library:updated", change="history", release_ids=[release])
        await ann("DELETE", f"library/continue/{release}")
        await heard("library:updated", change="history", release_ids=[release])

        # What changes nothing is not told, nor what was refused.
        await ann("POST", f"favorites/{release}")
        await ann("PUT", f"library/lists/{made['id']}", {"title": "Mine"}, if_match='"v1"')
        await asyncio.sleep(0.1)
        assert told(tv) == []
        assert told(stranger) == []

        # Progress over a socket moves shelves too, and everybody hears that; of the position only the others do.
        await tv.ok(
            "progress",
            {"episode_id": episode, "position_ms": DURATION, "duration_ms": DURATION, "at_ms": at_ms + 60_000},
        )
        assert (await phone.hears("progress:updated"))["position_ms"] == DURATION


async def test_a_change_that_was_rolled_back_is_told_to_nobody(
    services: Services, app_client: AppClient, make_user: MakeUser
) -> None:
    person = await make_user()
    async with Player(Address(str(app_client.make_url("")).rstrip("/")), token=person.access_token) as device:
        with pytest.raises(RuntimeError):
            async with services.container.scope(write=True) as scope:
                scope.port(LibraryPush).library_changed(person.user_id, "favorites")
                raise RuntimeError
        await asyncio.sleep(0.1)
        assert told(device) == []
