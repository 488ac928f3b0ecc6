"""Many releases at once."""

from typing import Any

import pytest

from catalog.releases.bulk.model import BULK_MAX
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.releases.audited import actions_of
from tests.support.catalog.library import Api


async def make(editor: Api, **facts: Any) -> str:
    body = {"alias": f"show-{new_id()}", "type": "TV", "name": {"main": "Show"}, "genres": ["Drama"], **facts}
    status, made = await editor("POST", "releases", body)
    assert status == 201, made
    return str(made["id"])


@pytest.mark.both_adapters
async def test_a_dry_run_then_the_change(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    first, second, full = (
        await make(editor),
        await make(editor, season="spring", genres=["Комедия"]),
        await make(editor, genres=[f"Genre {number}" for number in range(30)]),
    )
    missing = new_id()
    change: dict[str, Any] = {
        "ids": [first, second, full, missing, first],
        "set": {"season": "spring", "airing_status": "ongoing"},
        "add_genres": ["Comedy"],
        "remove_genres": ["drama"],
        "action": "publish",
    }
    status, dry = await editor("POST", "releases/bulk", {**change, "dry_run": True})
    assert (status, dry["applied"], dry["changed"], dry["failed"]) == (200, False, 2, 2)
    assert [(item["id"], item["state"]) for item in dry["items"]] == [
        (first, "changed"), (second, "changed"), (full, "failed"), (missing, "failed"),
    ]  # fmt: skip
    assert [item["error"]["code"] for item in dry["items"][2:]] == ["too_many_genres", "release_not_found"]
    assert {one["field"]: (one["before"], one["after"]) for one in dry["items"][0]["changes"]} == {
        "season": (None, "spring"),
        "airing_status": ("finished", "ongoing"),
        "genres": (["Drama"], ["Comedy"]),
        "status": ("draft", "published"),
    }
    assert "season" not in [one["field"] for one in dry["items"][1]["changes"]]

    _, refused = await editor("POST", "releases/bulk", {**change, "all_or_nothing": True})
    assert refused == dry
    assert (await editor.get(f"releases/{first}"))["version"] == 1

    _, done = await editor("POST", "releases/bulk", change)
    assert done == {**dry, "applied": True}
    after = await editor.get(f"releases/{first}")
    assert (after["season"], after["is_ongoing"], after["status"]) == ("spring", True, "published")
    assert [genre["name"] for genre in after["genres"]] == ["Comedy"]
    assert (await editor.get(f"releases/{full}"))["status"] == "draft"
    assert {"ReleaseUpdated", "ReleasePublished"} <= set(await actions_of(services.container, first))
    _, again = await editor("POST", "releases/bulk", {**change, "ids": [first]})
    assert (again["unchanged"], again["items"][0]["changes"]) == (1, [])


async def test_what_may_not_be_done_to_many(app_client: AppClient, make_user: MakeUser) -> None:
    editor, moderator = [Api(app_client, await make_user(role)) for role in (Role.EDITOR, Role.MODERATOR)]
    one = await make(editor)
    assert (await editor("POST", "releases/bulk", {"ids": [one], "action": "delete"}))[0] == 403
    assert (await editor("POST", "releases/bulk", {"ids": [one]}))[1]["code"] == "nothing_to_change"
    wrongs: tuple[dict[str, Any], ...] = (
        {"ids": []},
        {"ids": [new_id() for _ in range(BULK_MAX + 1)]},
        {"ids": ["show"]},
        {"ids": [one], "action": "purge"},
        {"ids": [one], "set": {"alias": "x"}},
        {"ids": [one], "set": {"year": 99999}},
        {"ids": [one], "set": {"type": None}},
        {"ids": [one], "add_genres": ["x"] * 31},
    )
    for wrong in wrongs:
        assert (await editor("POST", "releases/bulk", {"action": "publish", **wrong}))[0] == 422, wrong
    status, done = await moderator("POST", "releases/bulk", {"ids": [one], "action": "delete"})
    assert (status, done["changed"]) == (200, 1)
    assert (await moderator.get("releases/deleted"))["items"][0]["id"] == one
