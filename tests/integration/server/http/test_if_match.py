"""`If-Match` where a thing has no number that counts its changes: the tag is a digest of what people edit of it."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PIL import Image

from kernel.access import Role
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person
from tests.support.world import World

Edit = tuple[str, str, str, Any]
"""Method, address, address of the tag, what to send."""


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


async def profile(_: World) -> Edit:
    return "PATCH", "/auth/me", "/auth/me", {"nickname": "Another"}


async def avatar(_: World) -> Edit:
    return "PUT", "/auth/me/avatar", "/auth/me", picture()


async def webhook(world: World) -> Edit:
    path = f"/webhooks/{(await world.webhook())['webhook_id']}"
    return "PUT", path, path, {"url": "https://example.org/another", "events": ["ReleaseCreated"]}


async def team_avatar(world: World) -> Edit:
    path = f"/teams/{(await world.team())['team_id']}"
    return "PUT", f"{path}/avatar", path, picture()


async def role_order(world: World) -> Edit:
    path = f"/teams/{(await world.team())['team_id']}/roles"
    roles = (await world.ask("GET", path, world.owner))["items"]
    return "PUT", f"{path}/order", path, {"role_ids": [role["id"] for role in reversed(roles)]}


async def release_list(world: World, maker: str, key: str, of: str, **more: Any) -> Edit:
    ids = await getattr(world, maker)()
    path = f"/releases/{ids['release_id']}/{of}"
    made = await world.ask("POST", f"/{of if of != 'credits' else 'people'}", world.editor, {"name": "Another"})
    return "PUT", path, path, {"items": [{key: made["id"], **more}]}


async def staff(world: World) -> Edit:
    return await release_list(world, "made_by", "person", "credits", role="music")


async def studios(world: World) -> Edit:
    return await release_list(world, "studio", "studio", "studios")


async def tags(world: World) -> Edit:
    return await release_list(world, "tag", "tag", "tags", rank=70)


EDITS: list[Callable[[World], Awaitable[Edit]]] = [
    profile,
    avatar,
    webhook,
    team_avatar,
    role_order,
    staff,
    studios,
    tags,
]


@pytest.fixture
async def person(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


async def send(client: AppClient, who: Person, method: str, path: str, body: Any, **headers: str) -> tuple[int, str]:
    sent = {**who.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    given: dict[str, Any] = {"json": body} if not isinstance(body, bytes) else {"data": body}
    if isinstance(body, bytes):
        sent["Content-Type"] = "image/png"
    async with client.request(method, f"/api/v1{path}", headers=sent, **given) as answer:
        return answer.status, answer.headers.get("ETag", "")


@pytest.mark.both_adapters
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_based_on_what_was_is_refused(
    edit: Callable[[World], Awaitable[Edit]], app_client: AppClient, person: Person
) -> None:
    method, path, read, body = await edit(World(app_client, owner=person, editor=person))

    status, tag = await send(app_client, person, "GET", read, None)
    assert (status, bool(tag)) == (200, True)
    assert (await send(app_client, person, "GET", read, None, If_None_Match=tag))[0] == 304
    assert (await send(app_client, person, method, path, body, If_Match=tag))[0] == 200
    for stale in (tag, '"nonsense"', '"v72057594037927936"'):
        assert (await send(app_client, person, method, path, body, If_Match=stale))[0] == 412
    status, newer = await send(app_client, person, "GET", read, None)
    assert newer != tag
    assert (await send(app_client, person, method, path, body, If_Match=newer))[0] == 200
    assert (await send(app_client, person, method, path, body))[0] == 200, "without it the last writer wins"


async def test_what_is_not_edited_changes_the_answer_and_spoils_no_edit(app_client: AppClient, person: Person) -> None:
    """A delivery that failed meanwhile is news, but nothing that an edit of the address is based on."""
    world = World(app_client, owner=person, editor=person)
    method, path, read, body = await webhook(world)
    _, tag = await send(app_client, person, "GET", read, None)
    assert (await send(app_client, person, "POST", f"{path}/pause", {}))[0] == 200
    assert (await send(app_client, person, "GET", read, None, If_None_Match=tag))[0] == 200
    assert (await send(app_client, person, method, path, body, If_Match=tag))[0] == 200


async def test_a_comment_carries_its_version(app_client: AppClient, make_user: MakeUser) -> None:
    author, editor = await make_user(), await make_user(Role.EDITOR)
    world = World(app_client, owner=author, editor=editor)
    ids = await world.thing("/moderation/comments/{comment_id}")
    (comment,) = (await world.ask("GET", f"/moderation/proposals/{ids['proposal_id']}/comments", author))["items"]
    path = f"/moderation/comments/{ids['comment_id']}"
    status, newer = await send(app_client, author, "PUT", path, {"text": "Better"}, If_Match=f'"v{comment["version"]}"')
    assert status == 200
    assert (await send(app_client, author, "PUT", path, {"text": "Worse"}, If_Match=f'"v{comment["version"]}"'))[
        0
    ] == 412
    assert (await send(app_client, author, "PUT", path, {"text": "Best"}, If_Match=newer))[0] == 200
