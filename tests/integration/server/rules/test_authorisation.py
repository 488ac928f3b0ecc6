"""Who may do what: every endpoint of the program × every role, with somebody else's things.

Each endpoint must stand in the table: a new one fails the first test until somebody has thought about it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

import server.http.app
from kernel.access import Role
from kernel.ids import new_id
from kernel.scope import Container
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.server.rules.authorisation_table import (
    BODIES,
    CASES,
    ENDS_SESSIONS,
    OPEN,
    OWNED_BY_EDITORS,
    PARAMETER,
    TABLE,
)
from tests.support.people import Person
from tests.support.world import Ids, World

REFUSALS = {"1": 401, "3": 403, "4": 404}


def routes_of(app: web.Application) -> set[str]:
    """Method and path of everything that answers, without what only repeats GET."""
    return {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None and (route.method != "HEAD" or route.resource.canonical.endswith("{upload_id}"))
    }


async def test_every_endpoint_is_in_the_table(app_client: AppClient) -> None:
    known = {f"{method} /api/v1{path}" for method, path in (row.split() for row in TABLE)}
    there = routes_of(app_client.app)
    assert there - known - OPEN == set(), (
        "say in tests/integration/server/rules/authorisation_table.py who may do these"
    )
    assert (known | OPEN) - there == set(), "these are gone"


@dataclass
class Row:
    """One endpoint, tried by everybody."""

    method: str
    path: str
    expected: str
    client: AppClient
    people: dict[str, Person | None]
    world: World
    problems: list[str] = field(default_factory=list)

    async def run(self) -> None:
        ids = await self.world.thing(self.path)
        letters = dict(zip(CASES, self.expected, strict=True))
        before = await self._seen(ids)
        for case in [case for case in CASES if letters[case] in REFUSALS]:
            status, text = await self._ask(case, ids)
            if status != REFUSALS[letters[case]]:
                self._note(f"{case}: {status}, not {REFUSALS[letters[case]]}: {text}")
        if self.method != "GET" and await self._seen(ids) != before:
            self._note("who was refused changed it all the same")
        for case in [case for case in CASES if letters[case] not in REFUSALS]:
            status, text = await self._ask(case, ids)
            if status in REFUSALS.values() and self.method != "GET":  # somebody before may have removed it
                status, text = await self._ask(case, await self.world.thing(self.path))
            if status in REFUSALS.values() or status >= 500:
                self._note(f"{case}: {status}, not let in: {text}")

    async def _ask(self, case: str, ids: Ids) -> tuple[int, str]:
        who = self.people[case]
        body = BODIES.get(f"{self.method} {self.path}", {})
        if callable(body):
            body = body(ids)
        headers: dict[str, str] = dict(who.headers) if who else {}
        sent: dict[str, Any] = {"json": body} if self.method in {"POST", "PUT", "PATCH"} else {}
        if self.path.startswith("/uploads"):
            headers |= {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
            sent = {}
            if self.method == "POST" and "{" in self.path:  # stands for another method
                headers["X-HTTP-Method-Override"] = "PATCH"
            if self.method == "PATCH" or "X-HTTP-Method-Override" in headers:
                sent = {"data": b""}
                headers["Content-Type"] = "application/offset+octet-stream"
        url = "/api/v1" + PARAMETER.sub(lambda found: ids[found[1]], self.path)
        async with self.client.request(self.method, url, headers=headers, allow_redirects=False, **sent) as answer:
            return answer.status, (await answer.text())[:200]

    async def _seen(self, ids: Ids) -> Any:
        """What the owner sees of the thing, if there is a way to look at it."""
        if "{" not in self.path or self.method == "GET":
            return None
        for path in (self.path, self.path.rpartition("/")[0]):
            if f"GET {path}" in TABLE and "{" in path:
                url = "/api/v1" + PARAMETER.sub(lambda found: ids[found[1]], path)
                async with self.client.get(url, headers=self.world.owner.headers) as answer:
                    text = await answer.text()
                    return answer.status, text if answer.status == 200 else ""
        return None

    def _note(self, what: str) -> None:
        self.problems.append(f"{self.method} {self.path} as {what}")


Run = Callable[[str, str], Awaitable[list[str]]]


@asynccontextmanager
async def indexes_alone(services: Services, *, worker: bool) -> AsyncIterator[None]:
    """Who may do what does not depend on what happens afterwards, which takes most of the time; lists wait for their indexes."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(services.tasks.close)
        for name, follow in services.feature.background_tasks.items():
            services.tasks.spawn(follow(), name=name)
        yield


@pytest.fixture
async def app_client(
    services: Services, aiohttp_client: Callable[..., Awaitable[AppClient]], monkeypatch: pytest.MonkeyPatch
) -> AppClient:
    monkeypatch.setattr(server.http.app, "background_work", indexes_alone)
    return await aiohttp_client(server.http.app.create_app(services))


@pytest.fixture
async def run(app_client: AppClient, container: Container, make_user: MakeUser) -> Run:
    async def people() -> dict[str, Person | None]:
        return {
            "nobody": None,
            "stranger": await make_user(),
            "editor": await make_user(Role.EDITOR),
            "moderator": await make_user(Role.MODERATOR),
            "admin": await make_user(Role.ADMIN),
        }

    usual = await people()
    editor = await make_user(Role.ADMIN)
    owners: dict[str, Person] = {}

    async def run_row(row: str, expected: str) -> list[str]:
        method, path = row.split()
        # One owner for each kind of thing; of teams and proposals one may make only so many a day.
        kind = path if path.startswith(("/moderation", "/teams")) else path.split("/")[1] + path.rpartition("}")[1]
        if kind not in owners:
            owners[kind] = await make_user(Role.EDITOR if path.startswith(OWNED_BY_EDITORS) else Role.USER)
        owner = owners[kind] if row not in ENDS_SESSIONS else await make_user()
        trying = await people() if row in ENDS_SESSIONS else usual
        world = World(
            app_client, owner=owner, editor=owner if owner.role is Role.EDITOR else editor, container=container
        )
        tried = Row(method, path, expected, app_client, {**trying, "owner": owner}, world)
        await tried.run()
        return tried.problems

    return run_row


@pytest.mark.slow
async def test_everybody_may_do_what_the_table_says_and_no_more(run: Run) -> None:
    problems = [problem for row, expected in TABLE.items() for problem in await run(row, expected)]
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("path", ["/api/v1/releases/{id}", "/api/v1/moderation/proposals/{id}", "/api/v1/teams/{id}"])
async def test_what_is_not_there_looks_like_what_is_hidden(
    path: str, app_client: AppClient, make_user: MakeUser
) -> None:
    who = await make_user()
    for method in ("GET", "DELETE"):
        answer = await app_client.request(method, path.format(id=new_id()), headers=who.headers)
        assert answer.status in {403, 404, 405}
