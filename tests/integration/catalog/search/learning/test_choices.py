"""Names learnt from what people choose, from the search to the search, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from catalog.search.learning import jobs
from catalog.search.learning.model import VOICES_MIN, WINDOW
from catalog.search.learning.repository import search_choice_table
from kernel.access import Role
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show
from tests.support.catalog.search import soon

pytestmark = pytest.mark.both_adapters

QUERY = "клинок рассекающий"


@pytest.fixture
async def boss(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.MODERATOR))


async def kept(container: Container) -> int:
    async with container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(search_choice_table)) or 0


async def show(container: Any, app_client: AppClient, boss: Api, alias: str, name: str) -> str:
    made = await add_show(container, boss, episodes=1, alias=alias, name={"main": name})

    async def seen() -> list[str]:
        # Not by the moderator: the index has the draft a moment before it has what was published, and counts only that.  And not by
        # the exact letters: those go to the database as long as the index is not read, and then no choice is counted.
        suggestions = f"/api/v1/search/suggestions?query={name[:-2]}{name[-1]}"
        async with app_client.get(suggestions) as answer:
            return [title["id"] for title in (await answer.json())["titles"]]

    assert made.release_id in await soon(seen, lambda ids: made.release_id in ids)
    return made.release_id


async def found(boss: Api, query: str) -> list[str]:
    return [title["id"] for title in (await boss.get(f"search/suggestions?query={query}"))["titles"]]


async def candidates(boss: Api, state: str = "open") -> list[Any]:
    items: list[Any] = (await boss.get(f"search/alias-candidates?state={state}"))["items"]
    return items


async def choose(client: AppClient, who: Api | None, release_id: str, query: str = QUERY) -> int:
    if who is not None:
        return (await who("POST", "search/choices", {"query": query, "release_id": release_id}))[0]
    answer = await client.post("/api/v1/search/choices", json={"query": query, "release_id": release_id})
    return answer.status


async def test_learnt_and_found(
    services: Any, container: Container, app_client: AppClient, boss: Api, make_user: MakeUser
) -> None:
    release_id = await show(services, app_client, boss, "kny", "Kimetsu no Yaiba")
    people = [Api(app_client, await make_user()) for _ in range(VOICES_MIN)]
    for _ in range(5):
        # The same person again and again, and everybody who is not signed in from the same place, are one each.
        assert await choose(app_client, people[0], release_id, "Клинок,  рассекающий") == 204
        assert await choose(app_client, None, release_id) == 204
    assert await kept(container) == 2
    assert await candidates(boss) == []
    assert await choose(app_client, people[1], release_id) == 204
    [asked] = await candidates(boss)
    assert (asked["text"], asked["voices"], asked["release_id"]) == (QUERY, 3, release_id)
    assert asked["release_name"]["main"] == "Kimetsu no Yaiba"
    assert await kept(container) == 0, "nobody is remembered once it is counted"
    assert await choose(app_client, people[2], release_id) == 204
    assert await kept(container) == 0

    assert await found(boss, QUERY) == []
    status, done = await boss("POST", f"search/alias-candidates/{asked['id']}/accept", {"text": " Клинок рассекающий "})
    assert (status, done["state"], done["text"]) == (200, "accepted", "Клинок рассекающий")
    assert await soon(lambda: found(boss, QUERY), bool) == [release_id]
    names = (await boss.get(f"releases/{release_id}"))["names"]
    assert [name["text"] for name in names] == ["Клинок рассекающий"]
    assert (await boss("POST", f"search/alias-candidates/{asked['id']}/reject"))[0] == 409
    assert [one["id"] for one in await candidates(boss, "accepted")] == [asked["id"]]
    # What is found by now is not counted any more.
    assert await choose(app_client, people[2], release_id) == 204
    assert await kept(container) == 0


async def test_rejected_is_never_asked_again(
    services: Any, container: Container, app_client: AppClient, boss: Api, make_user: MakeUser
) -> None:
    release_id = await show(services, app_client, boss, "kny", "Kimetsu no Yaiba")
    people = [Api(app_client, await make_user()) for _ in range(VOICES_MIN)]
    for who in people:
        await choose(app_client, who, release_id)
    [asked] = await candidates(boss)
    assert (await boss("POST", f"search/alias-candidates/{asked['id']}/reject"))[1]["state"] == "rejected"
    for who in people:
        await choose(app_client, who, release_id)
    assert (await candidates(boss), await kept(container)) == ([], 0)
    assert [one["id"] for one in await candidates(boss, "rejected")] == [asked["id"]]


async def test_without_a_majority_nobody_is_asked(
    services: Any, container: Container, app_client: AppClient, boss: Api, make_user: MakeUser
) -> None:
    one, other = (
        await show(services, app_client, boss, "one", "Kimetsu no Yaiba"),
        await show(services, app_client, boss, "other", "Bleach"),
    )
    people = [Api(app_client, await make_user()) for _ in range(5)]
    for who in people[:2]:
        await choose(app_client, who, other)
    for who in people[2:]:
        await choose(app_client, who, one)
    assert await candidates(boss) == []
    # What was chosen long ago does not count, and is forgotten.
    c = search_choice_table.c
    async with container.scope(write=True) as scope:
        past = container.clock.now() - WINDOW - timedelta(minutes=1)
        await scope.uow.session.execute(update(search_choice_table).where(c.release_id == other).values(at=past))
    await jobs.forget_choices(container)
    assert await kept(container) == 3
    await choose(app_client, people[2], one)
    assert [candidate["release_id"] for candidate in await candidates(boss)] == [one]


async def test_bad_choices(services: Any, container: Container, app_client: AppClient, boss: Api) -> None:
    release_id = await show(services, app_client, boss, "kny", "Kimetsu no Yaiba")
    draft = await add_show(services, boss, episodes=1, alias="draft", name={"main": "Zankyou"}, published=False)
    assert await choose(app_client, None, draft.release_id) == 404
    assert await choose(app_client, None, "00000000-0000-0000-0000-000000000000") == 404
    for query in ("", "x" * 5_000, "a\0b"):
        assert await choose(app_client, None, release_id, query) in {400, 422}
    assert await choose(app_client, None, release_id, "ann@example.org") == 204
    assert await choose(app_client, None, release_id, "kimetsu no yaba") == 204
    assert await kept(container) == 0


async def test_a_name_of_a_merged_release_goes_to_the_one_that_stays(
    services: Any, app_client: AppClient, boss: Api, make_user: MakeUser
) -> None:
    copy, work = (
        await show(services, app_client, boss, "copy", "Kimetsu no Yaiba"),
        await show(services, app_client, boss, "work", "Bleach"),
    )
    for _ in range(VOICES_MIN):
        await choose(app_client, Api(app_client, await make_user()), copy)
    assert (await boss("POST", "merges", {"source_id": copy, "target_id": work}))[0] == 201
    [asked] = await candidates(boss)
    assert asked["release_name"] is None
    status, done = await boss("POST", f"search/alias-candidates/{asked['id']}/accept", {})
    assert (status, done["release_id"]) == (200, work)
    assert QUERY in [name["text"] for name in (await boss.get(f"releases/{work}"))["names"]]


async def test_the_tables_name_nobody(
    services: Any, container: Container, app_client: AppClient, boss: Api, make_user: MakeUser
) -> None:
    release_id = await show(services, app_client, boss, "kny", "Kimetsu no Yaiba")
    who = await make_user()
    await choose(app_client, Api(app_client, who), release_id)
    async with container.scope(write=False) as scope:
        rows = (await scope.uow.session.execute(text("SELECT * FROM search_choice"))).all()
    assert len(rows) == 1
    assert who.user_id not in str(rows)
    assert "127.0.0.1" not in str(rows)
