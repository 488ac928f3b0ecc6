"""Imports over the API: sources, runs, decisions, rules and locks."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from catalog.imports.sources.repository import import_source_table
from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.imports import work

SOURCE = {"slug": "bgm", "title": "Bangumi", "kind": "bangumi-data", "publish": True, "token": "s3cret"}
Send = Callable[..., Awaitable[Any]]


@pytest.fixture
async def send(app_client: AppClient, make_user: MakeUser) -> Send:
    admin = await make_user(Role.ADMIN)

    async def call(method: str, path: str, status: int, body: Any = None, data: bytes | None = None) -> Any:
        sent = {"data": data} if data is not None else {"json": body} if body is not None else {}
        headers = {**admin.headers, **({"Content-Type": "application/json"} if data is not None else {})}
        async with app_client.request(method, f"/api/v1{path}", headers=headers, **sent) as answer:
            text = await answer.text()
            assert answer.status == status, text
            return json.loads(text) if text else None

    return call


async def finished(send: Send, run_id: str) -> Any:
    for _ in range(400):
        run = await send("GET", f"/imports/runs/{run_id}", 200)
        if run["state"] not in {"queued", "running"}:
            return run
        await asyncio.sleep(0.025)
    raise TimeoutError(run)


async def imported(send: Send, source_id: str, items: list[Any], **order: Any) -> Any:
    await send(
        "POST", f"/imports/sources/{source_id}/file?name=data.json", 200, data=json.dumps({"items": items}).encode()
    )
    run = await send("POST", f"/imports/sources/{source_id}/runs", 202, order)
    return await finished(send, run["id"])


@pytest.mark.both_adapters
async def test_the_whole_way(send: Send, services: Services) -> None:
    source = await send("POST", "/imports/sources", 201, SOURCE)
    assert source["has_token"] is True
    assert "s3cret" not in json.dumps(source)
    await send("POST", "/imports/sources", 409, SOURCE)
    dry = await imported(send, source["id"], [work(1), work(2)], dry=True)
    assert (dry["state"], dry["counts"], dry["progress"]) == ("succeeded", {"created": 2}, 1.0)
    rows = await send("GET", f"/imports/runs/{dry['id']}/rows?action=created", 200)
    assert rows["total"] == 2
    assert {"field": "title", "before": None, "after": "作品 0001 号"} in rows["items"][0]["changes"]
    done = await imported(send, source["id"], [work(1), work(2)])
    assert done["counts"] == {"created": 2}
    release = (await send("POST", "/releases/search", 200, {"query": ""}))["items"][0]
    assert release["status"] == "published"

    # A lock, and an edit of the source that it keeps out.
    locked = await send("PUT", f"/releases/{release['id']}/locks", 200, {"fields": ["name"]})
    [lock] = locked["items"]
    assert (lock["field"], bool(lock["locked_by_name"])) == ("name", True)
    number = int(release["external_ids"]["mal"]) - 1
    changed = [work(number, title="Renamed", begin="2021-04-07T00:00:00.000Z")]
    assert (await imported(send, source["id"], changed))["counts"] == {"updated": 1}
    after = await send("GET", f"/releases/{release['id']}", 200)
    assert (after["name"]["main"], after["year"]) == (release["name"]["main"], 2021)

    # What is on the blacklist is not taken.
    for mark, value in (("external-id", "mal:4"), ("key", "bangumi/4"), ("title", "WORK  number 0003!")):
        entry = await send("POST", "/imports/blacklist", 201, {"mark": mark, "value": value, "reason": "no"})
        assert (await imported(send, source["id"], [work(3)]))["counts"] == {"blacklisted": 1}, mark
        await send("DELETE", f"/imports/blacklist/{entry['id']}", 204)
    assert (await imported(send, source["id"], [work(3)]))["counts"] == {"created": 1}

    # By its timetable.
    await send(
        "PUT", f"/imports/sources/{source['id']}", 200, {**SOURCE, "cron": "0 4 * * *", "time_zone": "Asia/Tokyo"}
    )
    await send("PUT", f"/imports/sources/{source['id']}", 400, {**SOURCE, "cron": "never"})
    async with services.container.scope(write=True) as scope:
        past = scope.clock.now() - timedelta(minutes=1)
        await scope.uow.session.execute(update(import_source_table).values(next_run_at=past))
    (timetables,) = [task for task in services.feature.periodic_tasks if task.name == "start_due_imports"]
    assert timetables.interval_s <= 60, "minutes are what timetables count in"
    await timetables.run(services.container)
    newest = (await send("GET", "/imports/runs", 200))["items"][0]
    assert newest["trigger"] == "timetable"
    assert (await finished(send, newest["id"]))["counts"] == {"unchanged": 1}
    assert (await send("GET", f"/imports/sources/{source['id']}", 200))["next_run_at"] > past.isoformat()

    # The emergency stops.
    await send("PUT", "/imports/stopped", 200, {"stopped": True})
    assert (await send("POST", f"/imports/sources/{source['id']}/runs", 409, {}))["code"] == "all_stopped"
    await send("PUT", "/imports/stopped", 200, {"stopped": False})
    await send("PUT", f"/imports/sources/{source['id']}/stopped", 200, {"stopped": True})
    assert (await send("POST", f"/imports/sources/{source['id']}/runs", 409, {}))["code"] == "source_stopped"
    await send("DELETE", f"/imports/sources/{source['id']}", 204)
    assert (await send("GET", "/imports/runs", 200))["total"] == 0


@pytest.mark.both_adapters
@pytest.mark.parametrize(("decision", "releases"), [("same", 1), ("new", 2), ("ignore", 1)])
async def test_a_decision_is_done_at_once_and_remembered(send: Send, decision: str, releases: int) -> None:
    ours = {"alias": "ours", "type": "TV", "name": {"main": "作品 0001 号"}}
    known = await send("POST", "/releases", 201, ours)
    source = await send("POST", "/imports/sources", 201, SOURCE)
    assert (await imported(send, source["id"], [work(1)]))["counts"] == {"conflict": 1}
    (waiting,) = (await send("GET", "/imports/conflicts", 200))["items"]
    assert (waiting["doubt"], [each["id"] for each in waiting["candidates"]]) == ("almost", [known["id"]])
    path = f"/imports/conflicts/{waiting['id']}/decision"
    assert (await send("POST", path, 400, {"decision": "same"}))["code"] == "decision_incomplete"
    decided = await send("POST", path, 200, {"decision": decision, "release_id": known["id"]})
    assert decided["decision"] == decision
    assert (await send("POST", path, 409, {"decision": "new"}))["code"] == "conflict_decided"
    assert (await send("GET", "/imports/conflicts", 200))["total"] == 0
    assert (await send("GET", "/imports/conflicts?decided=true", 200))["total"] == 1
    again = await imported(send, source["id"], [work(1)])
    assert again["counts"] == ({"ignored": 1} if decision == "ignore" else {"unchanged": 1})
    changed = await imported(send, source["id"], [work(1, begin="2003-04-07T00:00:00.000Z")])
    assert changed["counts"] == ({"ignored": 1} if decision == "ignore" else {"updated": 1})
    assert (await send("POST", "/releases/search", 200, {"query": ""}))["total"] == releases


async def test_what_is_wrong_is_said(send: Send) -> None:
    for wrong in ({"slug": "No slug"}, {"kind": "magic"}, {"more": 1}, {"cron": 5}):
        await send("POST", "/imports/sources", 422, {**SOURCE, **wrong})
    for odd, code in (({"time_zone": "Mars/Base", "cron": "@daily"}, "bad_source"), ({"cron": "* *"}, "bad_cron")):
        assert (await send("POST", "/imports/sources", 400, {**SOURCE, **odd}))["code"] == code
    source = await send("POST", "/imports/sources", 201, SOURCE)
    run = await send("POST", f"/imports/sources/{source['id']}/runs", 202, {})
    failed = await finished(send, run["id"])
    assert (failed["state"], failed["error"]) == ("failed", "This source cannot be: it has no file to read.")
    assert failed["fault"] == {"code": "no_file", "params": {}}
    assert (await send("GET", f"/imports/sources/{source['id']}", 200))["failures"] == 1
