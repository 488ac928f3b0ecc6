"""Teams over REST, as short as tests need them."""

from dataclasses import dataclass
from typing import Any

from tests.conftest import AppClient, MakeUser
from tests.support.people import Person


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    etag: str

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Rest:
    """Calls ``/api/v1/teams…`` in somebody's name."""

    def __init__(self, client: AppClient, make_user: MakeUser) -> None:
        self.client = client
        self.make_user = make_user

    async def __call__(
        self, who: Person | None, method: str, path: str = "", body: Any = None, **headers: str
    ) -> Answer:
        sent = {**({} if who is None else who.headers), **{name.replace("_", "-"): v for name, v in headers.items()}}
        async with self.client.request(method, f"/api/v1/teams{path}", json=body, headers=sent) as answer:
            text = await answer.read()
            return Answer(answer.status, await answer.json() if text else None, answer.headers.get("ETag", ""))

    async def done(self, who: Person | None, method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        """The body of an answer that has to be a good one."""
        answer = await self(who, method, path, body, **headers)
        assert answer.status < 300, answer
        return answer.body

    async def found(self, owner: Person, slug: str = "night-owls", **more: Any) -> Any:
        return await self.done(owner, "POST", "", {"name": "Night Owls", "slug": slug, **more})

    async def role_ids(self, who: Person | None, team_id: str) -> dict[str, str]:
        """Title → id."""
        roles = await self.done(who, "GET", f"/{team_id}/roles")
        return {role["title"]: role["id"] for role in roles["items"]}

    async def link(self, who: Person, team_id: str, **more: Any) -> str:
        """The token of a fresh link."""
        made = await self.done(who, "POST", f"/{team_id}/invitations", {"kind": "link", **more})
        return str(made["url"]).partition("#")[2]

    async def joined(self, owner: Person, team_id: str, title: str | None = None, who: Person | None = None) -> Person:
        """Somebody (new) who joined by a link, with a role."""
        person = who or await self.make_user()
        role_id = None if title is None else (await self.role_ids(owner, team_id))[title]
        token = await self.link(owner, team_id, role_id=role_id)
        await self.done(person, "POST", "/invitations/accept", {"token": token})
        return person

    async def owners(self, team_id: str, who: Person | None = None) -> list[str]:
        members = await self.done(who, "GET", f"/{team_id}/members?page_size=100")
        return [member["user_id"] for member in members["items"] if member["position"] == "owner"]
