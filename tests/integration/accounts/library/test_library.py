"""Favourites, shelves, "continue watching" and changes over HTTP, on a real catalogue."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from accounts.library.collections.model import ShelfItem, ShelfName
from accounts.library.collections.usecases import Collections
from accounts.library.progress.model import Progress
from accounts.library.progress.repository import LATEST_PAGE
from accounts.library.progress.usecases import History
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import DURATION, Api, add_show


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def editor(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.EDITOR))


@pytest.mark.both_adapters
async def test_favourites(services: Services, ann: Api, editor: Api) -> None:
    one, two = await add_show(services, editor), await add_show(services, editor)
    draft = await add_show(services, editor, published=False)
    for _ in range(2):  # adding twice is adding once
        assert (await ann("POST", f"favorites/{one.release_id}"))[0] == 204
    assert (await ann("POST", f"favorites/{two.release_id}"))[0] == 204
    page = await ann.get("favorites?page_size=1")
    assert (page["total"], [item["release_id"] for item in page["items"]]) == (2, [two.release_id])
    for unknown in (draft.release_id, new_id()):
        status, problem = await ann("POST", f"favorites/{unknown}")
        assert (status, problem["code"]) == (404, "unknown_release")
    for _ in range(2):
        assert (await ann("DELETE", f"favorites/{one.release_id}"))[0] == 204
    assert [item["release_id"] for item in (await ann.get("favorites"))["items"]] == [two.release_id]
    batch = {"add": [one.release_id, new_id()], "remove": [two.release_id, new_id()]}
    assert (await ann("POST", "favorites", batch))[0] == 204
    assert [item["release_id"] for item in (await ann.get("favorites"))["items"]] == [one.release_id]
    assert (await editor.get("favorites"))["items"] == []
    nothing: dict[str, object] = {"favorite": False, "collection": None, "lists": []}
    assert await ann.get(f"library/releases/{one.release_id}") == {**nothing, "favorite": True}
    assert await ann.get(f"library/releases/{two.release_id}") == nothing
    assert await editor.get(f"library/releases/{one.release_id}") == nothing
    await ann("POST", f"favorites/{two.release_id}")
    oldest = (await ann.get("favorites?sort=changed_at"))["items"]
    assert [item["release_id"] for item in oldest] == [one.release_id, two.release_id]


@pytest.mark.both_adapters
async def test_adding_at_once_adds_once(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor)
    answers = await asyncio.gather(*(ann("POST", f"favorites/{show.release_id}") for _ in range(6)))
    assert {status for status, _ in answers} == {204}
    assert (await ann.get("favorites"))["total"] == 1


@pytest.mark.both_adapters
async def test_shelves(services: Services, ann: Api, editor: Api) -> None:
    one, two = await add_show(services, editor), await add_show(services, editor)
    assert (await ann("PUT", f"library/collections/{one.release_id}", {"type": "PLANNED"}))[0] == 204
    moves = [{"release_id": two.release_id, "type": "ABANDONED"}, {"release_id": new_id(), "type": "WATCHED"}]
    assert (await ann("POST", "library/collections", {"items": moves}))[0] == 204
    items = (await ann.get("library/collections"))["items"]
    assert [(item["release_id"], item["type"]) for item in items] == [
        (two.release_id, "ABANDONED"),
        (one.release_id, "PLANNED"),
    ]
    assert (await ann.get("library/collections?type=PLANNED"))["total"] == 1
    oldest = (await ann.get("library/collections?sort=changed_at"))["items"]
    assert [item["release_id"] for item in oldest] == [one.release_id, two.release_id]
    counts = await ann.get("library/counts")
    assert counts == {"favorites": 0, "collections": {"PLANNED": 1, "ABANDONED": 1}, "history": 0, "lists": 0}
    assert (await ann("DELETE", f"library/collections/{one.release_id}"))[0] == 204
    assert (await ann.get("library/collections?type=PLANNED"))["total"] == 0
    assert (await ann("PUT", f"library/collections/{new_id()}", {"type": "PLANNED"}))[0] == 404
    assert (await ann("PUT", f"library/collections/{one.release_id}", {"type": "LOST"}))[0] == 422


async def test_watching_moves_a_release_from_shelf_to_shelf(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor, episodes=2)

    async def shelf() -> list[str]:
        return [item["type"] for item in (await ann.get("library/collections"))["items"]]

    await ann("PUT", f"library/collections/{show.release_id}", {"type": "PLANNED"})
    await ann.watch(show.episodes[0], 10)
    assert await shelf() == ["PLANNED"]
    await ann.watch(show.episodes[0], 23)
    assert await shelf() == ["WATCHING"]
    await ann("PUT", f"library/progress/{show.episodes[1]}", {"watched": True})
    assert await shelf() == ["WATCHED"]
    (item,) = (await ann.get("library/collections"))["items"]
    assert item["started_at"] is not None
    assert item["finished_at"] is not None


@pytest.mark.both_adapters
async def test_history_of_one_release(
    services: Services, app_client: AppClient, make_user: MakeUser, ann: Api, editor: Api
) -> None:
    bob = Api(app_client, await make_user())
    long, other = await add_show(services, editor, episodes=3), await add_show(services, editor)
    for episode in (*long.episodes, other.episodes[0]):
        await ann.watch(episode, 10)
    await bob.watch(long.episodes[0], 10)
    page = await ann.get(f"library/history?release_id={long.release_id}&page_size=2")
    assert (page["total"], [row["episode_id"] for row in page["items"]]) == (3, long.episodes[:0:-1])
    page = await ann.get(f"library/history?release_id={long.release_id}&page_size=2&page=2")
    assert [row["episode_id"] for row in page["items"]] == long.episodes[:1]
    assert (await ann.get(f"library/history?release_id={new_id()}"))["items"] == []
    assert (await ann("GET", "library/history?release_id=nobody"))[0] == 422


async def test_seen_unseen_and_removed(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor)
    episode = show.episodes[0]
    _, body = await ann("PUT", f"library/progress/{episode}", {"watched": True})
    assert [(item["watched"], item["position_ms"]) for item in body["items"]] == [(True, 0)]
    _, body = await ann("PUT", f"library/progress/{episode}", {"watched": False})
    assert [(item["watched"], item["position_ms"]) for item in body["items"]] == [(False, 0)]
    assert (await ann("PUT", f"library/progress/{show.episodes[1]}", {"watched": False})) == (200, {"items": []})
    assert (await ann("PUT", f"library/progress/{new_id()}", {"watched": True}))[0] == 404
    assert (await ann("DELETE", f"library/progress/{episode}"))[0] == 204
    assert (await ann("DELETE", f"library/progress/{episode}"))[0] == 404
    assert (await ann.get("library/history"))["items"] == []
    await ann.watch(episode, 10)
    assert (await ann.get("library/history"))["items"][0]["watched"] is False


@pytest.mark.both_adapters
async def test_continue_watching(services: Services, ann: Api, editor: Api) -> None:
    begun, finished, over, glanced = [await add_show(services, editor) for _ in range(4)]
    await ann.watch(begun.episodes[1], 10)
    await ann.watch(finished.episodes[0], 23)
    for episode in over.episodes:
        await ann.watch(episode, 23)
    await ann.watch(glanced.episodes[0], 0.5)

    async def entries() -> list[tuple[str, str, int]]:
        items = (await ann.get("library/continue"))["items"]
        return [(item["kind"], item["episode_id"], item["position_ms"]) for item in items]

    expected = [("next", finished.episodes[1], 0), ("resume", begun.episodes[1], 600_000)]
    assert await entries() == expected
    assert (await ann.get("library/continue?limit=1"))["items"][0]["episode_id"] == finished.episodes[1]
    assert (await editor.get("library/continue"))["items"] == []

    assert (await ann("DELETE", f"library/continue/{finished.release_id}"))[0] == 204
    assert await entries() == expected[1:]
    assert (await ann.get(f"library/progress/{finished.episodes[0]}"))["watched"], "nothing but the entry is gone"
    await asyncio.sleep(0.002)
    await ann.watch(finished.episodes[1], 10)
    assert (await entries())[0] == ("resume", finished.episodes[1], 600_000)


async def test_changes_since(services: Services, ann: Api, editor: Api) -> None:
    show, other = await add_show(services, editor), await add_show(services, editor)
    start = await ann.get("library/changes")
    assert (start["more"], start["timecodes"], start["favorites"], start["collections"]) == (False, [], [], [])
    await ann.watch(show.episodes[0], 10)
    await ann("POST", f"favorites/{show.release_id}")
    await ann("PUT", f"library/collections/{other.release_id}", {"type": "PLANNED"})
    first = await ann.get(f"library/changes?since={start['revision']}")
    assert [row["episode_id"] for row in first["timecodes"]] == [show.episodes[0]]
    assert [(row["release_id"], row["removed"]) for row in first["favorites"]] == [(show.release_id, False)]
    assert [(row["release_id"], row["type"]) for row in first["collections"]] == [(other.release_id, "PLANNED")]
    nothing = await ann.get(f"library/changes?since={first['revision']}")
    assert (nothing["revision"], nothing["timecodes"], nothing["favorites"]) == (first["revision"], [], [])

    await ann("DELETE", f"favorites/{show.release_id}")
    await ann("DELETE", f"library/progress/{show.episodes[0]}")
    await ann("DELETE", f"library/collections/{other.release_id}")
    second = await ann.get(f"library/changes?since={first['revision']}")
    assert [row["removed"] for kind in ("timecodes", "favorites", "collections") for row in second[kind]] == [True] * 3
    assert (await editor.get("library/changes"))["timecodes"] == []


@pytest.mark.both_adapters
async def test_a_copy_that_asks_while_others_write_misses_nothing(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor, episodes=12)
    seen: dict[str, int] = {}
    since = 0
    done = asyncio.Event()

    async def follow() -> None:
        nonlocal since
        while True:
            last = done.is_set()
            body = await ann.get(f"library/changes?since={since}")
            since = body["revision"]
            seen.update((row["episode_id"], row["position_ms"]) for row in body["timecodes"])
            if last:
                return

    async def write(episode: str) -> None:
        for minute in (2, 4, 6):
            await ann.watch(episode, minute)

    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(episode) for episode in show.episodes))
    done.set()
    await following
    assert seen == dict.fromkeys(show.episodes, 360_000)


async def test_continue_watching_with_a_long_history(services: Services, ann: Api, editor: Api) -> None:
    """5,000 rows in 200 series cost as many statements as one row does."""
    show = await add_show(services, editor)
    await ann.watch(show.episodes[0], 10)
    few, _ = await continuing(services, ann)
    user_id = (await ann.get("auth/me"))["id"]
    releases = [new_id() for _ in range(200)]
    rows = [
        Progress(
            user_id=user_id,
            episode_id=new_id(),
            release_id=releases[number % 200],
            position_ms=600_000,
            duration_ms=DURATION,
            at_ms=number + 1,
            finished=False,
        )
        for number in range(5000)
    ]
    async with services.container.scope(write=True) as scope:
        await scope.port(History).store(rows)
    many, items = await continuing(services, ann)
    assert few == many > 0
    assert items == [show.episodes[0]]


async def continuing(services: Services, who: Api) -> tuple[int, list[str]]:
    """How many statements it took to answer what may be gone on with, and the episodes of the answer."""
    statements: list[str] = []
    engine = services.database.engine.sync_engine

    def note(*arguments: Any) -> None:
        if arguments[2].startswith("SELECT") and "watch_progress" in arguments[2]:
            statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    items = (await who.get("library/continue"))["items"]
    event.remove(engine, "before_cursor_execute", note)
    return len(statements), [item["episode_id"] for item in items]


@pytest.mark.both_adapters
async def test_a_binge_does_not_hide_the_series_before_it(services: Services, make_user: MakeUser) -> None:
    """More episodes of one series than are looked at in one go, many of them reported at the same moment."""
    user_id, binged, before = (await make_user()).user_id, new_id(), new_id()
    rows = [
        Progress(
            user_id=user_id,
            episode_id=new_id(),
            release_id=before if number == 0 else binged,
            position_ms=600_000,
            duration_ms=DURATION,
            at_ms=1 + number // 100,
            finished=False,
        )
        for number in range(LATEST_PAGE * 2 + 50)
    ]
    async with services.container.scope(write=True) as scope:
        await scope.port(History).store(rows)
    async with services.container.scope(write=False) as scope:
        latest = await scope.port(History).latest(user_id, limit=10)
        assert [row.release_id for row in latest] == [binged, before]
        assert latest[0].episode_id == max(row.episode_id for row in rows if row.at_ms == rows[-1].at_ms)
        assert len(await scope.port(History).latest(user_id, limit=1)) == 1
        assert await scope.port(History).latest(new_id(), limit=10) == []


async def test_signed_out_there_is_no_library(app_client: AppClient) -> None:
    id_ = new_id()
    for method, path in (
        ("GET", "favorites"),
        ("POST", "favorites"),
        ("POST", f"favorites/{id_}"),
        ("DELETE", f"favorites/{id_}"),
        ("GET", "library/counts"),
        ("GET", f"library/releases/{id_}"),
        ("GET", "library/history"),
        ("POST", "library/progress"),
        ("GET", f"library/progress/{id_}"),
        ("PUT", f"library/progress/{id_}"),
        ("DELETE", f"library/progress/{id_}"),
        ("GET", "library/continue"),
        ("DELETE", f"library/continue/{id_}"),
        ("GET", "library/changes"),
        ("GET", "library/collections"),
        ("POST", "library/collections"),
        ("PUT", f"library/collections/{id_}"),
        ("DELETE", f"library/collections/{id_}"),
    ):
        async with app_client.request(method, f"/api/v1/{path}") as answer:
            assert answer.status == 401, (method, path)


async def test_hundreds_put_on_a_shelf_are_written_in_pieces(services: Services, make_user: MakeUser) -> None:
    user_id, pieces = (await make_user()).user_id, list[int]()
    now = services.container.clock.now()
    rows = [ShelfItem(release_id=new_id(), shelf=ShelfName.PLANNED, changed_at=now, revision=1) for _ in range(250)]

    def note(*arguments: Any) -> None:
        if "shelf_items" in arguments[2]:
            pieces.append(len(arguments[3]))

    engine = services.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    async with services.container.scope(write=True) as scope:
        await scope.port(Collections).store_items(user_id, rows)
    event.remove(engine, "before_cursor_execute", note)
    assert pieces == [100, 100, 50], "others wait for no more than that"
