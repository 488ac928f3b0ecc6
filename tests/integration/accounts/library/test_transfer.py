"""Taking a library along: exported, read, previewed and imported over HTTP, on a real catalogue."""

import asyncio
import random
from typing import Any

import orjson
import pytest
from sqlalchemy import event

from accounts.library.collections.model import ShelfName
from accounts.library.transfer.document import MAX_FILE_BYTES, Work
from accounts.library.transfer.jobs import library_of
from accounts.library.transfer.usecases import Catalogue, Import, Imports
from accounts.library.transfer.usecases import advance as advance_import
from accounts.library.transfer.usecases import match as match_works
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.library.importing import apply, preview
from tests.support.catalog.library import DURATION, Api, add_show


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def bob(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def editor(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.EDITOR))


def rate(shelf: str, number: int | None = None, **more: Any) -> dict[str, Any]:
    return {"target_id": number, "target_type": "Anime", "status": shelf, "episodes": 0, "rewatches": 0, **more}


@pytest.mark.both_adapters
async def test_a_list_of_shikimori_from_file_to_shelf(services: Services, ann: Api, bob: Api, editor: Api) -> None:
    known = await add_show(services, editor, external_ids={"mal": "1"}, name={"main": "Cowboy Bebop"})
    named = await add_show(services, editor, name={"main": "Наруто", "english": "Naruto"}, year=2002)
    remade = [await add_show(services, editor, name={"main": "Fruits Basket"}, year=year) for year in (2001, 2019)]
    await add_show(services, editor, name={"main": "Secret"}, published=False)
    file = [
        rate("watching", 1, episodes=2, target_title="Whatever It Is Called There"),
        rate("completed", 77, episodes=9, target_title="naruto!", updated_at="2024-05-06T07:08:09Z", rewatches=1),
        rate("planned", 8, target_title="Fruits Basket"),
        rate("dropped", 9, target_title="Nobody Has It"),
        rate("planned", 10, target_title="Secret"),
    ]
    waiting = await preview(ann, orjson.dumps(file))
    path = f"library/import/{waiting['id']}"
    assert (waiting["format"], waiting["rows"], waiting["matched"], waiting["ambiguous"], waiting["unmatched"]) == (
        "shikimori-json",
        5,
        2,
        1,
        2,
    )
    rows = (await ann.get(f"{path}/rows"))["items"]
    assert [(row["state"], row["how"]) for row in rows] == [
        ("matched", "external"),
        ("matched", "title"),
        ("ambiguous", "title"),
        ("unmatched", None),
        ("unmatched", None),
    ]
    assert rows[0]["candidates"][0]["title"] == "Cowboy Bebop"
    assert rows[0]["change"] == {"favorite": False, "collection": "WATCHING", "episodes": 2, "score": None}
    assert rows[1]["change"] == {"favorite": False, "collection": "WATCHED", "episodes": 3, "score": None}
    assert [c["release_id"] for c in rows[2]["candidates"]] == [show.release_id for show in remade]
    assert (await ann.get(f"{path}/rows?state=unmatched&page_size=1&page=2"))["items"][0]["number"] == 5
    assert (await ann.get("library/collections"))["total"] == 0, "nothing has happened yet"

    for method, end, body in (("GET", "", None), ("GET", "/rows", None), ("POST", "/apply", {}), ("DELETE", "", None)):
        assert (await bob(method, path + end, body))[1]["code"] == "import_not_found", (method, end)

    choices = [{"number": 3, "release_id": remade[1].release_id}, {"number": 4, "release_id": new_id()}]
    result = await apply(ann, waiting["id"], choices=choices)
    assert (result["collections"], result["episodes"]) == (3, 5)
    shelves = {row["release_id"]: row["type"] for row in (await ann.get("library/collections"))["items"]}
    assert shelves == {known.release_id: "WATCHING", named.release_id: "WATCHED", remade[1].release_id: "PLANNED"}
    history = {row["episode_id"]: row for row in (await ann.get("library/history"))["items"]}
    assert set(history) == {*known.episodes[:2], *named.episodes}
    assert all(row["watched"] for row in history.values())
    assert history[named.episodes[-1]]["updated_at"].startswith("2024-05-06T07:08:09")
    assert history[named.episodes[0]]["rewatches"] == 1
    (entry,) = (await ann.get("library/continue"))["items"]
    assert (entry["kind"], entry["episode_id"]) == ("next", known.episodes[2])

    before = await ann.get("library/changes")
    assert await apply(ann, waiting["id"], policy="mine") == result, "asking again imports nothing twice"
    again = await preview(ann, orjson.dumps(file))
    assert (await apply(ann, again["id"]))["episodes"] == 0, "nor does the same file"
    assert (await ann.get("library/changes"))["revision"] == before["revision"]
    assert (await bob.get("library/changes"))["collections"] == []
    assert (await ann("DELETE", path))[0] == 204
    assert (await ann("GET", path))[0] == 404


async def test_whose_word_holds(services: Services, ann: Api, editor: Api) -> None:
    """One's own shelf against the file's, which is older, newer, or does not say when."""
    shows = [await add_show(services, editor, external_ids={"shikimori": str(n)}, episodes=1) for n in (1, 2, 3, 4)]
    for show in shows[:3]:
        await ann("PUT", f"library/collections/{show.release_id}", {"type": "ABANDONED"})
    file = orjson.dumps(
        [
            rate("planned", 1, updated_at="2020-01-01T00:00:00Z"),
            rate("planned", 2, updated_at="2999-01-01T00:00:00Z"),
            rate("planned", 3),
            rate("planned", 4, updated_at="2020-01-01T00:00:00Z"),
        ]
    )

    async def shelves() -> list[str]:
        rows = {row["release_id"]: row["type"] for row in (await ann.get("library/collections"))["items"]}
        return [rows.get(show.release_id, "") for show in shows]

    waiting = await preview(ann, file)
    rows = (await ann.get(f"library/import/{waiting['id']}/rows?policy=mine"))["items"]
    assert [row["change"]["collection"] for row in rows] == [None, None, None, "PLANNED"]
    assert (await apply(ann, waiting["id"], policy="mine"))["collections"] == 1
    assert await shelves() == ["ABANDONED", "ABANDONED", "ABANDONED", "PLANNED"]
    waiting = await preview(ann, file)
    assert (await apply(ann, waiting["id"]))["collections"] == 2
    assert await shelves() == ["ABANDONED", "PLANNED", "PLANNED", "PLANNED"]
    await ann("DELETE", f"library/collections/{shows[3].release_id}")
    waiting = await preview(ann, file)
    assert (await apply(ann, waiting["id"]))["collections"] == 0, "older than its removal"
    assert (await shelves())[3] == ""


async def fill(services: Services, api: Api, editor: Api, chance: random.Random) -> None:
    """A library of every kind of thing."""
    shows = [
        await add_show(
            services,
            editor,
            episodes=2,
            name={"main": f"Show {n}"},
            external_ids={"mal": str(1 + n), "tmdb": "tv/118453/season/2"},
        )
        for n in range(6)
    ]
    for show in shows:
        if chance.random() < 0.5:
            await api("POST", f"favorites/{show.release_id}")
        if chance.random() < 0.6:
            shelf = chance.choice(list(ShelfName))
            await api("PUT", f"library/collections/{show.release_id}", {"type": shelf.value})
        for episode in show.episodes:
            for _ in range(chance.randint(0, 2)):
                report = {
                    "episode_id": episode,
                    "position_ms": chance.randrange(DURATION),
                    "duration_ms": DURATION,
                    "at_ms": chance.randrange(1, 1_700_000_000_000),
                    "audio": chance.choice([None, {"language": "ja"}, {"language": "ru", "label": "Studio"}]),
                }
                assert (await api("POST", "library/progress", {"items": [report]}))[0] == 200
            if chance.random() < 0.2:
                await api("PUT", f"library/progress/{episode}", {"watched": chance.random() < 0.5})
    removed = chance.choice(shows)
    await api("DELETE", f"favorites/{removed.release_id}")
    await api("DELETE", f"library/progress/{removed.episodes[0]}")
    for number in range(2):
        visibility = chance.choice(["private", "unlisted", "public"])
        _, made = await api("POST", "library/lists", {"title": f"List {number}", "visibility": visibility})
        for show in chance.sample(shows, k=3):
            note = chance.choice(["", "Tea, «quotes» and 日本語"])
            await api("PUT", f"library/lists/{made['id']}/items/{show.release_id}", {"note": note})


def without(file: dict[str, Any], *, numbers: bool = False) -> dict[str, Any]:
    """``file`` without when it was written, and (``numbers``) what is another one's in another library."""
    lists = sorted(file["lists"], key=lambda row: str(row["title"]))
    if numbers:
        lists = [{k: v for k, v in row.items() if k not in {"id", "visibility"}} for row in lists]
    return {**file, "exported_at": None, "lists": lists}


@pytest.mark.both_adapters
@pytest.mark.parametrize("seed", [1, 2])
async def test_importing_ones_own_export_changes_nothing(
    services: Services, ann: Api, bob: Api, editor: Api, seed: int
) -> None:
    await fill(services, ann, editor, random.Random(seed))
    exported = await ann.get("library/export")
    assert (exported["format"], exported["version"]) == ("ani-library", 1)
    assert {row["release"]["external_ids"]["mal"] for row in exported["releases"]} <= {"1", "2", "3", "4", "5", "6"}
    before = await ann.get("library/changes")
    for policy in ("newest", "mine"):
        waiting = await preview(ann, orjson.dumps(exported))
        assert (waiting["format"], waiting["matched"]) == ("ani-json", waiting["rows"])
        rows = (await ann.get(f"library/import/{waiting['id']}/rows?policy={policy}&page_size=100"))["items"]
        assert all(
            row["change"] == {"favorite": False, "collection": None, "episodes": 0, "score": None} for row in rows
        )
        result = await apply(ann, waiting["id"], policy=policy)
        assert {name: n for name, n in result.items() if n} == {"finished": True, "rows_done": waiting["rows"]}
    assert without(await ann.get("library/export")) == without(exported)
    assert (await ann.get(f"library/changes?since={before['revision']}"))["revision"] == before["revision"]

    # Somebody who has nothing yet has the same afterwards, their lists shown to nobody.
    waiting = await preview(bob, orjson.dumps(exported))
    await apply(bob, waiting["id"])
    taken = await bob.get("library/export")
    assert without(taken, numbers=True) == without(exported, numbers=True)
    assert {row["visibility"] for row in taken["lists"]} <= {"private"}
    again = await preview(bob, orjson.dumps(exported))
    assert (await apply(bob, again["id"]))["lists"] == 0, "lists of the same name are the same list"


@pytest.mark.both_adapters
async def test_an_export_finds_its_releases_on_another_server(services: Services, ann: Api, editor: Api) -> None:
    """Where no number of ours means anything, those of other catalogues do, and episodes go by their place."""
    show = await add_show(services, editor, external_ids={"anilist": "12"}, name={"main": "Here"})
    there = {
        "release": {"id": new_id(), "titles": ["There"], "external_ids": {"anilist": "12"}},
        "favorite": {"added_at": "2024-01-01T00:00:00Z"},
        "history": [
            {
                "episode_id": new_id(),
                "ordinal": 2,
                "position_ms": 600_000,
                "duration_ms": DURATION,
                "at_ms": 5,
                "finished": False,
            }
        ],
    }
    file = {"format": "ani-library", "version": 1, "releases": [there], "lists": [], "from_the_future": True}
    waiting = await preview(ann, orjson.dumps(file), "?format=ani-json")
    result = await apply(ann, waiting["id"])
    assert (result["favorites"], result["episodes"]) == (1, 1)
    assert (await ann.get("library/history"))["items"][0]["episode_id"] == show.episodes[1]


async def test_a_large_import_goes_piece_by_piece(services: Services, ann: Api, editor: Api) -> None:
    """More rows than one transaction takes; every episode of them reaches a device that follows the changes."""
    show = await add_show(services, editor, external_ids={"mal": "450"}, episodes=1)
    entry = "<anime><series_animedb_id>{}</series_animedb_id><my_status>1</my_status></anime>"
    file = f"<myanimelist>{''.join(entry.format(n) for n in range(1, 501))}</myanimelist>"
    waiting = await preview(ann, file.encode())
    result = await apply(ann, waiting["id"])
    assert (result["rows_done"], result["collections"]) == (500, 1)
    assert (await ann.get("library/collections"))["items"][0]["release_id"] == show.release_id


async def test_an_interrupted_import_goes_on_where_it_stopped(services: Services, ann: Api, editor: Api) -> None:
    """One piece is done when its worker dies; the next worker, and a first one that was not dead after all, do it no more."""
    shows = [await add_show(services, editor, external_ids={"shikimori": str(n)}, episodes=1) for n in (1, 450)]
    waiting = await preview(ann, orjson.dumps([rate("completed", n, episodes=1) for n in range(1, 501)]))

    async def advance(current: Import) -> Import:
        async with services.container.scope(write=True) as scope:
            return await advance_import(scope.port(Imports), library_of(scope), current, now=scope.clock.now())

    async with services.container.scope(write=False) as scope:
        current = await scope.port(Imports).get(ann.person.user_id, waiting["id"])
    assert current is not None
    assert (await advance(current)).result.rows_done == 200
    late = await advance(current)  # it still believes that nothing is done
    assert (late.result.rows_done, late.result.collections) == (400, 1)
    result = await apply(ann, waiting["id"])
    assert (result["rows_done"], result["collections"], result["episodes"]) == (500, 2, 2)
    assert {row["release_id"] for row in (await ann.get("library/collections"))["items"]} == {
        show.release_id for show in shows
    }


async def test_files_that_are_refused(app_client: AppClient, ann: Api) -> None:
    status, problem = await ann("POST", "library/import", data=b'[{"status": "planned",}]')
    assert (status, problem["code"], problem["line"], problem["column"]) == (400, "bad_file", 1, 22)
    status, problem = await ann("POST", "library/import", data=b"<!DOCTYPE a []><myanimelist/>")
    assert (status, problem["code"]) == (400, "bad_file")
    status, problem = await ann("POST", "library/import?format=mal-xml", data=b"[]")
    assert (status, problem["code"]) == (400, "bad_file")
    assert (await ann("POST", "library/import?format=exe", data=b"[]"))[0] == 422

    async def endless() -> Any:
        for _ in range(50):
            yield bytes(2**20)

    # Its length is not said, so the server has to count.
    async with app_client.post(
        "/api/v1/library/import", data=endless(), headers=ann.person.headers, skip_auto_headers=["Content-Length"]
    ) as answer:
        assert (answer.status, (await answer.json())["code"]) == (413, "file_too_large")
    async with app_client.post(
        "/api/v1/library/import", data=bytes(MAX_FILE_BYTES + 1), headers=ann.person.headers
    ) as answer:
        assert answer.status == 413


async def test_only_the_newest_files_wait(ann: Api) -> None:
    ids = [(await preview(ann, b"[]"))["id"] for _ in range(5)]
    statuses = [(await ann("GET", f"library/import/{id_}"))[0] for id_ in ids]
    assert statuses == [404, 404, 200, 200, 200]


@pytest.mark.both_adapters
async def test_titles_are_looked_up_and_the_catalogue_is_not_read(services: Services, editor: Api) -> None:
    long = "That Time Somebody Gave a Light Novel a Title as Long as Its First Chapter "
    parts = [await add_show(services, editor, name={"main": long + end}) for end in ("Part One", "Part Two")]
    renamed = await add_show(services, editor, name={"main": "Working Title", "alternative": "仮題"}, year=2001)
    path = f"releases/{renamed.release_id}"
    draft = {name: value for name, value in (await editor.get(path)).items() if name in ("alias", "type", "year")}
    assert (await editor("PUT", path, {**draft, "name": {"main": "The Title"}}))[0] == 200
    assert (await editor("PUT", f"{path}/translations/de", {"name": "Der Titel"}))[0] in {200, 201}
    hidden = await add_show(services, editor, name={"main": "Secret"}, published=False)
    asked: list[str] = []
    asking = asyncio.current_task()

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if asyncio.current_task() is asking:  # and not whoever follows the catalogue meanwhile
            asked.append(statement)

    async def found(title: str) -> tuple[str, ...]:
        async with services.container.scope(write=False) as scope:
            (match,) = await match_works(scope.port(Catalogue), [Work(titles=(title,))])
        return match.release_ids

    event.listen(services.database.engine.sync_engine, "before_cursor_execute", note)
    assert await found(f"{long.upper()} – part two!") == (parts[1].release_id,), "all of a name counts"
    assert await found(long) == ()
    assert await found("the title") == await found("DER TITEL") == (renamed.release_id,)
    assert await found("Working Title") == await found("仮題") == ()
    assert await found("secret") == (), hidden
    reading = [statement for statement in asked if "FROM release" in statement]
    assert reading
    assert all(" IN (" in statement for statement in reading), "a condition an index answers"
