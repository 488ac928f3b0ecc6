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
from tests.support.people import Person
from tests.support.world import World

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
"""For each operation, as described and against the description, and by everybody; the requests are the same in every run."""


@pytest.mark.slow
@pytest.mark.cluster
@pytest.mark.timeout(0 if EXAMPLES > 1 else 600)
async def test_every_answer_is_as_described(live_server: StartServer) -> None:
    from tests.support.fuzz import ENDS_SESSIONS, Fuzzer, Target  # two seconds, which no other test needs to wait for

    targets, people = [], {}
    for kind in ("embedded", "cluster"):
        server = await live_server(adapters=kind, ANI_LOG_LEVEL="error")
        people[server.url] = {role.value: await server.make_user(role) for role in Role}
        admin = people[server.url][Role.ADMIN.value]
        async with aiohttp.ClientSession(server.url) as session:
            known = await World(session, owner=admin, editor=admin).one_of_each()
        asking: dict[str, dict[str, str]] = {"nobody": {}}
        asking |= {name: dict(who.headers) for name, who in people[server.url].items()}
        contrary = list(asking)
        if EXAMPLES == 1:
            # What the database is like does not depend on who asks, and what is wrong with a request on who may do less.
            if kind == "cluster":
                asking = {"admin": asking["admin"]}
            contrary = [name for name in asking if name in {"nobody", "admin"}]
        targets.append(Target(server.url, asking, known, contrary))
    fuzzer = Fuzzer(targets, EXAMPLES)
    # What ends sessions comes last, and then everybody signs in again.
    operations = sorted(fuzzer.operations(), key=lambda found: any(end in found.path for end in ENDS_SESSIONS))
    began = time.monotonic()
    for operation in operations:
        await asyncio.to_thread(fuzzer.run, operation)
        if any(end in operation.path for end in ENDS_SESSIONS):
            for target in targets:
                for name in target.people.keys() & people[target.url].keys():
                    target.people[name] = await _signed_in(target.url, people[target.url][name])
    for target in targets:
        print(f"{sum(target.statuses.values())} requests: {sorted(target.statuses.items())}")
        assert {200, 201, 204, 403, 404, 422} <= target.statuses.keys(), "the requests reach what is behind them"
    print(f"{time.monotonic() - began:.0f} s")
    assert not fuzzer.problems, "\n\n".join(f"{what}\n{how}" for what, how in sorted(fuzzer.problems.items()))
    assert len(fuzzer.tried) >= 100, "the whole document"


async def _signed_in(url: str, person: Person) -> dict[str, str]:
    body = {"login": person.email, "password": person.password}
    async with aiohttp.ClientSession() as session, session.post(f"{url}/api/v1/auth/login", json=body) as answer:
        grant: dict[str, Any] = await answer.json()
        return {"Authorization": f"Bearer {grant['access_token']}"} if answer.status == 200 else {}
