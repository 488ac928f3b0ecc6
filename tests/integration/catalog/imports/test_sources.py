"""Sources of every kind, read to the end: what becomes of their genres, how a run is stopped half-way, and what is remembered."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from catalog.imports.applying.repository import import_record_table
from catalog.imports.limits import CHUNK_ROWS
from catalog.imports.runs import usecases as runs_usecases
from catalog.imports.runs.model import RunState
from catalog.imports.runs.usecases import Runs
from catalog.imports.sources.model import SourceKind, SourceStopped
from catalog.imports.sources.usecases import Sources
from kernel.access import Role
from server.cli import imports
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.imports import read, registered, run, work, write
from tests.support.catalog.library import Api

CSV = """Титул;Оригинал;Тип;Год;Жанры;Серий;mal_id
Ковбой Бибоп;Cowboy Bebop;tv;1998;Боевик, Космос;26;1
Эксперименты Лэйн;Serial Experiments Lain;tv;1998;Мистика;13;339
"""
COLUMNS = {
    "Титул": "title",
    "Оригинал": "english",
    "Тип": "type",
    "Год": "year",
    "Жанры": "genres",
    "Серий": "episodes_total",
}
ROWS = [
    {"title": "Ковбой Бибоп", "english": "Cowboy Bebop", "type": "TV", "year": 1998, "genres": ["Боевик", "Космос"],
     "episodes_total": 26, "mal_id": "1"},
    {"title": "Эксперименты Лэйн", "english": "Serial Experiments Lain", "type": "TV", "year": "1998", "genres": "Мистика",
     "episodes_total": 13, "mal_id": "339"},
]  # fmt: skip
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<item><title>Ковбой Бибоп / Cowboy Bebop [1-26 из 26]</title><guid>https://dle.example/1</guid>
<category>TV</category><category>Боевик / Космос</category><category>1998</category><mal_id>1</mal_id></item>
<item><title>Эксперименты Лэйн / Serial Experiments Lain [1-13 из 13]</title><guid>https://dle.example/2</guid>
<category>TV</category><category>Мистика</category><category>1998</category><mal_id>339</mal_id></item>
</channel></rss>"""


@pytest.fixture
async def admin(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.ADMIN))


@pytest.mark.both_adapters
@pytest.mark.parametrize(
    ("kind", "text", "options"),
    [
        (SourceKind.FEED, FEED, {}),
        (SourceKind.TABLE, CSV, {"columns": COLUMNS}),
        (SourceKind.TABLE, json.dumps(ROWS), {}),
        (SourceKind.TABLE, json.dumps({"items": ROWS}), {}),
    ],
    ids=["feed", "csv", "json", "json of items"],
)
async def test_feeds_and_tables_make_releases_and_a_second_run_none(
    services: Services, admin: Api, kind: SourceKind, text: str, options: dict[str, Any]
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text)

    app = web.Application()
    app.router.add_get("/all", answer)
    async with TestServer(app) as server:
        source_id = await registered(services, kind, url=str(server.make_url("/all")), options=options)
        first = await read(services, source_id)
        assert (first.state, first.error, first.counts) == (RunState.SUCCEEDED, "", {"created": 2})
        assert (await read(services, source_id)).counts == {"unchanged": 2}
    items = (await admin.get("releases?sort=name"))["items"]
    made = {(item["external_ids"]["mal"], item["year"], item["episodes_total"], item["status"]) for item in items}
    assert made == {("1", 1998, 26, "published"), ("339", 1998, 13, "published")}
    for item in items:
        names = {item["name"]["main"], item["name"]["english"], *(name["text"] for name in item["names"])}
        assert names & {"Cowboy Bebop", "Serial Experiments Lain"}
        assert names & {"Ковбой Бибоп", "Эксперименты Лэйн"}


@pytest.mark.both_adapters
async def test_genres_of_a_source_are_ours_once_somebody_says_so(services: Services, admin: Api) -> None:
    """What nobody mapped is left out and asked for; what is called as one of ours is that one."""
    await admin("POST", "releases", {"alias": "ours", "type": "TV", "name": {"main": "Ours"}, "genres": ["Мистика"]})
    source_id = await registered(services, SourceKind.TABLE, options={"columns": COLUMNS})
    async with services.container.scope(write=True) as scope:
        await scope.port(Sources).keep_file(source_id, "list.csv", CSV.encode(), scope.clock.now())
    await read(services, source_id)

    async def genres() -> dict[str, list[str]]:
        items = (await admin.get("releases"))["items"]
        return {item["external_ids"]["mal"]: [genre["name"] for genre in item["genres"]] for item in items}

    async def rules() -> dict[str, tuple[str, str | None]]:
        items = (await admin.get(f"imports/sources/{source_id}/genres"))["items"]
        return {item["name"]: (item["rule"], item["genre"]) for item in items}

    found = await genres()
    assert (found["1"], found["339"]) == ([], ["Мистика"])
    assert await rules() == {"Боевик": ("unmapped", None), "Космос": ("unmapped", None)}
    said = [{"name": "боевик", "rule": "mapped", "genre": "Action"}, {"name": "Космос", "rule": "ignored"}]
    assert (await admin("PUT", f"imports/sources/{source_id}/genres", {"items": said}))[0] == 200
    assert (await read(services, source_id)).counts == {"updated": 1, "unchanged": 1}
    assert (await genres())["1"] == ["Action"]
    assert set((await rules()).values()) == {("mapped", "Action"), ("ignored", None)}
    assert (await read(services, source_id)).counts == {"unchanged": 2}
    wrong = [{"name": "x", "rule": "mapped"}]
    assert (await admin("PUT", f"imports/sources/{source_id}/genres", {"items": wrong}))[0] == 422


@pytest.mark.both_adapters
@pytest.mark.parametrize("what", ["run", "source", "all"])
async def test_a_run_that_is_stopped_ends_after_the_rows_it_is_at(services: Services, admin: Api, what: str) -> None:
    source_id = await registered(services, SourceKind.BANGUMI_DATA)
    items = [work(number) for number in range(3 * CHUNK_ROWS)]
    async with services.container.scope(write=True) as scope:
        data = json.dumps({"items": items}).encode()
        await scope.port(Sources).keep_file(source_id, "data.json", data, scope.clock.now())

    async def stop() -> None:
        if what == "run":
            run_id = (await admin.get("imports/runs"))["items"][0]["id"]
            answer = await admin("POST", f"imports/runs/{run_id}/stop")
        else:
            path = "imports/stopped" if what == "all" else f"imports/sources/{source_id}/stopped"
            answer = await admin("PUT", path, {"stopped": True})
        assert answer[0] == 200, answer

    done = await read(services, source_id, stop)
    assert (done.state, done.counts) == (RunState.STOPPED, {"created": CHUNK_ROWS})
    async with services.container.scope(write=False) as scope:
        links = (await scope.uow.session.scalars(select(import_record_table.c.key))).all()
    assert len(links) == CHUNK_ROWS, "what was done stays, and no more is"
    if what == "source":
        with pytest.raises(SourceStopped):
            await read(services, source_id)
    if what != "run":
        path = "imports/stopped" if what == "all" else f"imports/sources/{source_id}/stopped"
        assert (await admin("PUT", path, {"stopped": False}))[0] == 200
    again = await read(services, source_id)
    assert (again.state, again.counts) == (
        RunState.SUCCEEDED,
        {"unchanged": CHUNK_ROWS, "created": 2 * CHUNK_ROWS},
    )


@pytest.mark.both_adapters
async def test_the_newest_runs_are_remembered_with_their_rows(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_usecases, "RUNS_KEPT", 2)
    assert imports.ROWS_SHOWN > 1
    items = [work(1), {"title": "?", "type": "opera"}]
    done = [await run(services, write(tmp_path / f"{number}.json", items)) for number in range(3)]
    async with services.container.scope(write=False) as scope:
        runs = scope.port(Runs)
        found, total = await runs.page(None, offset=0, limit=10)
        assert ([each.id for each in found], total) == ([done[2].id, done[1].id], 2)
        for number, kept in enumerate((0, 1, 1)):
            rows, _ = await runs.rows(done[number].id, None, offset=0, limit=10)
            assert [row.action for row in rows] == ["failed"] * kept
