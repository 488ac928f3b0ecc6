"""Whatever happens is written down, with who caused it."""

from typing import Any

from kernel.access import Role
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser

RELEASE = {"alias": "big-buck-bunny", "type": "MOVIE", "name": {"main": "Big Buck Bunny"}}


async def audit(
    client: AppClient, container: Container, headers: dict[str, str], query: str = ""
) -> list[dict[str, Any]]:
    await container.relay.drain()
    response = await client.get(f"/api/v1/admin/audit?{query}", headers=headers)
    assert response.status == 200, await response.text()
    items: list[dict[str, Any]] = (await response.json())["items"]
    return items


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


async def test_it_is_for_administrators(app_client: AppClient, make_user: MakeUser) -> None:
    assert (await app_client.get("/api/v1/admin/audit")).status == 401
    moderator = await make_user(Role.MODERATOR)
    assert (await app_client.get("/api/v1/admin/audit", headers=moderator.headers)).status == 403


async def test_it_cannot_be_changed_over_http(app_client: AppClient, make_user: MakeUser) -> None:
    admin = await make_user(Role.ADMIN)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await app_client.request(method, "/api/v1/admin/audit", headers=admin.headers)).status == 405
