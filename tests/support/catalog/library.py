"""Shows in a real catalogue, and the API as one person uses it."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
from sqlalchemy import update

from catalog.releases.episodes.repository import episode_table
from kernel.ids import new_id
from server.services import Services
from tests.support.people import Person

DURATION = 24 * 60_000


@dataclass
class Show:
    release_id: str
    episodes: list[str]


class Api:
    """The API as one person uses it."""

    def __init__(self, client: TestClient[web.Request, web.Application], person: Person) -> None:
        self._client = client
        self._headers = person.headers
        self.person = person
        self.etag: str | None = None
        """Of the last answer."""

    async def __call__(
        self, method: str, path: str, body: Any = None, *, if_match: str | None = None, data: bytes | None = None
    ) -> tuple[int, Any]:
        headers = self._headers | ({"If-Match": if_match} if if_match else {})
        given = {"json": body} if data is None else {"data": data}
        async with self._client.request(method, f"/api/v1/{path}", headers=headers, **given) as answer:
            self.etag = answer.headers.get("ETag")
            return answer.status, await answer.json() if answer.status != 204 else None

    async def get(self, path: str) -> Any:
        status, body = await self("GET", path)
        assert status == 200, body
        return body

    async def watch(self, episode_id: str, minute: float, at_ms: int | None = None) -> None:
        report = {
            "episode_id": episode_id,
            "position_ms": int(minute * 60_000),
            "duration_ms": DURATION,
            "at_ms": at_ms or int(time.time() * 1000),
        }
        status, body = await self("POST", "library/progress", {"items": [report]})
        assert status == 200, body
        await asyncio.sleep(0.002)  # the next report is a later one


async def add_show(services: Services, editor: Api, *, episodes: int = 3, published: bool = True, **facts: Any) -> Show:
    """A release in the catalogue, its episodes playable without a video behind them."""
    draft = {
        "alias": f"show-{new_id()}",
        "type": "TV",
        "name": {"main": "Show"},
        "episodes_total": episodes,
        "is_ongoing": False,
        **facts,
    }
    status, release = await editor("POST", "releases", draft)
    assert status == 201, release
    ids = []
    for ordinal in range(1, episodes + 1):
        status, episode = await editor("POST", "episodes", {"release_id": release["id"], "ordinal": ordinal})
        assert status == 201, episode
        ids.append(episode["id"])
    async with services.container.scope(write=True) as scope:
        await scope.uow.session.execute(
            update(episode_table)
            .where(episode_table.c.release_id == release["id"])
            .values(playable=True, duration_ms=DURATION)
        )
    if published:
        assert (await editor("POST", f"releases/{release['id']}/publish"))[0] in {200, 204}
        for id_ in ids:
            status, body = await editor("POST", f"episodes/{id_}/release")
            assert status in {200, 204}, body
    return Show(release["id"], ids)
