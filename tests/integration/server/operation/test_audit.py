"""Whatever happens is written down, with who caused it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kernel.access import Role
from kernel.outbox.relay import Relay
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser

RELEASE = {"alias": "big-buck-bunny", "type": "MOVIE", "name": {"main": "Big Buck Bunny"}}


async def audit(
    client: AppClient, container: Container, headers: dict[str, str], query: str = ""
) -> list[dict[str, Any]]:
    await Relay(container).drain()
    response = await client.get(f"/api/v1/admin/audit?{query}", headers=headers)
    assert response.status == 200, await response.text()
    items: list[dict[str, Any]] = (await response.json())["items"]
    return items


@pytest.mark.both_adapters
async def test_a_change_is_found_by_kind_by_person_and_by_thing(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    admin, editor = await make_user(Role.ADMIN), await make_user(Role.EDITOR)
    response = await app_client.post("/api/v1/releases", json=RELEASE, headers=editor.headers)
    release = await response.json()
    [entry] = await audit(app_client, container, admin.headers, "event=ReleaseCreated")
    assert entry["details"] == {"release_id": release["id"], "alias": "big-buck-bunny"}
    assert entry["request_id"] == response.headers["X-Request-Id"]
    assert entry["address"] == "127.0.0.1"
    for query in (f"actor_id={entry['actor_id']}&event=ReleaseCreated", f"subject_id={release['id']}"):
        assert await audit(app_client, container, admin.headers, query) == [entry]
    assert (
        await audit(app_client, container, admin.headers, f"subject_id={entry['actor_id']}&event=ReleaseCreated") == []
    )
    assert await audit(app_client, container, admin.headers, "event=ReleaseCreated&until=2020-01-01T00:00:00Z") == []


@pytest.mark.both_adapters
async def test_a_change_is_kept_with_what_was_there_before(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    admin, editor = await make_user(Role.ADMIN), await make_user(Role.EDITOR)
    made = await app_client.post("/api/v1/releases", json={**RELEASE, "genres": ["Comedy"]}, headers=editor.headers)
    release = await made.json()
    edited = {**RELEASE, "name": {"main": "Sintel"}, "description": "x" * 4_000, "genres": ["Comedy", "Drama"]}
    path = f"/api/v1/releases/{release['id']}"
    assert (await app_client.put(path, json=edited, headers=editor.headers)).status == 200
    assert (await app_client.put(path, json=edited, headers=editor.headers)).status == 200
    newest, before = await audit(app_client, container, admin.headers, "event=ReleaseUpdated")
    assert newest["details"]["changes"] == {}
    changes = before["details"]["changes"]
    nothing = {"english": None, "alternative": None}
    assert changes["name"] == [{"main": "Big Buck Bunny", **nothing}, {"main": "Sintel", **nothing}]
    assert changes["genres"] == [["Comedy"], ["Comedy", "Drama"]]
    assert changes["description"][0] == ""
    assert len(changes["description"][1]) == 500, "the log is no second copy of the catalogue"
    assert set(changes) == {"name", "genres", "description"}
    assert await audit(app_client, container, admin.headers, "field=description") == [before]
    assert await audit(app_client, container, admin.headers, "field=alias") == []
    async with app_client.get("/api/v1/admin/audit?field=%25", headers=admin.headers) as answer:
        assert answer.status == 422


@pytest.mark.both_adapters
async def test_the_database_refuses_to_change_it(container: Container, make_user: MakeUser) -> None:
    await make_user()
    await Relay(container).drain()
    for statement in ("UPDATE audit_log SET event = 'Nothing'", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with container.database.engine.begin() as connection:
                await connection.execute(text(statement))
    async with container.scope(write=False) as scope:
        kept = await scope.uow.session.scalar(text("SELECT count(*) FROM audit_log WHERE event = 'UserRegistered'"))
    assert kept == 1


async def test_it_is_for_administrators(app_client: AppClient, make_user: MakeUser) -> None:
    assert (await app_client.get("/api/v1/admin/audit")).status == 401
    moderator = await make_user(Role.MODERATOR)
    assert (await app_client.get("/api/v1/admin/audit", headers=moderator.headers)).status == 403


async def test_it_cannot_be_changed_over_http(app_client: AppClient, make_user: MakeUser) -> None:
    admin = await make_user(Role.ADMIN)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await app_client.request(method, "/api/v1/admin/audit", headers=admin.headers)).status == 405
