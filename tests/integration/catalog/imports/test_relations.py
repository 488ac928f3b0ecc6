"""Franchises that sources know of: relations between their records, made as soon as both are releases."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from catalog.imports.limits import CHUNK_ROWS, RELATED_AT_ONCE
from catalog.imports.runs.model import ImportRun, RunState
from catalog.imports.sources.model import SourceKind
from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.imports import read, registered
from tests.support.catalog.library import Api

pytestmark = pytest.mark.both_adapters


def row(key: str, *relations: Any, **facts: Any) -> dict[str, Any]:
    return {"key": key, "title": f"Work {key}", "type": "TV", "relations": list(relations), **facts}


class Source:
    """A table over HTTP whose rows change."""

    def __init__(self, services: Services, admin: Api) -> None:
        self.services, self.admin, self.rows, self.id = services, admin, list[dict[str, Any]](), ""

    async def answer(self, _: web.Request) -> web.Response:
        return web.json_response(self.rows)

    async def read(self, *rows: dict[str, Any], dry: bool = False) -> ImportRun:
        self.rows = list(rows)
        return await read(self.services, self.id, dry=dry)

    async def franchises(self) -> list[list[str]]:
        """Of each the titles in release order, then its relations."""
        names = {one["id"]: one["name"]["main"] for one in (await self.admin.get("releases"))["items"]}
        found = []
        for item in (await self.admin.get("franchises"))["items"]:
            whole = await self.admin.get(f"franchises/{item['id']}")
            told = [f"{names[r['to_id']]} {r['kind']} {names[r['from_id']]}" for r in whole["relations"]]
            found.append([*(names[member["release"]["id"]] for member in whole["members"]), *sorted(told)])
        return sorted(found)

    async def problems(self, run: ImportRun) -> list[tuple[str, str, str]]:
        rows = (await self.admin.get(f"imports/runs/{run.id}/rows"))["items"]
        return [(one["key"], one["action"], one["fault"]["code"]) for one in rows]


@pytest.fixture
async def source(services: Services, app_client: AppClient, make_user: MakeUser) -> AsyncIterator[Source]:
    made = Source(services, Api(app_client, await make_user(Role.ADMIN)))
    app = web.Application()
    app.router.add_get("/all", made.answer)
    async with TestServer(app) as server:
        made.id = await registered(services, SourceKind.TABLE, url=str(server.make_url("/all")))
        yield made


async def test_works_that_belong_together_are_a_franchise(source: Source) -> None:
    """Whichever comes first, and whoever of the two says so."""
    run = await source.read(
        row("a", "sequel: b"),
        row("b"),
        row("c", {"kind": "Prequel", "key": "b"}, "side story: d"),
        row("alone", "sequel: gone"),
    )
    assert (run.state, run.counts) == (RunState.SUCCEEDED, {"created": 4})
    whole = ["Work a", "Work b", "Work c"]
    told = ["Work b sequel Work a", "Work c sequel Work b"]
    assert await source.franchises() == [[*whole, *told]], "what is not there yet waits"

    run = await source.read(*source.rows, row("d"))
    assert run.counts == {"created": 1, "unchanged": 4}
    assert await source.franchises() == [
        [*whole, "Work d", "Work b sequel Work a", "Work c sequel Work b", "Work d side_story Work c"]
    ]
    assert (await source.read(*source.rows)).counts == {"unchanged": 5}


async def test_many_are_made_in_several_transactions(source: Source) -> None:
    works = 3 * RELATED_AT_ONCE
    run = await source.read(*(row(f"{place:02}", f"prequel: {place - 1:02}") for place in range(works)))
    assert (run.state, run.counts) == (RunState.SUCCEEDED, {"created": works})
    [franchise] = (await source.admin.get("franchises"))["items"]
    whole = await source.admin.get(f"franchises/{franchise['id']}")
    assert (len(whole["members"]), len(whole["relations"])) == (works, works - 1)


async def test_a_circle_costs_one_relation_and_no_work(source: Source) -> None:
    run = await source.read(row("a", "sequel: b"), row("b", "sequel: c"), row("c", "sequel: a"), row("d", "sequel: d"))
    assert (run.state, run.counts) == (RunState.SUCCEEDED, {"created": 4, "failed": 1})
    assert await source.problems(run) == [("c", "failed", "relation_circle")]
    assert await source.franchises() == [["Work a", "Work b", "Work c", "Work b sequel Work a", "Work c sequel Work b"]]
    # It is told once: the next run has nothing new to say of it.
    assert (await source.read(*source.rows)).counts == {"unchanged": 4}


async def test_what_people_took_apart_stays_apart(source: Source) -> None:
    await source.read(row("a", "sequel: b"), row("b"))
    [franchise] = (await source.admin.get("franchises"))["items"]
    status, _ = await source.admin("DELETE", f"franchises/{franchise['id']}", None, if_match="*")
    assert status == 204
    assert (await source.read(row("a", "sequel: b", year=2001), row("b"))).counts == {"updated": 1, "unchanged": 1}
    assert await source.franchises() == []
    await source.read(row("a", "spin-off: b", year=2001), row("b"))
    assert await source.franchises() == [["Work a", "Work b", "Work b spin_off Work a"]], "that is something else"


async def test_a_relation_nobody_knows_costs_its_row_alone(source: Source) -> None:
    run = await source.read(row("a", "grandchild: b"), row("b", 7, None, "sequel"))
    assert run.counts == {"failed": 2}
    assert {code for _, _, code in await source.problems(run)} == {"unknown_relation"}
    run = await source.read(
        row("a", *(f"sequel: {number}" for number in range(500))), row("b", "sequel: " + "x" * 5_000)
    )
    assert run.counts == {"created": 2}
    assert await source.franchises() == []


async def test_a_work_that_somebody_decided_on_is_related_at_once(source: Source) -> None:
    ours = {"alias": "ours", "type": "TV", "name": {"main": "Work b"}}
    assert (await source.admin("POST", "releases", ours))[0] == 201
    run = await source.read(row("a", "sequel: b"), row("b", year=2001, episodes_total=12))
    assert run.counts == {"created": 1, "conflict": 1}
    assert await source.franchises() == []
    [waiting] = (await source.admin.get("imports/conflicts"))["items"]
    decision = {"decision": "same", "release_id": waiting["candidates"][0]["id"]}
    assert (await source.admin("POST", f"imports/conflicts/{waiting['id']}/decision", decision))[0] == 200
    assert await source.franchises() == [["Work a", "Work b", "Work b sequel Work a"]]


async def test_a_dry_run_shows_the_relations_it_would_make(source: Source) -> None:
    await source.read(row("a"), row("b", "sequel: late"), row("gone"), row("there", "sequel: a"))
    titles = {one["name"]["main"]: one["id"] for one in (await source.admin.get("releases"))["items"]}
    assert (await source.admin("DELETE", f"releases/{titles['Work gone']}", None, if_match="*"))[0] == 204
    before = await source.franchises()

    run = await source.read(
        row("a", "sequel: new", "side story: nowhere", "spin-off: gone", "prequel: there"),
        row("b", "sequel: late"),
        row("gone", "sequel: a"),
        row("there", "sequel: a"),
        row("late"),
        row("new", "sequel: a", "sequel: new"),
        dry=True,
    )
    assert run.state is RunState.SUCCEEDED
    rows = (await source.admin.get(f"imports/runs/{run.id}/rows"))["items"]
    told = {
        (one["key"], one["action"]): [(each["kind"], each["title"], each["release_id"]) for each in one["relations"]]
        for one in rows
    }
    assert told == {
        ("a", "unchanged"): [("sequel", "Work new", None)],
        ("b", "unchanged"): [("sequel", "Work late", None)],
        ("gone", "removed"): [],
        ("late", "created"): [],
        ("new", "created"): [],
        ("new", "failed"): [],
    }, "what is made already, or never can be, is not shown"
    (circle,) = [one["fault"] for one in rows if one["action"] == "failed"]
    assert circle["code"] == "relation_circle"
    assert run.rows_kept == len(rows)
    assert await source.franchises() == before, "and nothing is done"
    done = await source.read(*source.rows)
    assert done.counts == run.counts, "the run comes to what was shown"
    assert await source.franchises() == [
        ["Work b", "Work late", "Work late sequel Work b"],
        ["Work there", "Work a", "Work new", "Work a sequel Work there", "Work new sequel Work a"],
    ]


async def test_a_dry_run_knows_what_would_be_said_no_longer(source: Source) -> None:
    await source.read(row("a", "sequel: b"))
    run = await source.read(row("a"), row("b"), dry=True)
    assert [one["key"] for one in (await source.admin.get(f"imports/runs/{run.id}/rows"))["items"]] == ["b"]
    assert run.rows_kept == 1


async def test_a_dry_run_relates_what_is_found_by_its_title_alone(source: Source) -> None:
    """Such a row changes nothing and says nothing, and may be what another one belongs to."""
    for name in ("b", "c", "quiet"):
        ours = {"alias": name, "type": "TV", "name": {"main": f"Work {name}"}, "year": 2001}
        assert (await source.admin("POST", "releases", ours))[0] == 201
    ids = {one["name"]["main"]: one["id"] for one in (await source.admin.get("releases"))["items"]}
    rows = [row("a", "sequel: b"), row("b", year=2001), row("c", "side story: b", year=2001), row("quiet", year=2001)]
    run = await source.read(*rows, dry=True)
    assert run.counts == {"created": 1, "unchanged": 3}
    told = {
        one["key"]: [(each["kind"], each["title"], each["release_id"]) for each in one["relations"]]
        for one in (await source.admin.get(f"imports/runs/{run.id}/rows"))["items"]
    }
    ours = ids["Work b"]
    assert told == {"a": [("sequel", "Work b", ours)], "c": [("side_story", "Work b", ours)]}, "and nothing of others"
    assert run.rows_kept == len(told)
    done = await source.read(*rows)
    assert done.counts == run.counts
    [made] = await source.franchises()
    assert sorted(made) == ["Work a", "Work b", "Work b sequel Work a", "Work b side_story Work c", "Work c"]


async def test_a_dry_run_gives_a_release_to_one_record_alone(source: Source) -> None:
    """The second one of a title is another work, as in the run, though it comes many rows later."""
    ours = {"alias": "o", "type": "TV", "name": {"main": "One"}, "year": 2001}
    assert (await source.admin("POST", "releases", ours))[0] == 201
    others = [row(f"n{number:03}") for number in range(CHUNK_ROWS)]
    rows = [row("a", year=2001, title="One"), *others, row("b", "sequel: a", year=2001, title="One")]
    run = await source.read(*rows, dry=True)
    assert run.counts == {"created": CHUNK_ROWS + 1, "unchanged": 1}
    kept = (await source.admin.get(f"imports/runs/{run.id}/rows?page_size=100"))["items"]
    [said] = [one["relations"] for one in kept if one["key"] == "b"]
    assert [(each["kind"], each["title"]) for each in said] == [("sequel", "One")]
    done = await source.read(*rows)
    assert done.counts == run.counts
    [franchise] = (await source.admin.get("franchises"))["items"]
    whole = await source.admin.get(f"franchises/{franchise['id']}")
    assert [member["release"]["name"]["main"] for member in whole["members"]] == ["One", "One"]
