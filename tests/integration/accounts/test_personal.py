"""Downloading and deleting one's data."""

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

import accounts.identity.repository
import accounts.library.collections.repository
import accounts.library.progress.repository
from accounts.identity.events import SessionRevoked, UserDeleted
from accounts.library.progress.model import Progress
from accounts.library.progress.usecases import History
from accounts.personal.contributions import PAGE
from catalog.moderation.proposals.ports import Proposals
from catalog.staff.repository import SqlStaffActs
from kernel.access import Role
from kernel.db import metadata
from kernel.events import Event
from kernel.ids import NOBODY, new_id
from kernel.outbox.outbox import EventTable, Subscriber
from kernel.outbox.relay import Relay
from kernel.scope import Scope
from realtime.party.chat.repository import SqlChat
from realtime.party.domain.model import Role as PartyRole
from realtime.party.domain.tokens import Invite
from realtime.party.invites.repository import SqlInvites
from realtime.party.ports import ChatLine
from realtime.party.stores.repository import party_table
from server.services import Services
from streaming.live.recordings.model import Recording
from streaming.live.recordings.usecases import Recordings
from streaming.origin.model import StreamSession, StreamSessionId
from streaming.origin.ports import StreamSessions
from streaming.origin.quality import Throughput
from streaming.uploads.model import Upload, UploadId
from streaming.uploads.usecases import Uploads
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.people import PASSWORD, Person


async def call(client: AppClient, method: str, path: str, person: Person, body: Any = None) -> tuple[int, Any]:
    async with client.request(method, f"/api/v1/{path}", json=body, headers=person.headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def copy_of(client: AppClient, person: Person) -> Any:
    """All that is kept of ``person``."""
    async with client.get("/api/v1/me/data", headers=person.headers) as answer:
        assert answer.status == 200
        return await answer.json()


async def watch(services: Services, person: Person, count: int) -> None:
    rows = [
        Progress(
            user_id=person.user_id,
            episode_id=new_id(),
            release_id=new_id(),
            position_ms=600_000,
            duration_ms=1_440_000,
            at_ms=int(time.time() * 1000),
            finished=False,
        )
        for _ in range(count)
    ]
    for start in range(0, count, 500):
        async with services.container.scope(write=True) as scope:
            await scope.port(History).store(rows[start : start + 500])


async def rows_of(services: Services, person: Person) -> dict[str, int]:
    """Table → rows that belong to ``person``, in every table that has a user."""
    found = {}
    async with services.container.scope(write=False) as scope:
        for table in metadata.sorted_tables:
            column = table.c.id if table.name == "users" else table.c.get("user_id")
            if column is not None:
                query = select(func.count()).select_from(table).where(column == person.user_id)
                found[table.name] = await scope.uow.session.scalar(query) or 0
    return found


@pytest.mark.both_adapters
async def test_a_copy_of_everything(app_client: AppClient, services: Services, make_user: MakeUser) -> None:
    ann, bob = await make_user(), await make_user()
    await watch(services, ann, 1700)
    await watch(services, bob, 1)
    await call(app_client, "POST", "library/lists", ann, {"title": "Rainy days"})
    _, gone = await call(app_client, "POST", "library/lists", ann, {"title": "Gone"})
    await call(app_client, "DELETE", f"library/lists/{gone['id']}", ann)
    await call(app_client, "POST", "library/lists", bob, {"title": "Bob's"})
    async with app_client.get("/api/v1/me/data", headers=ann.headers) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        body = await answer.json()
    assert body["user"]["email"] == ann.email
    assert [session["id"] for session in body["sessions"]] == [ann.session_id]
    assert len({row["episode_id"] for row in body["history"]}) == 1700
    assert [(row["title"], row["items"]) for row in body["lists"]] == [("Rainy days", [])]
    assert "argon2" not in str(body)
    assert "password_hash" not in str(body)
    async with app_client.get("/api/v1/me/data") as answer:
        assert answer.status == 401


@pytest.mark.both_adapters
async def test_the_end_of_an_account(app_client: AppClient, services: Services, make_user: MakeUser) -> None:
    ann, bob = await make_user(), await make_user()
    for person in (ann, bob):
        await watch(services, person, 3)
    _, shared = await call(app_client, "POST", "library/lists", ann, {"title": "Mine", "visibility": "public"})
    await call(app_client, "POST", "library/import", ann, [])
    assert (await call(app_client, "GET", f"lists/{shared['id']}", bob))[0] == 200
    status, problem = await call(app_client, "POST", "me/delete", ann, {"password": "not the password"})
    assert (status, problem["code"]) == (403, "wrong_password")
    told: list[Event] = []

    async def hear(_scope: Scope, event: Event) -> None:
        told.append(event)

    services.container.wire(
        services.container.bindings,
        EventTable({UserDeleted: [Subscriber("hear", hear)], SessionRevoked: [Subscriber("hear", hear)]}),
    )
    assert (await call(app_client, "POST", "me/delete", ann, {"password": PASSWORD}))[0] == 204
    assert (await call(app_client, "GET", "auth/me", ann))[0] == 401
    login = {"login": ann.email, "password": PASSWORD}
    assert (await call(app_client, "POST", "auth/login", ann, login))[0] == 401
    assert set((await rows_of(services, ann)).values()) == {0}
    assert (await call(app_client, "GET", f"lists/{shared['id']}", bob))[0] == 404
    assert (await rows_of(services, bob))["watch_progress"] == 3
    await Relay(services.container).drain()
    assert {type(event) for event in told} == {UserDeleted, SessionRevoked}


async def contribute(office: Office, ann: Person, moderator: Person) -> dict[str, Any]:
    """One decided proposal of Ann's with a comment, one that waits, one draft, and a report; and an answer to her."""
    release_id = await office.release()
    decided = await office.propose(ann, release_id, year=2009)
    comments = f"/moderation/proposals/{decided['id']}/comments"
    await office.call(ann, "POST", comments, {"text": "As on the poster."}, status=201)
    await office.call(moderator, "POST", comments, {"text": "Thank you."}, status=201)
    await office.accepted(moderator, decided)
    about = {"kind": "release", "target_id": release_id, "reason": "broken", "text": "It does not play."}
    return {
        "decided": decided["id"],
        "waiting": (await office.propose(ann, release_id, year=2010))["id"],
        "draft": (await office.propose(ann, release_id, year=2011, submit=False))["id"],
        "report": (await office.call(ann, "POST", "/moderation/reports", about, status=201))["id"],
    }


@pytest.mark.both_adapters
async def test_the_copy_has_what_one_gave_to_the_catalogue(app_client: AppClient, make_user: MakeUser) -> None:
    office, ann, moderator = Office(app_client, make_user), await make_user(), await make_user(Role.MODERATOR)
    made = await contribute(office, ann, moderator)
    subtitles = "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "Hello. " * 1000
    episode_id = await office.episode(await office.release(alias="other"))
    fields = {"language": {"after": "en"}, "label": {"after": "English"}, "text": {"after": subtitles}}
    body = {"kind": "subtitle", "parent_id": episode_id, "fields": fields}
    editor = await office.person(Role.EDITOR)
    await office.call(editor, "POST", "/moderation/proposals", body, status=201)
    for number in range(PAGE):
        await office.propose(editor, None, submit=False, name__main=f"Show {number}", alias=f"show-{number}", type="TV")

    copy = await office.call(ann, "GET", "/me/data")
    assert [(each["id"], each["state"]) for each in copy["proposals"]] == [
        (made["decided"], "accepted"),
        (made["waiting"], "pending"),
        (made["draft"], "draft"),
    ]
    assert copy["proposals"][0]["changes"] == {"year": [2008, 2009]}
    assert [each["text"] for each in copy["comments"]] == ["As on the poster."]
    assert [(each["id"], each["text"]) for each in copy["reports"]] == [(made["report"], "It does not play.")]
    others = await office.call(editor, "GET", "/me/data")
    assert len({each["id"] for each in others["proposals"]}) == PAGE + 1, "nothing is lost between two pages"
    assert "Hello. " * 999 in others["proposals"][0]["changes"]["text"][1], "a copy is whole"
    assert (others["comments"], others["reports"]) == ([], [])


@pytest.mark.both_adapters
async def test_what_becomes_of_it_when_the_account_goes(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    office, ann, moderator = Office(app_client, make_user), await make_user(), await make_user(Role.MODERATOR)
    made = await contribute(office, ann, moderator)
    assert (await call(app_client, "POST", "me/delete", ann, {"password": PASSWORD}))[0] == 204
    await Relay(services.container).drain()
    decided = await office.call(moderator, "GET", f"/moderation/proposals/{made['decided']}")
    assert (decided["state"], decided["author"]) == ("accepted", {"id": ann.user_id, "nickname": None})
    waiting = await office.call(moderator, "GET", f"/moderation/proposals/{made['waiting']}")
    assert (waiting["state"], waiting["author"]["nickname"]) == ("withdrawn", None)
    async with services.container.scope(write=False) as scope:
        assert await scope.port(Proposals).get(made["draft"]) is None, "nobody else ever saw it"
    comments = (await office.call(moderator, "GET", f"/moderation/proposals/{made['decided']}/comments"))["items"]
    assert [(each["text"], each["deleted_at"] is None) for each in comments] == [("", False), ("Thank you.", True)]
    (report,) = (await office.call(moderator, "GET", "/moderation/reports"))["items"]
    assert (report["text"], report["reporter"]["nickname"]) == ("It does not play.", None), "it is still broken"


@pytest.mark.both_adapters
async def test_what_a_moderator_decided_stays_by_nobody(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    office, ann, boss = Office(app_client, make_user), await make_user(), await make_user(Role.MODERATOR)
    other = await make_user(Role.MODERATOR)
    made = await contribute(office, ann, boss)
    await office.call(boss, "POST", f"/moderation/proposals/{made['waiting']}/take")
    closed = {"outcome": "It plays again."}
    await office.call(boss, "POST", f"/moderation/reports/{made['report']}/resolve", closed)
    copy = await office.call(boss, "GET", "/me/data")
    assert {(act["kind"], act["subject_id"]) for act in copy["staff_acts"]} == {
        ("decided_proposal", made["decided"]),
        ("took_proposal", made["waiting"]),
        ("closed_report", made["report"]),
    }
    assert (await call(app_client, "POST", "me/delete", boss, {"password": PASSWORD}))[0] == 204
    await Relay(services.container).drain()
    nobody = {"id": NOBODY, "nickname": None}
    decided = await office.call(other, "GET", f"/moderation/proposals/{made['decided']}")
    assert (decided["state"], decided["decided_by"]) == ("accepted", nobody), "not by itself"
    waiting = await office.call(other, "GET", f"/moderation/proposals/{made['waiting']}")
    assert (waiting["state"], waiting["taken_by"]) == ("pending", None)
    await office.call(other, "POST", f"/moderation/proposals/{made['waiting']}/take")
    (report,) = (await office.call(other, "GET", "/moderation/reports?state=resolved"))["items"]
    assert (report["outcome"], report["closed_by"]) == ("It plays again.", nobody)
    async with services.container.scope(write=False) as scope:
        assert (await scope.port(Proposals).record_of(ann.user_id)).accepted == 1, "her trust is earned"
    comment = {"text": "Was that right?"}
    path = f"/moderation/proposals/{made['decided']}/comments"
    await office.call(ann, "POST", path, comment, status=201)
    await Relay(services.container).drain()  # tells nobody


@pytest.mark.both_adapters
async def test_the_copy_has_what_is_kept_for_a_while(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, bob = await make_user(), await make_user()
    now = services.container.clock.now()
    series, episode, party_id, channel_id = new_id(), new_id(), new_id(), new_id()
    assert (await call(app_client, "DELETE", f"library/continue/{series}", ann))[0] == 204
    muted = {"kinds": {"episode_aired": False}}
    assert (await call(app_client, "PUT", "notifications/preferences", ann, muted))[0] == 200
    async with services.container.scope(write=True) as scope:
        recording = Recording.begin(channel_id=new_id(), owner_id=ann.user_id, title="Evening", node_id="one", now=now)
        scope.port(Recordings).add(recording)
        streams = scope.port(StreamSessions)
        until = now + timedelta(hours=1)
        for person, title in ((ann, "Frieren – 2"), (bob, "Mushishi – 1")):
            streams.add(
                StreamSession(
                    id=StreamSessionId(new_id()),
                    episode_id=episode,
                    asset_id=new_id(),
                    started_at=now,
                    expires_at=until,
                    user_id=person.user_id,
                    title=title,
                    browser="Firefox",
                    leased_until=until,
                )
            )
        await streams.remember(ann.user_id, "tv", Throughput(8_000_000.0, int(now.timestamp() * 1000)))
        scope.port(Uploads).add(
            Upload(
                id=UploadId(new_id()),
                owner_id=ann.user_id,
                episode_id=episode,
                file_name="my film.mkv",
                size_bytes=7,
                created_at=now,
                expires_at=until,
            )
        )
        await scope.uow.session.execute(
            insert(party_table).values(
                id=party_id,
                revision=1,
                document={},
                title="Film night",
                access="invite",
                members_count=1,
                chat_seq=0,
                created_at=now,
                saved_at=now,
                closed=False,
            )
        )
        invite = Invite(
            invite_id=new_id(),
            party_id=party_id,
            role=PartyRole.GUEST,
            expires_at_s=int(until.timestamp()),
            max_uses=3,
            by=ann.user_id,
        )
        await SqlInvites(services.container).insert(scope.uow.session, invite)
    said = [
        ChatLine(
            party_id=party_id,
            message_id=new_id(),
            member_id=person.user_id,
            name=name,
            text=f"{name} was here",
            reply_to=None,
            position_ms=90_000,
            sent_at_ms=int(now.timestamp() * 1000),
            channel_id=channel_id,
            programme_ms=1_790_000_000_250,
        )
        for person, name in ((ann, "Ann"), (bob, "Bob"), (ann, "Anna"))
    ]
    chat = SqlChat(services.container)
    await chat.write(said)
    await chat.delete(party_id, said[2].message_id)

    copy = await copy_of(app_client, ann)
    assert [row["release_id"] for row in copy["dismissed_series"]] == [series]
    assert copy["muted_notifications"] == ["episode_aired"]
    assert [(row["id"], row["title"], row["ended_at"]) for row in copy["live_recordings"]] == [
        (recording.id, "Evening", None)
    ]
    assert [(row["title"], row["browser"]) for row in copy["streams"]] == [("Frieren – 2", "Firefox")]
    assert [(row["device_key"], row["bps"]) for row in copy["links"]] == [("tv", 8_000_000.0)]
    assert [row["file_name"] for row in copy["uploads"]] == ["my film.mkv"]
    assert [
        (row["party_id"], row["text"], row["channel_id"], row["programme_at"]) for row in copy["party_messages"]
    ] == [(party_id, "Ann was here", channel_id, "2026-09-21T14:13:20.250000Z")]
    assert [(row["id"], row["uses"], row["revoked"]) for row in copy["party_invites"]] == [(invite.invite_id, 0, False)]


async def test_every_table_of_a_users_things_goes_with_the_user() -> None:
    """Whoever adds a table with a user in it has to say what becomes of it."""
    modules = (
        accounts.identity.repository,
        accounts.library.progress.repository,
        accounts.library.collections.repository,
    )
    assert modules
    for table in metadata.sorted_tables:
        for column in table.c:
            for key in column.foreign_keys:
                if key.column.table.name == "users":
                    assert key.ondelete == "CASCADE", f"{table.name}.{column.name}"


@pytest.mark.both_adapters
async def test_the_last_admin_cannot_go(app_client: AppClient, make_user: MakeUser) -> None:
    admin = await make_user(Role.ADMIN)
    status, problem = await call(app_client, "POST", "me/delete", admin, {"password": PASSWORD})
    assert (status, problem["code"]) == (409, "last_admin")
    await make_user(Role.ADMIN)
    assert (await call(app_client, "POST", "me/delete", admin, {"password": PASSWORD}))[0] == 204


@pytest.mark.both_adapters
async def test_what_was_done_in_the_catalogue(app_client: AppClient, services: Services, make_user: MakeUser) -> None:
    boss, ann, admin = await make_user(Role.MODERATOR), await make_user(), await make_user(Role.ADMIN)
    ids = []
    for alias in ("copy", "work"):
        draft = {"alias": alias, "type": "TV", "name": {"main": alias}}
        ids.append((await call(app_client, "POST", "releases", boss, draft))[1]["id"])
        await call(app_client, "POST", f"releases/{ids[-1]}/publish", boss)
    await call(app_client, "PUT", f"releases/{ids[1]}/locks", boss, {"fields": ["year"]})
    await call(app_client, "POST", f"favorites/{ids[0]}", ann)
    await call(app_client, "PUT", f"releases/{ids[0]}/vote", ann, {"score": 7})
    await call(app_client, "PUT", f"recommendations/not-interested/{ids[0]}", ann)
    pair = {"source_id": ids[0], "target_id": ids[1]}
    status, merge = await call(app_client, "POST", "merges", boss, pair)
    assert status == 201, merge
    hers = await copy_of(app_client, ann)
    assert {row["kind"] for row in hers["merged"]} >= {"favorites", "vote"}
    assert {row["merge_id"] for row in hers["merged"]} == {merge["id"]}
    assert hers["staff_acts"] == []
    his = await copy_of(app_client, boss)
    assert {(act["kind"], act["subject_id"]) for act in his["staff_acts"]} == {
        ("merged", merge["id"]),
        ("locked_field", ids[1]),
    }

    status, _ = await call(app_client, "POST", "me/delete", boss, {"password": PASSWORD})
    assert status == 204
    await Relay(services.container).drain()
    _, page = await call(app_client, "GET", "merges", admin)
    assert [(one["id"], one["merged_by"]) for one in page["items"]] == [(merge["id"], None)]
    _, locks = await call(app_client, "GET", f"releases/{ids[1]}/locks", admin)
    assert [(lock["field"], lock["locked_by"]) for lock in locks["items"]] == [("year", None)], "it stays locked"
    async with services.container.scope(write=False) as scope:
        assert await SqlStaffActs(scope.uow).of(boss.user_id) == []
