"""Creates that are sent twice: `Idempotency-Key` as draft-ietf-httpapi-idempotency-key-header-07 has it."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select, update

from kernel.access import Role
from kernel.http.idempotency import forget_expired, idempotency_keys
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser, StartServer
from tests.support.people import Person

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


def release(alias: str = "twice") -> dict[str, Any]:
    return {"alias": alias, "type": "TV", "name": {"main": f"Sent {alias}"}}


async def create(
    client: AppClient, who: Person, key: str, body: Any, path: str = "/api/v1/releases"
) -> tuple[int, Any, bool]:
    """The status, the body, and whether it is the answer from before."""
    async with client.post(path, json=body, headers={**who.headers, "Idempotency-Key": key}) as answer:
        return answer.status, await answer.json(content_type=None), "Idempotency-Replayed" in answer.headers


async def stored(container: Container) -> int:
    async with container.scope(write=False) as scope:
        found = await scope.uow.session.execute(select(func.count()).select_from(idempotency_keys))
        return found.scalar_one()


@pytest.fixture
async def editor(make_user: MakeUser) -> Person:
    return await make_user(Role.EDITOR)


@pytest.mark.both_adapters
async def test_the_second_time_gets_the_answer_of_the_first(app_client: AppClient, editor: Person) -> None:
    headers = {**editor.headers, "Idempotency-Key": f'"{KEY}"'}
    first = await app_client.post("/api/v1/releases", json=release(), headers=headers)
    again = await app_client.post("/api/v1/releases", json=release(), headers=headers)
    assert (first.status, again.status) == (201, 201)
    assert await first.read() == await again.read()
    for name in ("ETag", "Location", "Content-Type"):
        assert first.headers[name] == again.headers[name]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    bare = await create(app_client, editor, KEY, release())
    assert (bare[0], bare[2]) == (201, True), "quotes are how the draft writes a key, not part of it"


@pytest.mark.both_adapters
async def test_another_request_under_the_same_key_is_refused(app_client: AppClient, editor: Person) -> None:
    await create(app_client, editor, KEY, release("one"))
    for body, path in ((release("two"), "/api/v1/releases"), (release("one"), "/api/v1/releases?x=1")):
        status, problem, _ = await create(app_client, editor, KEY, body, path)
        assert (status, problem["code"]) == (422, "idempotency_key_reused")


@pytest.mark.both_adapters
async def test_a_key_is_its_owners_alone(app_client: AppClient, editor: Person, make_user: MakeUser) -> None:
    other = await make_user(Role.EDITOR)
    _, mine, _ = await create(app_client, editor, KEY, release("mine"))
    status, theirs, replayed = await create(app_client, other, KEY, release("theirs"))
    assert (status, replayed) == (201, False)
    assert mine["id"] != theirs["id"]


@pytest.mark.both_adapters
async def test_who_may_no_longer_do_it_gets_no_old_answer(
    app_client: AppClient, editor: Person, make_user: MakeUser
) -> None:
    await create(app_client, editor, KEY, release())
    admin = await make_user(Role.ADMIN)
    demoted = await app_client.put(
        f"/api/v1/admin/users/{editor.user_id}/role", json={"role": "user"}, headers=admin.headers
    )
    assert demoted.status == 200
    assert (await create(app_client, editor, KEY, release()))[0] in {401, 403}


@pytest.mark.both_adapters
async def test_at_the_same_time_it_happens_once(app_client: AppClient, editor: Person) -> None:
    answers = await asyncio.gather(*(create(app_client, editor, KEY, release()) for _ in range(8)))
    made = [body["id"] for status, body, _ in answers if status == 201]
    assert made
    assert len(set(made)) == 1
    assert sum(not replayed for status, _, replayed in answers if status == 201) == 1
    waiting = [body["code"] for status, body, _ in answers if status != 201]
    assert set(waiting) <= {"request_in_progress"}
    assert (await create(app_client, editor, KEY, release()))[1]["id"] == made[0]


@pytest.mark.both_adapters
async def test_what_failed_may_be_tried_again(app_client: AppClient, editor: Person, container: Container) -> None:
    await create(app_client, editor, "other", release("taken"))
    status, problem, _ = await create(app_client, editor, KEY, release("taken"))
    assert (status, problem["code"]) == (409, "alias_taken")
    assert await stored(container) == 1
    assert (await create(app_client, editor, KEY, release("free")))[0] == 201


@pytest.mark.both_adapters
async def test_a_day_later_it_is_a_new_request(app_client: AppClient, editor: Person, container: Container) -> None:
    await create(app_client, editor, KEY, release())
    await create(app_client, editor, "younger", release("younger"))
    async with container.scope(write=True) as scope:
        oldest = select(idempotency_keys.c.key_hash).order_by(idempotency_keys.c.expires_at).limit(1)
        key_hash = (await scope.uow.session.execute(oldest)).scalar_one()
        past = container.clock.now() - timedelta(seconds=1)
        await scope.uow.session.execute(
            update(idempotency_keys).where(idempotency_keys.c.key_hash == key_hash).values(expires_at=past)
        )
    await forget_expired(container)
    assert await stored(container) == 1, "the periodic task takes what is over, and nothing else"
    assert (await create(app_client, editor, "younger", release("younger")))[2]


@pytest.mark.both_adapters
async def test_an_answer_that_is_over_is_not_given_even_before_the_periodic_task(
    app_client: AppClient, editor: Person, container: Container
) -> None:
    await create(app_client, editor, KEY, release("old"))
    async with container.scope(write=True) as scope:
        past = container.clock.now() - timedelta(seconds=1)
        await scope.uow.session.execute(update(idempotency_keys).values(expires_at=past))
    status, _, replayed = await create(app_client, editor, KEY, release("new"))
    assert (status, replayed) == (201, False)
    assert (await create(app_client, editor, KEY, release("new")))[2]


@pytest.mark.both_adapters
async def test_the_table_alone_tells_nothing(app_client: AppClient, editor: Person, container: Container) -> None:
    await create(app_client, editor, KEY, release("confidential"))
    async with container.scope(write=False) as scope:
        row = (await scope.uow.session.execute(select(idempotency_keys))).one()
    everything = b"".join(value for value in row if isinstance(value, bytes))
    assert b"confidential" not in everything
    assert KEY.encode() not in everything


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "two words", "schlüssel", "a\tb"])
async def test_a_key_that_is_none(key: str, app_client: AppClient, editor: Person) -> None:
    status, problem, _ = await create(app_client, editor, key, release())
    assert (status, problem["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize("kind", ["embedded", pytest.param("cluster", marks=pytest.mark.cluster)])
async def test_a_server_killed_in_the_middle_does_each_thing_once(kind: str, live_server: StartServer) -> None:
    """kill -9 while creates are under way; then all of them again, as a client does that lost its answers."""
    server = await live_server(adapters=kind)
    editor = await server.make_user(Role.EDITOR)
    aliases = [f"release-{number}" for number in range(24)]

    async def send(session: aiohttp.ClientSession, alias: str) -> str | None:
        try:
            async with session.post(
                f"{server.url}/api/v1/releases",
                json=release(alias),
                headers={**editor.headers, "Idempotency-Key": f"key-of-{alias}"},
            ) as answer:
                return (await answer.json())["id"] if answer.status == 201 else None
        except aiohttp.ClientError:
            return None

    answered: list[str] = []

    async def send_and_note(session: aiohttp.ClientSession, alias: str) -> str | None:
        found = await send(session, alias)
        if found is not None:
            answered.append(found)
        return found

    async with aiohttp.ClientSession() as session:
        sending = [asyncio.create_task(send_and_note(session, alias)) for alias in aliases]
        async with asyncio.timeout(20):
            while len(answered) < 5:
                await asyncio.sleep(0.001)
        await server.kill9()
        before = await asyncio.gather(*sending)
        await server.start()
        again = [await send(session, alias) for alias in aliases]
        assert None not in again, "an effect without its answer would now be «alias taken»"
        assert all(first in {None, second} for first, second in zip(before, again, strict=True))
        async with session.get(f"{server.url}/api/v1/releases?page_size=100", headers=editor.headers) as listed:
            assert (await listed.json())["total"] == len(aliases)
    assert None in before, "the server was killed too late to show anything"
