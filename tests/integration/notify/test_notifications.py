"""Being told, reading it, and turning it off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import func, select

import catalog.releases.episodes.usecases
import catalog.releases.usecases
import notify.notifications.jobs
from accounts.identity.errors import AccountBanned
from accounts.library.collections.model import ShelfName
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.notifications.model import KEPT, MAX_KEPT, Notice, NotificationKind
from notify.notifications.repository import SqlNotifications, notices, notifications
from streaming.ingest.model import AssetReady, IngestFailed, IngestInterrupted, NotMedia
from streaming.uploads.model import Upload, UploadId
from streaming.uploads.usecases import Uploads
from tests.conftest import AppClient, MakeUser
from tests.support.people import PASSWORD, Person
from tests.support.realtime.party import Player

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

Publish = Callable[[int], Awaitable[str]]


@dataclass
class Address:
    url: str


async def call(client: AppClient, method: str, path: str, who: Person | None, body: Any = None) -> tuple[int, Any]:
    headers = who.headers if who else {}
    async with client.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if await answer.read() else None  # a copy of one's data has no length


async def told(client: AppClient, who: Person, query: str = "") -> list[dict[str, Any]]:
    status, body = await call(client, "GET", f"/notifications{query}", who)
    assert status == 200, body
    return list(body["items"])


async def unread(client: AppClient, who: Person) -> int:
    return int((await call(client, "GET", "/notifications/unread", who))[1]["unread_count"])


@pytest.fixture
async def release_id(container: Container) -> str:
    """A published release without episodes."""
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft(
            f"show-{new_id()}", ReleaseType.TV, Names("Moon Road", english="Moonlit Road"), episodes_total=12
        )
        release = await catalog.releases.usecases.create_release(context, draft, ())
        await catalog.releases.usecases.publish_release(context, release.id)
    return release.id


@pytest.fixture
def publish(container: Container, release_id: str) -> Publish:
    """Publish an episode of the release, and wait until everybody was told."""

    async def episode(ordinal: int) -> str:
        async with container.scope(write=True) as scope:
            context = context_of(scope)
            added = await catalog.releases.episodes.usecases.add_episode(context, release_id, EpisodeDraft(ordinal))
            await scope.uow.session.flush()
            await catalog.releases.episodes.usecases.media_ready(
                context, added.id, duration_ms=1_440_000, thumbnail_url=None
            )
            await catalog.releases.episodes.usecases.publish_episode(context, added.id)
        await Relay(container).drain()
        return added.id

    return episode


async def give(
    container: Container,
    who: Person,
    count: int,
    *,
    kind: NotificationKind = NotificationKind.ROLE_CHANGED,
    age_days: int = 0,
) -> None:
    """``count`` notifications, made as the server makes them."""
    async with container.scope(write=True) as scope:
        at = scope.clock.now() - timedelta(days=age_days)
        for number in range(count):
            notice = Notice(kind=kind, at=at, params={"number": number})
            await SqlNotifications(scope.uow).send(notice, [who.user_id])


async def test_fans_hear_of_a_new_episode_at_once_and_others_do_not(
    app_client: AppClient, container: Container, make_user: MakeUser, release_id: str, publish: Publish
) -> None:
    likes, watches, plans, dropped, liked, stranger = [await make_user() for _ in range(6)]
    for person in (likes, liked):
        await call(app_client, "POST", f"/favorites/{release_id}", person)
    await call(app_client, "DELETE", f"/favorites/{release_id}", liked)
    for person, shelf in ((watches, ShelfName.WATCHING), (plans, ShelfName.PLANNED), (dropped, ShelfName.ABANDONED)):
        await call(app_client, "PUT", f"/library/collections/{release_id}", person, {"type": shelf.value})
    await call(app_client, "PUT", f"/library/collections/{release_id}", likes, {"type": "WATCHING"})
    here = Address(str(app_client.make_url("/")).rstrip("/"))
    async with Player(here, token=likes.access_token) as socket:
        episode_id = await publish(3)
        pushed = await socket.hears("notification")
    [mine] = await told(app_client, likes)
    assert {name: mine[name] for name in ("kind", "link", "read_at")} == {
        "kind": "episode_published", "link": f"/watch/{episode_id}", "read_at": None,
    }  # fmt: skip
    assert mine["params"] == {
        "release": "Moon Road", "release_english": "Moonlit Road",
        "ordinal": 3.0, "name": "", "count": 1, "first": 3.0, "last": 3.0,
    }  # fmt: skip
    assert pushed["unread_count"] == 1
    assert {name: pushed[name] for name in ("id", "kind", "params", "link")} == {
        name: mine[name] for name in ("id", "kind", "params", "link")
    }
    for person in (watches, plans):
        assert [one["id"] for one in await told(app_client, person)] == [mine["id"]]
    for person in (dropped, liked, stranger):
        assert await told(app_client, person) == []


async def test_a_season_put_up_in_an_evening_is_one_line(
    app_client: AppClient, make_user: MakeUser, release_id: str, publish: Publish
) -> None:
    ann, bob = await make_user(), await make_user()
    for person in (ann, bob):
        await call(app_client, "POST", f"/favorites/{release_id}", person)
    await publish(1)
    await call(app_client, "POST", "/notifications/read", bob, {"all": True})
    await publish(2)
    await publish(3)
    [line] = await told(app_client, ann)
    assert (line["params"]["count"], line["params"]["first"], line["params"]["last"]) == (3, 1.0, 3.0)
    assert line["link"] == f"/releases/{release_id}"
    assert [one["read_at"] is None for one in await told(app_client, bob)] == [True, False], "what was read stays"


async def test_telling_many_takes_no_more_statements_than_telling_few(
    app_client: AppClient, container: Container, make_user: MakeUser, release_id: str, publish: Publish
) -> None:
    statements: list[str] = []
    engine = container.database.engine.sync_engine
    counts: list[int] = []
    for _ in range(2):
        for _ in range(4):
            await call(app_client, "POST", f"/favorites/{release_id}", await make_user())
        await Relay(container).drain()

        def count(*arguments: Any) -> None:
            if "notifications" in arguments[2]:
                statements.append(arguments[2])

        hooks.listen(engine, "before_cursor_execute", count)
        await publish(len(counts) + 1)
        hooks.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
        statements.clear()
    assert counts[0] == counts[1] > 0


async def test_a_draft_says_nothing_to_anybody(
    app_client: AppClient, container: Container, make_user: MakeUser, release_id: str, publish: Publish
) -> None:
    ann = await make_user()
    await call(app_client, "POST", f"/favorites/{release_id}", ann)
    async with container.scope(write=True) as scope:
        release = await scope.port(Releases).get(release_id)
        assert release is not None
        release.status = catalog.releases.model.Status.DRAFT
    await publish(1)
    assert await told(app_client, ann) == []


async def test_one_hears_of_a_sign_in_from_a_new_device_and_of_a_new_password(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    ann = await make_user()
    await Relay(container).drain()
    assert await told(app_client, ann) == [], "registering is no news"
    for _ in range(2):
        async with app_client.post(
            "/api/v1/auth/login", json={"login": ann.email, "password": PASSWORD}, headers={"User-Agent": FIREFOX}
        ) as answer:
            assert answer.status == 200
        await Relay(container).drain()
    [line] = await told(app_client, ann)
    assert (line["kind"], line["link"]) == ("signed_in", "/account")
    assert line["params"] == {"browser": "Firefox", "device": "Linux", "address": "127.0.0.1"}
    body = {"current_password": PASSWORD, "new_password": "eleven quiet herons"}
    assert (await call(app_client, "POST", "/auth/password", ann, body))[0] in {200, 204}
    await Relay(container).drain()
    assert [one["kind"] for one in await told(app_client, ann)] == ["password_changed", "signed_in"]


async def test_one_hears_of_a_role_and_of_the_end_of_a_ban(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    admin, ann = await make_user(Role.ADMIN), await make_user()
    await call(app_client, "PUT", f"/admin/users/{ann.user_id}/role", admin, {"role": "editor"})
    await call(app_client, "POST", f"/admin/users/{ann.user_id}/ban", admin, {"reason": "spam"})
    assert (await call(app_client, "POST", "/auth/login", None, {"login": ann.email, "password": PASSWORD}))[1][
        "code"
    ] == AccountBanned.code
    await call(app_client, "DELETE", f"/admin/users/{ann.user_id}/ban", admin)
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        kept = await SqlNotifications(scope.uow).page(ann.user_id, before=None, unread=False, limit=10)
    assert [one.kind for one in kept] == ["ban_lifted", "role_changed"]
    assert kept[1].params == {"before": "user", "after": "editor"}


async def test_the_uploader_hears_how_the_ingest_ended(
    app_client: AppClient, container: Container, make_user: MakeUser, publish: Publish, release_id: str
) -> None:
    editor = await make_user(Role.EDITOR)
    episode_id = await publish(5)
    asset = {"asset_id": new_id(), "episode_id": episode_id}

    async def happens(event: Any) -> None:
        async with container.scope(write=True) as scope:
            scope.uow.record(event)
        await Relay(container).drain()

    now = container.clock.now()
    await happens(IngestFailed(at=now, **asset, code=NotMedia.code, reason="nobody uploaded this"))
    async with container.scope(write=True) as scope:
        upload = Upload(
            id=UploadId(new_id()), owner_id=editor.user_id, episode_id=episode_id, file_name="five.mkv",
            size_bytes=9, created_at=now, expires_at=now, job_id=new_id(),
        )  # fmt: skip
        scope.port(Uploads).add(upload)
    await happens(IngestFailed(at=now, **asset, code=IngestInterrupted.code, reason="tried again by itself"))
    assert await told(app_client, editor) == []
    await happens(IngestFailed(at=now, **asset, code=NotMedia.code, reason="This is no video."))
    [failed] = await told(app_client, editor)
    assert (failed["kind"], failed["link"]) == ("ingest_failed", f"/studio/releases/{release_id}")
    assert failed["params"] == {
        "release": "Moon Road", "release_english": "Moonlit Road", "ordinal": 5.0, "file": "five.mkv", "code": "not_media", "reason": "This is no video.",
    }  # fmt: skip
    await happens(AssetReady(at=now, **asset, duration_ms=1_000, height_px=720))
    assert [one["kind"] for one in await told(app_client, editor)] == ["ingest_finished"], "the failure gave way"


@pytest.mark.both_adapters
async def test_reading_reaches_ones_other_devices_and_nobody_else(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    await give(container, ann, 5)
    await give(container, bob, 2)
    lines = await told(app_client, ann)
    assert await unread(app_client, ann) == 5
    here = Address(str(app_client.make_url("/")).rstrip("/"))
    async with Player(here, token=ann.access_token) as socket:
        read = [lines[0]["id"], (await told(app_client, bob))[0]["id"], new_id()]
        assert await call(app_client, "POST", "/notifications/read", ann, {"ids": read}) == (200, {"unread_count": 4})
        assert (await socket.hears("notifications:unread"))["unread_count"] == 4
        body = {"before": lines[3]["id"]}
        assert (await call(app_client, "POST", "/notifications/read", ann, body))[1] == {"unread_count": 2}
        assert (await call(app_client, "DELETE", f"/notifications/{lines[1]['id']}", ann))[0] == 204
        await socket.hears("notifications:unread", unread_count=1)
        assert (await call(app_client, "POST", "/notifications/read", ann, {"all": True}))[1] == {"unread_count": 0}
        await socket.hears("notifications:unread", unread_count=0)
    assert await unread(app_client, bob) == 2
    assert (await call(app_client, "DELETE", f"/notifications/{lines[1]['id']}", ann))[0] == 404
    assert (await call(app_client, "DELETE", f"/notifications/{lines[0]['id']}", bob))[0] == 404
    assert len(await told(app_client, ann)) == 4


async def test_pages_go_on_where_they_ended(app_client: AppClient, container: Container, make_user: MakeUser) -> None:
    ann = await make_user()
    await give(container, ann, 5)
    newest = await told(app_client, ann)
    _, first = await call(app_client, "GET", "/notifications?limit=2", ann)
    assert (first["items"], first["unread_count"]) == (newest[:2], 5)
    await give(container, ann, 1)
    _, second = await call(app_client, "GET", f"/notifications?limit=2&before={first['next_before']}", ann)
    assert second["items"] == newest[2:4], "what came in between moves nothing"
    _, last = await call(app_client, "GET", f"/notifications?limit=2&before={second['next_before']}", ann)
    assert (last["items"], last["next_before"]) == (newest[4:], None)
    await call(app_client, "POST", "/notifications/read", ann, {"before": newest[1]["id"]})
    assert [one["read_at"] for one in await told(app_client, ann, "?unread=true")] == [None, None]


async def test_a_kind_can_be_turned_off_unless_it_keeps_the_account_safe(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    ann = await make_user()
    body = {"kinds": {"role_changed": False}}
    status, answer = await call(app_client, "PUT", "/notifications/preferences", ann, body)
    known = {item["kind"]: (item["enabled"], item["essential"]) for item in answer["items"]}
    assert (status, known["role_changed"], known["password_changed"]) == (200, (False, False), (True, True))
    assert set(known) == set(NotificationKind)
    await give(container, ann, 1)
    assert await told(app_client, ann) == []
    await give(container, ann, 1, kind=NotificationKind.BAN_LIFTED)
    assert len(await told(app_client, ann)) == 1
    status, problem = await call(
        app_client, "PUT", "/notifications/preferences", ann, {"kinds": {"signed_in": False, "ban_lifted": False}}
    )
    assert (status, problem["code"]) == (400, "essential_kind")
    await call(app_client, "PUT", "/notifications/preferences", ann, {"kinds": {"role_changed": True}})
    await give(container, ann, 1)
    assert len(await told(app_client, ann)) == 2


async def test_they_are_in_the_copy_of_ones_data(
    app_client: AppClient, container: Container, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    await give(container, ann, 2)
    await give(container, bob, 1)
    assert (await call(app_client, "GET", "/me/data", ann))[1]["notifications"] == await told(app_client, ann)


@pytest.mark.both_adapters
async def test_what_is_old_or_too_much_goes(app_client: AppClient, container: Container, make_user: MakeUser) -> None:
    ann, bob = await make_user(), await make_user()
    await give(container, bob, 1, age_days=KEPT.days + 1)
    await give(container, bob, 1, age_days=KEPT.days - 1)
    await give(container, ann, MAX_KEPT + 3)
    newest = [one["id"] for one in await told(app_client, ann)]
    await notify.notifications.jobs.forget_old(container)
    assert len(await told(app_client, bob)) == 1
    assert [one["id"] for one in await told(app_client, ann)] == newest
    async with container.scope(write=False) as scope:
        kept = await scope.uow.session.scalar(
            select(func.count()).select_from(notifications).where(notifications.c.user_id == ann.user_id)
        )
        old = await scope.uow.session.scalar(
            select(func.count()).select_from(notices).where(notices.c.created_at < container.clock.now() - KEPT)
        )
    assert (kept, old) == (MAX_KEPT, 0)


async def test_hostile_input(app_client: AppClient, make_user: MakeUser) -> None:
    ann = await make_user()
    bodies: list[Any] = [
        {}, [], {"ids": []  , "all": True}, {"ids": ["x" * 36]}, {"ids": [new_id()] * 101}, {"before": "0" * 36},
        {"ids": None, "all": False}, {"all": "yes please"}, {"everything": True},
    ]  # fmt: skip
    for body in bodies:
        assert (await call(app_client, "POST", "/notifications/read", ann, body))[0] == 422, body
    for query in ("?limit=0", "?limit=101", "?before=" + "g" * 36, "?before=%00"):
        assert (await call(app_client, "GET", f"/notifications{query}", ann))[0] == 422, query
    refused: list[Any] = [{"no_such": False}, {"role_changed": 7}, []]
    for kinds in refused:
        assert (await call(app_client, "PUT", "/notifications/preferences", ann, {"kinds": kinds}))[0] == 422
    for method, path in (("GET", ""), ("GET", "/unread"), ("POST", "/read"), ("GET", "/preferences")):
        assert (await call(app_client, method, f"/notifications{path}", None))[0] == 401
