"""People who propose and people who decide, for the tests of moderation."""

from typing import Any

from aiohttp import ClientResponse

from kernel.access import Role
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

RELEASE: dict[str, Any] = {
    "alias": "big-buck-bunny",
    "type": "MOVIE",
    "name": {"main": "Big Buck Bunny"},
    "year": 2008,
    "genres": ["Comedy", "Short"],
}


class Office:
    """The API, as somebody in particular calls it."""

    def __init__(self, client: AppClient, make_user: MakeUser) -> None:
        self.client, self.make_user = client, make_user
        self.people: dict[Role, Person] = {}

    async def person(self, role: Role) -> Person:
        """The same one each time."""
        if role not in self.people:
            self.people[role] = await self.make_user(role)
        return self.people[role]

    async def send(
        self, who: Person | None, method: str, path: str, json: Any = None, **headers: str
    ) -> ClientResponse:
        signed = {**({} if who is None else who.headers), **headers}
        return await self.client.request(method, f"/api/v1{path}", json=json, headers=signed)

    async def call(self, who: Person | None, method: str, path: str, json: Any = None, *, status: int = 200) -> Any:
        response = await self.send(who, method, path, json)
        assert response.status == status, await response.text()
        return await response.json() if response.content_type.endswith("json") else None

    async def refused(self, who: Person | None, method: str, path: str, json: Any = None) -> tuple[int, str]:
        response = await self.send(who, method, path, json)
        assert response.content_type == "application/problem+json", await response.text()
        return response.status, (await response.json())["code"]

    async def release(self, *, publish: bool = True, **changes: Any) -> str:
        editor = await self.person(Role.EDITOR)
        made = await self.call(editor, "POST", "/releases", {**RELEASE, **changes}, status=201)
        if publish:
            await self.call(editor, "POST", f"/releases/{made['id']}/publish")
        return str(made["id"])

    async def episode(self, release_id: str, ordinal: float = 1) -> str:
        body = {"release_id": release_id, "ordinal": ordinal, "name": "One"}
        made = await self.call(await self.person(Role.EDITOR), "POST", "/episodes", body, status=201)
        return str(made["id"])

    async def propose(
        self, who: Person, target_id: str | None, *, status: int = 201, submit: bool = True, **fields: Any
    ) -> Any:
        """A change of a release: ``name__main`` stands for ``name.main``."""
        body = {
            "kind": "release",
            "target_id": target_id,
            "fields": {name.replace("__", "."): {"after": after} for name, after in fields.items()},
            "submit": submit,
        }
        return await self.call(who, "POST", "/moderation/proposals", body, status=status)

    async def step(self, who: Person, proposal: Any, step: str, json: Any = None, *, status: int = 200) -> Any:
        path = f"/moderation/proposals/{proposal['id']}/{step}"
        return await self.call(who, "POST", path, {} if json is None else json, status=status)

    async def accepted(self, who: Person, proposal: Any, **options: Any) -> Any:
        await self.step(who, proposal, "take")
        return await self.step(who, proposal, "accept", options)
