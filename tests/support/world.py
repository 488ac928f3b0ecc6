"""One thing of each kind that the API has, made over the API: for tests that go through all of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientSession

from tests.conftest import AppClient
from tests.support.people import Person

EPISODE_BODY: dict[str, Any] = {"ordinal": 1, "name": "Pilot"}


class World:
    """Makes things for `owner`, and what only editors can make with the rights of `editor`, who may be the same."""

    def __init__(self, client: ClientSession | AppClient, *, owner: Person, editor: Person) -> None:
        self._client = client
        self.owner = owner
        self.editor = editor
        self._number = 0

    @property
    def number(self) -> int:
        """A new number each time, for what has to be unique."""
        self._number += 1
        return self._number

    async def ask(self, method: str, path: str, who: Person, body: Any = None, **headers: str) -> Any:
        """The JSON of a call that must succeed."""
        sent = {**who.headers, **headers}
        async with self._client.request(method, f"/api/v1{path}", json=body, headers=sent) as answer:
            text = await answer.text()
            assert answer.status < 300, f"{method} {path} → {answer.status} {text}"
            return await answer.json() if text else dict(answer.headers)

    async def thing(self, template: str) -> dict[str, str]:
        """Path parameter → id of a fresh thing, for every parameter of a path like `/releases/{release_id}`."""
        for prefix, make in MAKERS.items():
            if template.startswith(prefix):
                return await make(self)
        raise LookupError(f"nobody said how to make something for {template}: add it to MAKERS")

    async def one_of_each(self) -> dict[str, str]:
        """Path parameter → id."""
        ids: dict[str, str] = {}
        for make in MAKERS.values():
            ids.update(await make(self))
        return ids

    # Makers

    def release_body(self) -> dict[str, Any]:
        return {"alias": f"show-{self.number}", "type": "TV", "name": {"main": f"Show {self.number}"}}

    async def release(self) -> dict[str, str]:
        made = await self.ask("POST", "/releases", self.editor, self.release_body())
        await self.ask("POST", f"/releases/{made['id']}/publish", self.editor)
        return {"release_id": made["id"]}

    async def episode(self) -> dict[str, str]:
        release = await self.release()
        body = {**EPISODE_BODY, **release}
        return {**release, "episode_id": (await self.ask("POST", "/episodes", self.editor, body))["id"]}


Maker = Callable[[World], Awaitable[Mapping[str, str]]]
MAKERS: dict[str, Any] = {
    "/releases/{release_id}": World.release,
    "/episodes/{episode_id}": World.episode,
}
