"""Merging releases and undoing it, with what people keep of them, in both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from accounts.library.merging.repository import ROWS_AT_ONCE
from accounts.library.progress.model import Progress
from accounts.library.progress.repository import watch_progress
from accounts.library.progress.usecases import History
from catalog.imports.applying.usecases import Catalogue
from catalog.ratings.usecases import Ratings
from catalog.releases.episodes.repository import episode_table
from catalog.releases.merge_locks.queries import never_merged
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog import imports
from tests.support.catalog.imports import work
from tests.support.catalog.library import Api, Show, add_show


@pytest.fixture
async def boss(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.MODERATOR))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def bob(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


async def merge(boss: Api, source: Show, target: Show) -> Any:
    status, made = await boss("POST", "merges", {"source_id": source.release_id, "target_id": target.release_id})
    assert status == 201, made
    return made


async def library(who: Api) -> Any:
    favorites = (await who.get("favorites"))["items"]
    shelves = (await who.get("library/collections"))["items"]
    history = (await who.get("library/history"))["items"]
    lists = [await who.get(f"library/lists/{one['id']}") for one in (await who.get("library/lists"))["items"]]
    return (
        sorted((row["release_id"], row["added_at"]) for row in favorites),
        sorted((row["release_id"], row["type"], row["started_at"], row["finished_at"]) for row in shelves),
        sorted((row["episode_id"], row["release_id"], row["watched"], row["position_ms"]) for row in history),
        [[(item["release_id"], item["note"]) for item in one["items"]] for one in lists],
    )


async def two_shows(services: Services, boss: Api) -> tuple[Show, Show]:
    names = [{"text": "Koopia"}]
    source = await add_show(
        services, boss, episodes=3, alias="copy", name={"main": "The Copy"}, names=names, year=2016,
        external_ids={"mal": "77", "anidb": "5"}, genres=["Drama", "Short"],
    )  # fmt: skip
    target = await add_show(
        services,
        boss,
        episodes=2,
        alias="work",
        name={"main": "The Work"},
        external_ids={"mal": "42"},
        genres=["Drama"],
    )
    return source, target


@pytest.mark.both_adapters
async def test_merged_and_undone(services: Services, boss: Api, ann: Api, bob: Api) -> None:
    source, target = await two_shows(services, boss)
    a, b = target.release_id, source.release_id
    await boss(
        "POST", "franchises", {"alias": "world", "name": "World", "members": [{"release_id": b, "release_place": 4}]}
    )
    # Ann keeps both, Bob the copy alone.
    for release_id in (b, a):
        await ann("POST", f"favorites/{release_id}")
    await bob("POST", f"favorites/{b}")
    await ann.watch(source.episodes[0], 24)
    await ann.watch(source.episodes[2], 10)
    await ann.watch(target.episodes[1], 24)
    await bob("PUT", f"library/collections/{b}", {"type": "PLANNED"})
    for who, held in ((ann, (b, a)), (bob, (b,))):
        made = (await who("POST", "library/lists", {"title": "Mine"}))[1]
        for release_id in held:
            await who("PUT", f"library/lists/{made['id']}/items/{release_id}", {"note": "So good"})
    before = [await library(who) for who in (ann, bob)]
    releases_before = [await boss.get(f"releases/{one}") for one in (a, b)]

    ids = {"source_id": b, "target_id": a}
    status, shown = await boss("POST", "merges/preview", ids)
    assert (status, shown["moved"], shown["replaced"]) == (200, [3], [1, 2])
    assert {row["field"]: row["value"] for row in shown["filled"]} == {"year": 2016, "external_ids.anidb": "5"}
    assert (shown["names"], shown["genres"]) == (["The Copy", "Koopia"], ["Short"])
    assert [await library(who) for who in (ann, bob)] == before, "looking changes nothing"

    done = await merge(boss, source, target)
    for path in (f"releases/{b}", "releases/copy", f"releases/{a}"):
        found = await ann.get(path)
        assert (found["id"], found["alias"], found["year"]) == (a, "work", 2016)
        assert (found["external_ids"]["mal"], found["external_ids"]["anidb"]) == ("42", "5")
    listed = (await ann.get(f"releases/{b}/episodes"))["items"]
    assert [one["id"] for one in listed] == [*target.episodes, source.episodes[2]]
    favorites, shelves, history, lists = await library(ann)
    assert [row[0] for row in favorites] == [a]
    assert [row[0] for row in shelves] == [a]
    assert sorted(row[:3] for row in history) == sorted(
        [(target.episodes[0], a, True), (target.episodes[1], a, True), (source.episodes[2], a, False)]
    )
    assert lists == [[(a, "So good")]]
    assert [row[:2] for row in (await library(bob))[1]] == [(a, "PLANNED")]
    assert (await library(bob))[3] == [[(a, "So good")]]
    assert (await ann.get("franchises/world"))["members"][0]["release"]["id"] == a
    assert (await ann.get("franchises/world/progress"))["watched"] == 2
    assert (await boss("GET", "releases/deleted?page=1"))[1]["total"] == 0, "it is no deleted one"

    # What Bob does afterwards is his.
    await bob("PUT", f"library/collections/{a}", {"type": "WATCHED"})
    status, undone = await boss("POST", f"merges/{done['id']}/undo")
    assert status == 200, undone
    for path, was in zip((a, b), releases_before, strict=True):
        now = await boss.get(f"releases/{path}")
        for field in ("version", "updated_at"):
            now.pop(field), was.pop(field)
        assert now == was
    assert await library(ann) == before[0]
    favorites, shelves, history, lists = await library(bob)
    assert (favorites, lists) == (before[1][0], before[1][3])
    assert [row[:2] for row in shelves if row[0] == a] == [(a, "WATCHED")]
    assert [one["id"] for one in (await ann.get(f"releases/{b}/episodes"))["items"]] == source.episodes
    assert (await ann.get("franchises/world"))["members"][0]["release"]["id"] == b
    assert (await boss("POST", f"merges/{done['id']}/undo"))[1]["code"] == "already_undone"
    status, problem = await boss("POST", "merges", ids)
    assert (status, problem["code"]) == (409, "never_merged")
    locked = (await boss.get("merge-locks"))["items"][0]
    assert {locked["release_id"], locked["other_id"]} == {a, b}
    assert (await boss("DELETE", f"merge-locks/{a}/{b}"))[0] == 204
    assert (await boss("POST", "merges", ids))[0] == 201


@pytest.mark.both_adapters
async def test_what_contradicts_is_said_and_nothing_happens(services: Services, boss: Api) -> None:
    source, target = await two_shows(services, boss)
    done = await merge(boss, source, target)
    now = await boss.get(f"releases/{target.release_id}")
    fields = ("alias", "type", "name", "external_ids", "genres")
    body = {name: now[name] for name in fields} | {"year": 1999, "genres": [one["name"] for one in now["genres"]]}
    assert (await boss("PUT", f"releases/{target.release_id}", body))[0] == 200
    moved = source.episodes[2]
    assert (await boss("PUT", f"episodes/{moved}", {"ordinal": 9}))[0] == 200
    after = await boss.get(f"releases/{target.release_id}")
    status, problem = await boss("POST", f"merges/{done['id']}/undo")
    assert (status, problem["code"]) == (409, "merge_contradicted")
    assert "year of The Work was edited since" in problem["detail"]
    assert "episode 3 was moved or renumbered" in problem["detail"]
    assert await boss.get(f"releases/{target.release_id}") == after


@pytest.mark.both_adapters
async def test_a_playable_episode_beats_one_without_a_video(services: Services, boss: Api) -> None:
    source = await add_show(services, boss, episodes=1)
    target = await add_show(services, boss, episodes=0, episodes_total=None)
    status, empty = await boss("POST", "episodes", {"release_id": target.release_id, "ordinal": 1})
    assert status == 201
    done = await merge(boss, source, target)
    assert [one["id"] for one in (await boss.get(f"releases/{target.release_id}/episodes"))["items"]] == source.episodes
    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    assert [one["id"] for one in (await boss.get(f"releases/{target.release_id}/episodes"))["items"]] == [empty["id"]]


@pytest.mark.both_adapters
async def test_two_moderators_at_once(services: Services, boss: Api) -> None:
    source, target = await two_shows(services, boss)
    other = await add_show(services, boss, episodes=1)
    bodies = [
        {"source_id": source.release_id, "target_id": target.release_id},
        {"source_id": target.release_id, "target_id": source.release_id},
        {"source_id": source.release_id, "target_id": other.release_id},
    ]
    answers = await asyncio.gather(*(boss("POST", "merges", body) for body in bodies))
    merged = [body for status, body in answers if status == 201]
    assert {status for status, _ in answers} <= {201, 404, 409}
    assert len({body["source_id"] for body in merged}) == len(merged) >= 1, "nothing is merged twice"
    undone = await asyncio.gather(*(boss("POST", f"merges/{merged[-1]['id']}/undo") for _ in range(2)))
    assert sorted(status for status, _ in undone) in ([200, 409], [200, 412])


LONG = 400


async def long_show(services: Services, boss: Api, alias: str, *, first: int) -> Show:
    """One with so many episodes that nobody wants to make them one by one."""
    show = await add_show(services, boss, episodes=0, alias=alias, name={"main": alias}, episodes_total=LONG)
    now = services.container.clock.now()
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(), "release_id": show.release_id, "ordinal": float(first + number), "name": "",
            "status": Status.PUBLISHED, "playable": True, "created_at": now, "updated_at": now, "version": 1,
        }
        for number in range(LONG)
    ]  # fmt: skip
    async with services.database.engine.begin() as connection:
        await connection.execute(insert(episode_table), rows)
    return Show(show.release_id, [row["id"] for row in rows])


@pytest.mark.both_adapters
async def test_thousands_of_episodes_and_who_watched_them_go_in_pieces(services: Services, boss: Api, ann: Api) -> None:
    source = await long_show(services, boss, "one", first=1)
    target = await long_show(services, boss, "two", first=1 + LONG // 2)
    watched = [
        Progress(
            user_id=ann.person.user_id, episode_id=one, release_id=show.release_id, position_ms=number, duration_ms=9000,
            at_ms=number + 1, finished=False,
        )
        for show in (source, target)
        for number, one in enumerate(show.episodes)
    ]  # fmt: skip
    async with services.container.scope(write=True) as scope:
        await scope.port(History).store(watched)

    async def progress() -> dict[str, Any]:
        async with services.database.engine.connect() as connection:
            c = watch_progress.c
            columns = c.episode_id, c.release_id, c.position_ms, c.removed
            return {row[0]: tuple(row[1:]) for row in await connection.execute(select(*columns))}

    before, pieces = await progress(), list[int]()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("INSERT INTO outbox"):
            pieces.append(len(parameters) if many else 1)

    engine = services.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        done = await merge(boss, source, target)
        merged, counted = await progress(), len(pieces)
        status, undone = await boss("POST", f"merges/{done['id']}/undo")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert status == 200, undone
    half = LONG // 2
    assert {merged[one][0] for one in (*source.episodes[:half], *target.episodes)} == {target.release_id}
    assert all(merged[one][2] for one in source.episodes[half:]), "others stand for these"
    assert merged[target.episodes[0]][1] == half, "what she saw last of the two"
    assert await progress() == before
    assert max(pieces) <= ROWS_AT_ONCE, "no more at once than others can wait for"
    assert (counted < 120, len(pieces) < 200) == (True, True), "and not a statement for each of them"


async def test_imports_follow_merges(services: Services, boss: Api) -> None:
    source, target = await two_shows(services, boss)
    ids = [source.release_id, target.release_id]
    done = await merge(boss, source, target)
    async with services.container.scope(write=False) as scope:
        assert await scope.port(Catalogue).merged_into(ids) == {source.release_id: target.release_id}
    await boss("POST", f"merges/{done['id']}/undo")
    async with services.container.scope(write=False) as scope:
        assert await scope.port(Catalogue).merged_into(ids) == {}
        assert await never_merged(scope.uow.session, ids[:1]) == {frozenset(ids)}


async def test_after_an_undo_an_import_goes_on_where_it_was(services: Services, boss: Api, tmp_path: Path) -> None:
    async def read(year: int) -> None:
        item = work(1, begin=f"{year}-04-07T16:35:00.000Z", end=f"{year}-06-25T17:35:00.000Z")
        await imports.run(services, imports.write(tmp_path / "works.json", [item]), publish=True)

    async def year_of(release_id: str) -> int | None:
        found: int | None = (await boss.get(f"releases/{release_id}"))["year"]
        return found

    await read(1991)
    async with services.container.scope(write=False) as scope:
        source_id = await scope.uow.session.scalar(select(release_table.c.id))
    assert source_id is not None
    names = {"main": "The Work", "english": "Work", "alternative": "Werk"}
    target = await add_show(services, boss, episodes=1, alias="work", name=names, year=1992, season="spring")
    done = await merge(boss, Show(source_id, []), target)
    # While it is a part of the other, the source says what stands there already.
    await read(1992)
    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    assert (await year_of(source_id), await year_of(target.release_id)) == (1991, 1992)
    await read(1992)
    assert await year_of(source_id) == 1992, "what was said meanwhile is made up for"
    await read(1993)
    assert (await year_of(source_id), await year_of(target.release_id)) == (1993, 1992)


async def described(who: Api, release_id: str) -> Any:
    """What stands at a release by itself, without versions."""
    rating = await who.get(f"releases/{release_id}/rating")
    credits_ = (await who.get(f"releases/{release_id}/credits"))["items"]
    tags = (await who.get(f"releases/{release_id}/tags"))["items"]
    translated = (await who.get(f"releases/{release_id}/translations"))["items"]
    slots = (await who.get(f"releases/{release_id}/schedule"))["slots"]
    return (
        rating,
        [(one["person"]["id"], one["role"]) for one in credits_],
        [(one["tag"]["slug"], one["rank"]) for one in tags],
        [(one["language"], one["name"]) for one in translated],
        [one["recurrence"] for one in slots],
    )


async def describe(boss: Api, source: Show, target: Show) -> None:
    a, b = target.release_id, source.release_id
    for alias in ("ann-lee", "bo-lee"):
        assert (await boss("POST", "people", {"alias": alias, "name": alias.title()}))[0] == 201
    for slug in ("space", "school"):
        assert (await boss("POST", "tags", {"slug": slug, "name": slug.title()}))[0] == 201
    held = [
        ("PUT", f"releases/{a}/credits", {"items": [{"person": "ann-lee", "role": "director"}]}),
        (
            "PUT",
            f"releases/{b}/credits",
            {"items": [{"person": one, "role": "director"} for one in ("bo-lee", "ann-lee")]},
        ),
        ("PUT", f"releases/{a}/tags", {"items": [{"tag": "space", "rank": 50}]}),
        ("PUT", f"releases/{b}/tags", {"items": [{"tag": "school", "rank": 90}, {"tag": "space", "rank": 10}]}),
        ("PUT", f"releases/{a}/translations/ru", {"name": "Работа"}),
        ("PUT", f"releases/{b}/translations/ru", {"name": "Копия"}),
        ("PUT", f"releases/{b}/translations/de", {"name": "Die Kopie"}),
        ("PUT", f"episodes/{source.episodes[0]}/translations/de", {"name": "Eins"}),
        ("PUT", f"episodes/{source.episodes[2]}/translations/de", {"name": "Drei"}),
        ("PUT", f"releases/{b}/schedule", {"slots": [{"recurrence": "R/2026-07-03T15:00:00.000Z/P7D"}]}),
    ]
    for method, path, body in held:
        status, answer = await boss(method, path, body)
        assert status in {200, 201}, answer


async def vote(who: Api, release_id: str, score: int) -> None:
    status, answer = await who("PUT", f"releases/{release_id}/vote", {"score": score})
    assert status == 200, answer
    await asyncio.sleep(0.002)  # the next vote is a later one


@pytest.mark.both_adapters
async def test_votes_and_descriptions_go_along(
    services: Services, app_client: AppClient, make_user: MakeUser, boss: Api, ann: Api, bob: Api
) -> None:
    source, target = await two_shows(services, boss)
    a, b = target.release_id, source.release_id
    await describe(boss, source, target)
    cy, dan = Api(app_client, await make_user()), Api(app_client, await make_user())
    # Ann voted the copy last, Bob the work; the copy alone has votes of Cy, who votes anew, and Dan, who withdraws his.
    for who, release_id, score in (
        (ann, a, 3), (ann, b, 9), (bob, b, 2), (bob, a, 7), (cy, b, 4), (dan, b, 5)
    ):  # fmt: skip
        await vote(who, release_id, score)
    before = [await described(ann, one) for one in (a, b)]

    done = await merge(boss, source, target)
    rating, *rest = await described(ann, a)
    assert rating["histogram"] == [0, 0, 0, 1, 1, 0, 1, 0, 1, 0]
    assert (rating["votes"], rating["own"], (await bob.get(f"releases/{a}/rating"))["own"]) == (4, 9, 7)
    people = {one["alias"]: one["id"] for one in (await boss.get("people"))["items"]}
    assert rest == [
        [(people["ann-lee"], "director"), (people["bo-lee"], "director")],
        [("school", 90), ("space", 50)],
        [("de", "Die Kopie"), ("ru", "Работа")],
        ["R/2026-07-03T15:00:00.000Z/P7D"],
    ]
    for episode_id, name in ((target.episodes[0], "Eins"), (source.episodes[2], "Drei")):
        assert [one["name"] for one in (await ann.get(f"episodes/{episode_id}/translations"))["items"]] == [name]

    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    assert [await described(ann, one) for one in (a, b)] == before
    for episode_id, names in ((source.episodes[0], ["Eins"]), (target.episodes[0], []), (source.episodes[2], ["Drei"])):
        assert [one["name"] for one in (await ann.get(f"episodes/{episode_id}/translations"))["items"]] == names

    assert (await boss("DELETE", f"merge-locks/{a}/{b}"))[0] == 204
    done = await merge(boss, source, target)
    await vote(cy, a, 10)
    assert (await dan("DELETE", f"releases/{a}/vote"))[0] in {200, 204}
    assert (await boss("PUT", f"releases/{a}/translations/de", {"name": "Das Werk"}))[0] == 200
    tags = {"items": [{"tag": "school", "rank": 95}, {"tag": "space", "rank": 50}]}
    assert (await boss("PUT", f"releases/{a}/tags", tags))[0] == 200
    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    (rating, _, tagged, translated, _), (other, *_) = [await described(ann, one) for one in (a, b)]
    assert rating["histogram"] == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1], "Cy's new vote is of the one he gave it to"
    assert other["histogram"] == [0, 1, 0, 1, 0, 0, 0, 0, 1, 0], "Dan's is withdrawn"
    assert tagged == [("school", 95), ("space", 50)]
    assert translated == [("de", "Das Werk"), ("ru", "Работа")]


@pytest.mark.both_adapters
async def test_choices_and_the_trend_go_along(
    services: Services, app_client: AppClient, make_user: MakeUser, boss: Api, ann: Api, bob: Api
) -> None:
    source, target = await two_shows(services, boss)
    a, b = target.release_id, source.release_id
    other, odd = (await add_show(services, boss, episodes=1)).release_id, (await add_show(services, boss)).release_id
    cy = Api(app_client, await make_user())

    async def chosen() -> list[tuple[set[str], set[frozenset[str]]]]:
        """Of each what is not to be recommended, and the pairs that they find similar."""
        data = [(await who.get("me/data"))["recommendations"] for who in (ann, bob, cy)]
        return [
            (
                {row["release_id"] for row in one["not_interested"]},
                {frozenset((row["release_id"], row["other_id"])) for row in one["similar_votes"]},
            )
            for one in data
        ]

    async def trends() -> list[float]:
        async with services.container.scope(write=False) as scope:
            stats = await scope.port(Ratings).stats([a, b])
        return [stats[one].trend if one in stats else 0.0 for one in (a, b)]

    # Ann said it of both, Bob and Cy of the copy alone; of the two themselves Cy alone.
    for who, release_id in ((ann, a), (ann, b), (bob, b), (cy, b)):
        assert (await who("POST", f"recommendations/not-interested/{release_id}"))[0] == 204
        assert (await who("POST", f"releases/{release_id}/similar", {"release_id": other}))[0] == 204
    assert (await cy("POST", f"releases/{a}/similar", {"release_id": b}))[0] == 204
    # What a moderator took out of the one that stays is not brought back by the other.
    assert (await bob("POST", f"releases/{a}/similar", {"release_id": odd}))[0] == 204
    assert (await boss("DELETE", f"releases/{a}/similar/{odd}"))[0] == 204
    assert (await bob("POST", f"releases/{b}/similar", {"release_id": odd}))[0] == 204
    async with services.container.scope(write=True) as scope:
        interest = {a: 1.0, b: 4.0}
        await scope.port(Ratings).follow(members={}, interest=interest, epoch_at=scope.clock.now())
    before, warm = await chosen(), await trends()
    assert before[2] == ({b}, {frozenset((b, other)), frozenset((a, b))})

    done = await merge(boss, source, target)
    kept = frozenset((a, other))
    assert await chosen() == [
        ({a}, {kept}), ({a}, {kept, frozenset((b, odd))}), ({a}, {kept, frozenset((a, b))})
    ]  # fmt: skip
    similar = (await ann.get(f"releases/{a}/similar"))["community"]
    assert [(one["release"]["id"], one["votes"]) for one in similar] == [(other, 3)]
    assert await trends() == [pytest.approx(sum(warm)), 0.0]

    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    assert await chosen() == before
    assert await trends() == [pytest.approx(one) for one in warm]

    # What is taken back in between is taken back of both; what stands stays with the one it was said of.
    assert (await boss("DELETE", f"merge-locks/{a}/{b}"))[0] == 204
    done = await merge(boss, source, target)
    assert (await bob("DELETE", f"recommendations/not-interested/{a}"))[0] == 204
    assert (await bob("DELETE", f"releases/{a}/similar/{other}/vote"))[0] == 204
    async with services.container.scope(write=True) as scope:
        await scope.port(Ratings).follow(members={}, interest={a: 2.0}, epoch_at=scope.clock.now())
    cold, _ = await trends()
    assert (await boss("POST", f"merges/{done['id']}/undo"))[0] == 200
    assert await chosen() == [before[0], (set(), {frozenset((b, odd))}), before[2]]
    assert await trends() == [pytest.approx(cold - warm[1]), pytest.approx(warm[1])]
