"""What an administrator sees of the program: counts, jobs, and events that nobody took."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select

from kernel.access import Role
from kernel.clock import SystemClock
from kernel.errors import Invalid
from kernel.ids import new_id
from kernel.jobs import JobContext, JobKind, Jobs
from kernel.outbox.outbox import outbox_table
from kernel.outbox.relay import MAX_ATTEMPTS, Relay
from kernel.scope import Container
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person


@pytest.fixture
async def admin(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


async def get(client: AppClient, path: str, who: Person) -> Any:
    async with client.get(f"/api/v1/admin{path}", headers=who.headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_counts(app_client: AppClient, admin: Person, make_user: MakeUser) -> None:
    ann = await make_user()
    before = await get(app_client, "/overview", admin)
    assert (before["users"], before["banned_users"]) == (2, 0)
    assert 0 < before["disk"]["free_bytes"] < before["disk"]["total_bytes"]
    path = f"/api/v1/admin/users/{ann.user_id}/ban"
    assert (await app_client.post(path, json={"reason": "spam"}, headers=admin.headers)).status == 200
    assert (await get(app_client, "/overview", admin))["banned_users"] == 1


@pytest.mark.both_adapters
async def test_jobs_are_listed_with_their_reasons(
    app_client: AppClient, admin: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_job: JobContext, _payload: dict[str, Any]) -> None:
        raise Invalid("this is no video")

    monkeypatch.setitem(services.jobs.kinds, "ingest", JobKind(refuse))
    async with services.container.scope(write=True) as scope:
        job_id = await scope.port(Jobs).enqueue("ingest", {}, owner_id=admin.user_id)
    async with asyncio.timeout(20):
        while not (page := await get(app_client, "/jobs?state=failed", admin))["total"]:
            await asyncio.sleep(0.05)
    assert [(job["id"], job["error"]["message"], job["owner_id"]) for job in page["items"]] == [
        (job_id, "this is no video", admin.user_id)
    ]
    assert (await get(app_client, "/jobs?state=running", admin))["items"] == []
    assert (await get(app_client, "/overview", admin))["jobs"]["failed"] == 1


async def test_people_stop_their_jobs_and_administrators_all(
    app_client: AppClient, admin: Person, make_user: MakeUser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def hang(_job: JobContext, _payload: dict[str, Any]) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("kernel.jobs.runner.HEARTBEAT_S", 0.02)
    monkeypatch.setitem(services.jobs.kinds, "ingest", JobKind(hang, is_stoppable=True))
    ann = await make_user(Role.EDITOR, "Ann")
    async with services.container.scope(write=True) as scope:
        first, second, third = [await scope.port(Jobs).enqueue("ingest", {}, owner_id=ann.user_id) for _ in range(3)]
    async with asyncio.timeout(20):
        await begun.wait()

    async def ask(who: Person, method: str, path: str, status: int, **body: Any) -> Any:
        async with app_client.request(method, f"/api/v1{path}", headers=who.headers, json=body or None) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json() if answer.status == 200 else None

    await ask(admin, "PUT", f"/admin/jobs/{third}/priority", 204, priority="high")
    await ask(admin, "PUT", f"/admin/jobs/{third}/priority", 422, priority="highest")
    await ask(admin, "PUT", f"/admin/jobs/{first}/priority", 409, priority="low")
    waiting = (await get(app_client, "/jobs?state=queued", admin))["items"]
    assert [(job["id"], job["priority"]) for job in waiting] == [(third, "high"), (second, "normal")]
    assert (waiting[0]["owner_nickname"], waiting[0]["is_stoppable"]) == ("Ann", True)

    assert (await ask(ann, "POST", f"/jobs/{second}/cancel", 200))["state"] == "cancelled"
    assert (await ask(ann, "POST", f"/jobs/{second}/retry", 200))["state"] == "queued"
    await ask(ann, "POST", f"/jobs/{second}/retry", 409)
    stopping = await ask(admin, "POST", f"/jobs/{first}/cancel", 200)
    assert stopping["state"] == "cancelled" or stopping["is_stopping"]
    async with asyncio.timeout(20):
        while (await ask(ann, "GET", f"/jobs/{first}", 200))["state"] != "cancelled":
            await asyncio.sleep(0.02)
    await ask(ann, "POST", f"/jobs/{first}/cancel", 409)
    await Relay(services.container).drain()
    acts = (await get(app_client, "/audit?subject_id=" + first, admin))["items"]
    assert [(act["event"], act["actor_id"]) for act in acts] == [("JobCancelled", admin.user_id)]


@pytest.mark.both_adapters
async def test_an_event_that_nobody_took_is_tried_again(
    app_client: AppClient, admin: Person, container: Container
) -> None:
    now, row_id = SystemClock().now(), new_id()
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(
            insert(outbox_table).values(
                id=row_id,
                subscriber="server.bridges.audited",
                event="RoleChanged",
                payload={"at": now.isoformat(), "user_id": admin.user_id, "before": "user", "after": "admin"},
                origin={},
                not_before=now,
                attempts=MAX_ATTEMPTS,
                failed_at=now,
                last_error="ConnectionError: gone",
            )
        )
    page = await get(app_client, "/deliveries", admin)
    assert [(row["id"], row["event"], row["last_error"]) for row in page["items"]] == [
        (row_id, "RoleChanged", "ConnectionError: gone")
    ]
    retry = f"/api/v1/admin/deliveries/{row_id}/retry"
    assert (await app_client.post(retry, headers=admin.headers)).status == 204
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        left = await scope.uow.session.execute(select(outbox_table).where(outbox_table.c.id == row_id))
        assert left.one_or_none() is None, "delivered"
    assert (await app_client.post(retry, headers=admin.headers)).status == 404


async def test_a_moderator_signs_somebody_out_everywhere(app_client: AppClient, make_user: MakeUser) -> None:
    moderator, ann = await make_user(Role.MODERATOR), await make_user()
    path = f"/api/v1/admin/users/{ann.user_id}/sessions"
    assert (await app_client.delete(path, headers=moderator.headers)).status == 204
    assert (await app_client.get("/api/v1/auth/me", headers=ann.headers)).status == 401
    above = f"/api/v1/admin/users/{moderator.user_id}/sessions"
    assert (await app_client.delete(above, headers=moderator.headers)).status == 403
