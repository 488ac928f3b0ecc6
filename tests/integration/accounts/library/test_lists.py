"""Own lists over HTTP: made, filled, ordered, shown to others and to nobody else."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from accounts.identity.repository import users
from accounts.library.lists.model import MAX_ITEMS, MAX_LISTS, ListItem
from accounts.library.lists.positions import GAP
from accounts.library.lists.usecases import Lists
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def bob(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.fixture
async def editor(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.EDITOR))


async def make_list(api: Api, title: str = "Rainy days", **more: str) -> dict[str, Any]:
    status, body = await api("POST", "library/lists", {"title": title, **more})
    assert status == 201, body
    return dict(body)


async def fill(services: Services, list_id: str, count: int) -> list[str]:
    """Entries as they are stored, without a catalogue behind them."""
    ids = [new_id() for _ in range(count)]
    async with services.container.scope(write=True) as scope:
        lists, now = scope.port(Lists), scope.clock.now()
        items = [ListItem(release_id=id_, position=place * GAP, added_at=now) for place, id_ in enumerate(ids)]
        await lists.store_items(list_id, items)
    return ids


async def order_of(api: Api, list_id: str) -> list[str]:
    return [item["release_id"] for item in (await api.get(f"library/lists/{list_id}"))["items"]]


async def test_a_list_from_its_making_to_its_end(services: Services, ann: Api, editor: Api) -> None:
    one, two = await add_show(services, editor), await add_show(services, editor)
    made = await make_list(ann, "  Rainy days ", description="Tea and these.")
    assert (made["title"], made["visibility"], made["share_token"], made["items_count"]) == (
        "Rainy days",
        "private",
        None,
        0,
    )
    path = f"library/lists/{made['id']}"
    for show in (one, two):
        status, body = await ann("PUT", f"{path}/items/{show.release_id}", {"note": f"see {show.release_id[-4:]}"})
        assert status == 200, body
    assert body["items_count"] == 2
    assert await order_of(ann, made["id"]) == [one.release_id, two.release_id]
    for _ in range(2):  # adding twice is adding once, and keeps the note
        assert (await ann("PUT", f"{path}/items/{one.release_id}", {}))[0] == 200
    assert (await ann.get(path))["items"][0]["note"] == f"see {one.release_id[-4:]}"
    assert (await ann("PUT", f"{path}/items/{one.release_id}", {"note": ""}))[0] == 200
    assert (await ann.get(path))["items"][0]["note"] == ""
    holding = await ann.get(f"library/lists?release_id={one.release_id}")
    assert [row["holds"] for row in holding["items"]] == [True]

    assert (await ann("DELETE", f"{path}/items/{one.release_id}"))[0] == 204
    assert (await ann("DELETE", f"{path}/items/{one.release_id}"))[1]["code"] == "not_in_list"
    assert (await ann("PUT", f"{path}/items/{new_id()}", {}))[1]["code"] == "unknown_release"
    assert (await ann("PUT", path, {"title": "Snowy days"}))[1]["title"] == "Snowy days"
    assert [row["title"] for row in (await ann.get("library/lists"))["items"]] == ["Snowy days"]
    assert (await ann("DELETE", path))[0] == 204
    for method in ("GET", "DELETE"):
        assert (await ann(method, path))[1]["code"] == "list_not_found"
    assert (await ann.get("library/lists"))["items"] == []


async def test_an_edit_of_what_somebody_changed_meanwhile_is_refused(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor)
    made = await make_list(ann)
    path = f"library/lists/{made['id']}"
    await ann.get(path)
    seen = ann.etag
    assert seen == '"v1"'
    status, _ = await ann("PUT", path, {"title": "First"}, if_match=seen)
    assert (status, ann.etag) == (200, '"v2"')
    for method, end, body in (
        ("PUT", "", {"title": "Second"}),
        ("DELETE", "", None),
        ("POST", "/share", None),
        ("DELETE", "/share", None),
        ("PUT", f"/items/{show.release_id}", {}),
        ("DELETE", f"/items/{show.release_id}", None),
        ("PUT", f"/items/{show.release_id}/place", {"after": None}),
    ):
        status, problem = await ann(method, path + end, body, if_match=seen)
        assert (status, problem["code"]) == (412, "stale"), (method, end)
    assert (await ann.get(path))["title"] == "First"
    assert (await ann("PUT", f"{path}/items/{show.release_id}", {}, if_match='"v2"'))[0] == 200, "entries count too"
    assert ann.etag == '"v3"'


async def test_entries_move_and_none_is_lost(services: Services, ann: Api) -> None:
    made = await make_list(ann)
    a, b, c, d = await fill(services, made["id"], 4)
    path = f"library/lists/{made['id']}/items"

    async def move(release_id: str, after: str | None) -> list[str]:
        status, body = await ann("PUT", f"{path}/{release_id}/place", {"after": after})
        assert status == 200, body
        return await order_of(ann, made["id"])

    assert await move(d, None) == [d, a, b, c]
    assert await move(d, c) == [a, b, c, d]
    assert await move(a, b) == [b, a, c, d]
    assert await move(a, b) == [b, a, c, d]
    assert await move(a, a) == [b, a, c, d]
    # So often at one spot that the numbers between two neighbours are used up.
    for moving in itertools.islice(itertools.cycle((c, d)), 24):
        order = await move(moving, b)
        assert order[:2] == [b, moving]
    assert sorted(order) == sorted([a, b, c, d])
    assert (await ann("PUT", f"{path}/{new_id()}/place", {"after": None}))[1]["code"] == "not_in_list"
    assert (await ann("PUT", f"{path}/{a}/place", {"after": new_id()}))[1]["code"] == "not_in_list"


@pytest.mark.both_adapters
async def test_moves_at_once_lose_no_entry(services: Services, ann: Api, editor: Api) -> None:
    """Six devices move, add and remove at the same time, without knowing of each other."""
    shows = [await add_show(services, editor, episodes=1) for _ in range(3)]
    made = await make_list(ann)
    ids = await fill(services, made["id"], 8)
    path = f"library/lists/{made['id']}/items"
    moves = [ann("PUT", f"{path}/{ids[n]}/place", {"after": ids[7 - n] if n % 2 else None}) for n in range(6)]
    adds = [ann("PUT", f"{path}/{show.release_id}", {}) for show in shows]
    answers = await asyncio.gather(*moves, *adds, ann("DELETE", f"{path}/{ids[7]}"))
    assert {status for status, _ in answers} <= {200, 204, 404}, "a move after the removed one may find it gone"
    assert sorted(await order_of(ann, made["id"])) == sorted([*ids[:7], *(show.release_id for show in shows)])
    assert (await ann.get(f"library/lists/{made['id']}"))["items_count"] == 10


@pytest.mark.both_adapters
async def test_who_may_see_a_list(services: Services, app_client: AppClient, ann: Api, bob: Api) -> None:
    made = await make_list(ann, description="Mine.")
    await fill(services, made["id"], 2)
    path, owner = f"library/lists/{made['id']}", ann.person

    async def seen_by_anybody(address: str) -> int:
        async with app_client.get(f"/api/v1/{address}") as answer:
            body = await answer.json()
            if answer.status == 200:
                assert body["owner"] == {"id": owner.user_id, "nickname": owner.nickname}
                assert len(body["items"]) == 2
                assert "share_token" not in body
            return answer.status

    assert await seen_by_anybody(f"lists/{made['id']}") == 404
    assert (await bob("GET", f"lists/{made['id']}"))[0] == 404
    assert (await ann("GET", f"lists/{made['id']}"))[0] == 200

    _, unlisted = await ann("PUT", path, {"title": "x", "visibility": "unlisted"})
    token = unlisted["share_token"]
    assert len(token) == 32
    assert await seen_by_anybody(f"lists/shared/{token}") == 200
    assert await seen_by_anybody(f"lists/{made['id']}") == 404, "its number is no secret"
    assert (await bob.get(f"users/{owner.user_id}/lists"))["items"] == []
    async with app_client.get(f"/api/v1/lists/shared/{token}") as answer:
        assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "no-referrer")

    _, renewed = await ann("POST", f"{path}/share")
    assert renewed["share_token"] != token
    assert await seen_by_anybody(f"lists/shared/{token}") == 404
    assert await seen_by_anybody(f"lists/shared/{renewed['share_token']}") == 200
    assert (await ann("DELETE", f"{path}/share"))[0] == 204
    assert await seen_by_anybody(f"lists/shared/{renewed['share_token']}") == 404
    assert (await ann.get(path))["visibility"] == "private"

    await ann("PUT", path, {"title": "x", "visibility": "public"})
    assert await seen_by_anybody(f"lists/{made['id']}") == 200
    assert [row["id"] for row in (await bob.get(f"users/{owner.user_id}/lists"))["items"]] == [made["id"]]
    async with services.container.scope(write=True) as scope:
        banned = update(users).where(users.c.id == owner.user_id)
        await scope.uow.session.execute(banned.values(banned_at=scope.clock.now()))
    assert await seen_by_anybody(f"lists/{made['id']}") == 404, "of somebody who was banned nothing is shown"
    assert (await bob.get(f"users/{owner.user_id}/lists"))["items"] == []
    async with services.container.scope(write=True) as scope:
        await scope.uow.session.execute(banned.values(banned_at=None))
    await ann("DELETE", path)
    assert await seen_by_anybody(f"lists/{made['id']}") == 404
    assert (await bob.get(f"users/{owner.user_id}/lists"))["items"] == []
    assert (await bob.get(f"users/{new_id()}/lists"))["items"] == []


async def test_nobody_else_reads_or_writes_it_as_their_own(
    services: Services, app_client: AppClient, ann: Api, make_user: MakeUser
) -> None:
    others = [(role, Api(app_client, await make_user(role))) for role in (Role.USER, Role.ADMIN)]
    for visibility, (role, other) in itertools.product(("private", "unlisted", "public"), others):
        made = await make_list(ann, visibility=visibility)
        (held,) = await fill(services, made["id"], 1)
        path = f"library/lists/{made['id']}"
        before = await ann.get(path)
        assert (await other.get("library/lists"))["items"] == []
        for method, end, body in (
            ("GET", "", None),
            ("PUT", "", {"title": "Mine now"}),
            ("DELETE", "", None),
            ("POST", "/share", None),
            ("DELETE", "/share", None),
            ("PUT", f"/items/{held}", {"note": "was here"}),
            ("DELETE", f"/items/{held}", None),
            ("PUT", f"/items/{held}/place", {"after": None}),
        ):
            status, problem = await other(method, path + end, body)
            assert (status, problem["code"]) == (404, "list_not_found"), (visibility, role, method, end)
        assert await ann.get(path) == before


async def test_lists_and_entries_have_an_end(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor)
    made = await make_list(ann)
    await fill(services, made["id"], MAX_ITEMS)
    status, problem = await ann("PUT", f"library/lists/{made['id']}/items/{show.release_id}", {})
    assert (status, problem["code"]) == (409, "list_is_full")
    async with services.container.scope(write=True) as scope:
        lists = scope.port(Lists)
        (row,) = await lists.of_owner(ann.person.user_id)
        for number in range(MAX_LISTS - 1):
            await lists.store(replace(row, id=new_id(), title=f"List {number}"))
    status, problem = await ann("POST", "library/lists", {"title": "One more"})
    assert (status, problem["code"]) == (409, "too_many_lists")
    assert len((await ann.get("library/lists"))["items"]) == MAX_LISTS


@pytest.mark.both_adapters
async def test_other_devices_learn_of_lists_and_that_they_are_gone(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor)
    kept, gone = await make_list(ann, "Kept"), await make_list(ann, "Gone")
    first = await ann.get("library/changes")
    assert {row["title"] for row in first["lists"]} == {"Kept", "Gone"}
    await ann("PUT", f"library/lists/{kept['id']}/items/{show.release_id}", {})
    await ann("DELETE", f"library/lists/{gone['id']}")
    second = await ann.get(f"library/changes?since={first['revision']}")
    assert [(row["id"], row["removed"], row["version"]) for row in second["lists"]] == [
        (kept["id"], False, 2),
        (gone["id"], True, 2),
    ]
    assert second["lists"][1]["title"] == "", "what it said is nobody's business any more"
    assert (await ann.get(f"library/changes?since={second['revision']}"))["lists"] == []
    assert (await editor.get("library/changes"))["lists"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": "   "},
        {"title": "x" * 121},
        {"title": "x", "description": "x" * 2_001},
        {"title": "x", "visibility": "everybody"},
        {"title": "x", "owner_id": new_id()},
        {"title": "x", "share_token": "chosen-by-me"},
        {"title": ["x"]},
    ],
)
async def test_hostile_lists(ann: Api, body: dict[str, Any]) -> None:
    assert (await ann("POST", "library/lists", body))[0] == 422


async def test_signed_out_one_has_no_lists(app_client: AppClient) -> None:
    id_ = new_id()
    for method, path in (
        ("GET", "library/lists"),
        ("POST", "library/lists"),
        ("GET", f"library/lists/{id_}"),
        ("PUT", f"library/lists/{id_}"),
        ("DELETE", f"library/lists/{id_}"),
        ("POST", f"library/lists/{id_}/share"),
        ("DELETE", f"library/lists/{id_}/share"),
        ("PUT", f"library/lists/{id_}/items/{id_}"),
        ("DELETE", f"library/lists/{id_}/items/{id_}"),
        ("PUT", f"library/lists/{id_}/items/{id_}/place"),
        ("GET", "library/export"),
        ("POST", "library/import"),
        ("GET", f"library/import/{id_}"),
        ("GET", f"library/import/{id_}/rows"),
        ("POST", f"library/import/{id_}/apply"),
        ("DELETE", f"library/import/{id_}"),
    ):
        async with app_client.request(method, f"/api/v1/{path}") as answer:
            assert answer.status == 401, (method, path)
