"""The API keeps what its description promises, whoever asks: made-up requests against the whole OpenAPI document.

For a longer look: `make fuzz`, or `FUZZ_EXAMPLES=200 make fuzz`.
"""

import asyncio
import os
import time
from typing import Any

import aiohttp
import pytest

from kernel.access import Role
from tests.conftest import StartServer
from tests.support.fuzz import ENDS_SESSIONS, Fuzzer
from tests.support.world import World

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
"""For each operation, as described and against the description, and by everybody; the requests are the same in every run."""


@pytest.mark.slow
@pytest.mark.timeout(0 if EXAMPLES > 1 else 600)
@pytest.mark.parametrize("kind", ["embedded", pytest.param("cluster", marks=pytest.mark.cluster)])
async def test_every_answer_is_as_described(kind: str, live_server: StartServer) -> None:
    server = await live_server(adapters=kind, ANI_LOG_LEVEL="error")
    roles = {role.value: await server.make_user(role) for role in Role}
    async with aiohttp.ClientSession(server.url) as session:
        admin = roles[Role.ADMIN.value]
        known = await World(session, owner=admin, editor=admin).one_of_each()
        people: dict[str, dict[str, str]] = {"nobody": {}, **{name: who.headers for name, who in roles.items()}}
        if kind == "cluster" and EXAMPLES == 1:  # what the database is like does not depend on who asks
            people = {"admin": people["admin"]}
        fuzzer = Fuzzer(server.url, people, known, EXAMPLES)
        # What ends sessions comes last, and then everybody signs in again.
        operations = sorted(fuzzer.operations(), key=lambda found: any(end in found.path for end in ENDS_SESSIONS))
        began = time.monotonic()
        for operation in operations:
            await asyncio.to_thread(fuzzer.run, operation)
            if any(end in operation.path for end in ENDS_SESSIONS):
                for name in people.keys() & roles.keys():
                    fresh = await _signed_in(session, roles[name].email, roles[name].password)
                    people[name].clear()
                    people[name].update(fresh)
    print(
        f"{sum(fuzzer.statuses.values())} requests in {time.monotonic() - began:.0f} s: {sorted(fuzzer.statuses.items())}"
    )
    assert not fuzzer.problems, "\n\n".join(f"{what}\n{how}" for what, how in sorted(fuzzer.problems.items()))
    assert len(fuzzer.tried) >= 100, "the whole document"
    assert {200, 201, 204, 403, 404, 422} <= fuzzer.statuses.keys(), "the requests reach what is behind them"


async def _signed_in(session: aiohttp.ClientSession, login: str, password: str) -> dict[str, str]:
    async with session.post("/api/v1/auth/login", json={"login": login, "password": password}) as answer:
        grant: dict[str, Any] = await answer.json()
        return {"Authorization": f"Bearer {grant['access_token']}"} if answer.status == 200 else {}
