"""`Idempotency-Key` where something slow comes before what is made: a hash, a file to read, another server to ask."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from kernel.access import Role
from kernel.errors import Unavailable
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

pytestmark = pytest.mark.both_adapters

KEY = "c2a5a2bc-7f0e-4f53-8a33-0ac0a1f1e7f4"


@dataclass(frozen=True)
class Create:
    """A kind of thing to make, and how to tell two of them apart."""

    path: str
    body: Callable[[str], Any]
    listed: str | None
    """Where they are all listed; ``None``: nowhere, the answers have to do."""
    id: str = "id"


CREATES = {
    "party": Create(
        "/parties",
        lambda name: {"title": name, "access": "public", "password": "a long evening"},
        "/parties",
        id="party_id",
    ),
    "webhook": Create(
        "/webhooks",
        lambda name: {"url": "https://example.org/hook", "description": name, "events": ["ReleaseCreated"]},
        "/webhooks",
    ),
    "file": Create(
        "/library/import",
        lambda name: [{"target_id": 7, "target_type": "Anime", "status": "planned", "target_title": name}],
        None,
    ),
}


@pytest.fixture(params=CREATES)
def create(request: pytest.FixtureRequest) -> Create:
    return CREATES[request.param]


@pytest.fixture
async def admin(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


async def send(
    client: AppClient, who: Person, create: Create, name: str = "Friday"
) -> tuple[int, dict[str, Any], bool]:
    """The status, the body, and whether it is the answer from before."""
    headers = {**who.headers, "Idempotency-Key": KEY, "Content-Type": "application/json"}
    body = orjson.dumps(create.body(name))
    async with client.post(f"/api/v1{create.path}", data=body, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None), "Idempotency-Replayed" in answer.headers


async def count(client: AppClient, who: Person, create: Create) -> int:
    async with client.get(f"/api/v1{create.listed}", headers=who.headers) as answer:
        return len((await answer.json())["items"])


async def test_it_is_made_once_and_answered_twice(
    app_client: AppClient, admin: Person, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patched:  # after the thing was written, before its answer was
        patched.setattr("kernel.http.serving.remember", broken)
        assert (await send(app_client, admin, create))[0] == 503
    if create.listed:
        assert await count(app_client, admin, create) == 0, "neither it nor an answer is there"
    status, made, replayed = await send(app_client, admin, create)
    assert (status, replayed) == (201, False)
    assert await send(app_client, admin, create) == (201, made, True), "with the secret or the link it had"
    status, problem, _ = await send(app_client, admin, create, "Saturday")
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    if create.listed:
        assert await count(app_client, admin, create) == 1


async def test_at_the_same_time_it_is_made_once(app_client: AppClient, admin: Person, create: Create) -> None:
    answers = await asyncio.gather(*(send(app_client, admin, create) for _ in range(2)))
    made = [(body[create.id], replayed) for status, body, replayed in answers if status == 201]
    assert sorted(replayed for _, replayed in made) in ([False], [False, True])
    assert len({id_ for id_, _ in made}) == 1
    assert {body["code"] for status, body, _ in answers if status != 201} <= {"request_in_progress"}
    _, again, _ = await send(app_client, admin, create)
    assert again[create.id] == made[0][0]
    if create.listed:
        assert await count(app_client, admin, create) == 1
