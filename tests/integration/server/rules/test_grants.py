"""What outlives the request it began with, against everything that takes a right away: the table in ``docs/security.md``."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import socketio
from sqlalchemy import update

import accounts.library.transfer.jobs
import streaming.ingest.jobs
from accounts.identity.model import UserId, hash_token
from accounts.identity.names import Email
from accounts.identity.recovery.usecases import OneTimeToken, OneTimeTokens
from accounts.identity.repository import sessions, users
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import Status
from kernel.access import Role
from kernel.errors import AniError, NotFound
from kernel.ids import new_id
from kernel.jobs import JobContext, OwnerMayNot
from kernel.outbox.relay import Relay
from kernel.storage import LocalStorage
from realtime.gateway import session_checks
from realtime.gateway.connections import Connections
from realtime.party.admission.admission import Identity
from realtime.party.domain.model import MemberId
from server.adapters.party import SessionRoles
from server.services import Services
from streaming.ingest.engine import Engine, Finished
from streaming.ingest.model import EpisodeUnknown, MediaRefused
from streaming.origin.gate import REMEMBERED_S
from streaming.uploads.adapters import receiver
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.support.people import PASSWORD, Person
from tests.support.world import World

ROOT: Final = Path(__file__).parents[4]
VIDEO: Final = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 500
GONE: Final = frozenset({401, 403, 404})
SOON_S: Final = 5.0
"""How long events may take to get around in a test; the sockets' close is the slowest of them."""

Check = Callable[[], Awaitable[bool]]
"""Whether a grant is still good."""


def table() -> dict[str, dict[str, str]]:
    """Event → grant → ends or stays, as the document has it."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    section = text.partition("## What outlives its request, and when it ends\n")[2].partition("\n## ")[0]
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")
    ]
    return {event: {row[0]: row[column] for row in rows} for column, event in enumerate(head) if column}


TABLE: Final = table()


@dataclass
class Owners:
    """Whose grants they are, and who takes them away."""

    client: AppClient
    services: Services
    viewer: Person
    editor: Person
    admin: Person
    film: str
    draft: str
    releases: list[str]
    people: list[Person] = field(init=False)

    def __post_init__(self) -> None:
        self.people = [self.viewer, self.editor]

    async def ask(self, method: str, path: str, who: Person | None, body: Any = None, **headers: str) -> int:
        sent = {**(who.headers if who else {}), **headers}
        async with self.client.request(method, path, json=body, headers=sent) as answer:
            await answer.read()
            return answer.status

    async def json(self, path: str, who: Person | None, body: Any) -> Any:
        async with self.client.post(path, json=body, headers=who.headers if who else {}) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()


Events = dict[str, Callable[[Owners], Awaitable[None]]]


async def _ban(of: Owners) -> None:
    for person in of.people:
        assert await of.ask("POST", f"/api/v1/admin/users/{person.user_id}/ban", of.admin, {"reason": "test"}) < 300


async def _demotion(of: Owners) -> None:
    for person in of.people:
        path = f"/api/v1/admin/users/{person.user_id}/role"
        assert await of.ask("PUT", path, of.admin, {"role": "user"}) < 300


async def _log_out(of: Owners) -> None:
    for person in of.people:
        body = {"refresh_token": person.refresh_token}
        assert await of.ask("POST", "/api/v1/auth/logout", person, body) == 204


async def _log_out_everywhere(of: Owners) -> None:
    for person in of.people:
        assert await of.ask("POST", "/api/v1/auth/logout/everywhere", person) == 204


async def _new_password(of: Owners) -> None:
    for person in of.people:
        login = {"login": person.email, "password": PASSWORD}
        other = (await of.json("/api/v1/auth/login", None, login))["access_token"]
        body = {"current_password": PASSWORD, "new_password": "eleven quiet herons"}
        headers = {"Authorization": f"Bearer {other}"}
        assert await of.ask("POST", "/api/v1/auth/password", None, body, **headers) < 300


async def _deletion(of: Owners) -> None:
    for person in of.people:
        assert await of.ask("POST", "/api/v1/me/delete", person, {"password": PASSWORD}) == 204


async def _unpublish(of: Owners) -> None:
    await set_status(of.services, of.film, Status.DRAFT)


async def _episode_deleted(of: Owners) -> None:
    for release in of.releases:
        assert await of.ask("DELETE", f"/api/v1/releases/{release}", of.admin) < 300


EVENTS: Final[Events] = {
    "ban": _ban,
    "demotion below editor": _demotion,
    "log-out of its session": _log_out,
    "log-out everywhere": _log_out_everywhere,
    "new password, set in another session": _new_password,
    "deletion of the account": _deletion,
    "episode unpublished": _unpublish,
    "episode deleted": _episode_deleted,
}


async def set_status(services: Services, episode_id: str, status: Status) -> None:
    async with services.container.scope(write=True) as scope:
        episode = await scope.port(Episodes).get(episode_id)
        assert episode is not None
        episode.status = status


async def stream(of: Owners, episode_id: str, who: Person | None) -> str:
    return str((await of.json(f"/api/v1/episodes/{episode_id}/playback", who, {}))["hls_url"])


def played(of: Owners, url: str) -> Check:
    async def check() -> bool:
        async with of.client.get(url) as answer:
            return answer.status == 200

    return check


@asynccontextmanager
async def connected(of: Owners) -> AsyncIterator[Check]:
    client = socketio.AsyncClient(reconnection=False)
    await client.connect(
        str(of.client.make_url("/")),
        auth={"token": of.viewer.access_token},
        namespaces=["/party"],
        transports=["websocket"],
    )

    async def check() -> bool:
        return bool(client.connected)

    try:
        yield check
    finally:
        await client.disconnect()


def tus(of: Owners, size_bytes: int) -> dict[str, str]:
    metadata = "episode_id " + base64.b64encode(of.draft.encode()).decode()
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(size_bytes), "Upload-Metadata": metadata}


async def begun(of: Owners, size_bytes: int) -> str:
    async with of.client.post("/api/v1/uploads", headers={**of.editor.headers, **tus(of, size_bytes)}) as answer:
        assert answer.status == 201, await answer.text()
        return answer.headers["Location"]


@asynccontextmanager
async def piece_on_its_way(of: Owners) -> AsyncIterator[Check]:
    """Half of a body is there when the event comes, and the rest comes after it."""
    location, rest = await begun(of, 2 * len(VIDEO) + 1), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield VIDEO
        await rest.wait()
        yield VIDEO

    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    async def send() -> int:
        async with of.client.patch(location, data=body(), headers={**of.editor.headers, **headers}) as answer:
            return answer.status

    sending = asyncio.create_task(send())

    async def check() -> bool:
        rest.set()
        status = await sending
        assert status == 204 or status in GONE, status
        return status == 204

    await asyncio.sleep(0.1)
    try:
        yield check
    finally:
        rest.set()
        await asyncio.wait({sending})


async def grants(of: Owners, stack: AsyncExitStack, folder: Path) -> dict[str, Check]:
    """One of each kind, and how to find out whether it is still good; the last ones change the account when it is."""
    container, viewer, editor = of.services.container, of.viewer, of.editor
    preview = await stream(of, of.draft, editor)
    upload = await begun(of, 10_000)
    device = await of.json("/api/v1/auth/device", None, {})
    approve = f"/api/v1/auth/device/{device['user_code']}/approve"
    assert await of.ask("POST", approve, viewer) == 204
    letter = new_id()
    world = World(of.client, owner=viewer, editor=of.admin)
    shared = await world.shared_list()
    calendar = (await of.json("/api/v1/schedule/feeds", viewer, {}))["url"]
    imported = await world.import_file()
    async with container.scope(write=True) as scope:
        await scope.port(OneTimeTokens).issue(
            OneTimeToken(
                token_hash=hash_token(letter),
                user_id=UserId(viewer.user_id),
                kind="reset",
                email=Email.parse(viewer.email),
                expires_at=scope.clock.now() + timedelta(minutes=30),
            )
        )

    async def access() -> bool:
        return await of.ask("GET", "/api/v1/auth/me", viewer) == 200

    async def edge() -> bool:
        uri = preview.replace("master.m3u8", "v240/main.m3u8")
        async with of.client.get("/internal/verify", headers={"X-Original-URI": uri}) as answer:
            return answer.status == 204

    async def upload_left() -> bool:
        return await of.ask("HEAD", upload, of.admin, **{"Tus-Resumable": "1.0.0"}) == 200

    async def ingest() -> bool:
        file = folder / "film.txt"
        file.write_text("This is no film: whoever may ingest it is told so.")
        job = JobContext(new_id(), container, kind="ingest", owner_id=editor.user_id)
        with pytest.raises(AniError) as refused:
            await streaming.ingest.jobs.run(job, {"file": str(file), "episode_id": of.draft})
        assert isinstance(refused.value, (OwnerMayNot, EpisodeUnknown, MediaRefused))
        return not isinstance(refused.value, (OwnerMayNot, EpisodeUnknown))

    async def library_import() -> bool:
        job = JobContext(new_id(), container, kind="library-import", owner_id=viewer.user_id)
        try:
            await accounts.library.transfer.jobs.run(job, {"user_id": viewer.user_id, **imported})
        except (OwnerMayNot, NotFound):
            return False
        return True

    async def shared_list() -> bool:
        return await of.ask("GET", f"/api/v1/lists/shared/{shared['token']}", None) == 200

    async def calendar_address() -> bool:
        return await of.ask("GET", urlsplit(calendar).path, None) == 200

    async def television() -> bool:
        body = {"device_code": device["device_code"]}
        return await of.ask("POST", "/api/v1/auth/device/token", None, body) == 200

    async def refreshed() -> bool:
        return await of.ask("POST", "/api/v1/auth/refresh", None, {"refresh_token": viewer.refresh_token}) == 200

    async def reset() -> bool:
        body = {"token": letter, "password": "nine slow otters"}
        return await of.ask("POST", "/api/v1/auth/reset", None, body) < 300

    return {
        "access token": access,
        "socket": await stack.enter_async_context(connected(of)),
        "stream of a published film": played(of, await stream(of, of.film, viewer)),
        "stream without an account": played(of, await stream(of, of.film, None)),
        "stream of an unpublished film (editors)": played(of, preview),
        "what the edge remembers of that stream": edge,
        "piece of an upload on its way (editors)": await stack.enter_async_context(piece_on_its_way(of)),
        "upload begun (editors)": upload_left,
        "ingest ordered (editors)": ingest,
        "import of a library on its way": library_import,
        "link to a shared list": shared_list,
        "address of a calendar": calendar_address,
        "television let in that has not come yet": television,
        "refresh token": refreshed,
        "letter with which to set a password": reset,
    }


@pytest.fixture
async def owners(
    app_client: AppClient, services: Services, make_user: MakeUser, ingested_episode: AddEpisode, clip: Any
) -> Owners:
    source = clip(seconds=2, width_px=320, height_px=180, audio=False)
    film, draft = await ingested_episode(services, source), await ingested_episode(services, source)
    await set_status(services, draft.episode_id, Status.DRAFT)
    return Owners(
        app_client,
        services,
        viewer=await make_user(Role.USER),
        editor=await make_user(Role.EDITOR),
        admin=await make_user(Role.ADMIN),
        film=film.episode_id,
        draft=draft.episode_id,
        releases=[film.release_id, draft.release_id],
    )


def test_the_table_has_every_event() -> None:
    assert list(TABLE) == list(EVENTS)
    assert {cell for column in TABLE.values() for cell in column.values()} == {"ends", "stays"}


@pytest.mark.parametrize(
    ("adapters", "event"),
    [
        *(("embedded", event) for event in EVENTS),
        # With another database and bus the same two thirds of the program run again: one event of each way it gets around.
        *(pytest.param("cluster", event, marks=pytest.mark.cluster) for event in ("ban", "demotion below editor")),
    ],
    indirect=["adapters"],
)
async def test_what_ends_and_what_stays(
    event: str, owners: Owners, make_user: MakeUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "RIGHT_CHECK_S", 0)
    if event == "demotion below editor":
        owners.viewer = await make_user(Role.EDITOR)
        owners.people[0] = owners.viewer
    async with AsyncExitStack() as stack:
        checks = await grants(owners, stack, tmp_path)
        assert list(TABLE[event]) == sorted(checks, key=list(TABLE[event]).index), "a row for each kind"
        early = [name for name, check in checks.items() if "stream" in name and not await check()]
        assert early == [], "good before the event, and remembered"

        later = owners.services.clock.monotonic_ms() + REMEMBERED_S * 1000
        await EVENTS[event](owners)
        await Relay(owners.services.container).drain()
        # What nobody is told of at once is remembered for a while, as the table says; the clock goes past that.
        monkeypatch.setattr(owners.services.clock, "monotonic_ms", lambda: later)
        await _until_told(owners, checks["socket"], TABLE[event]["socket"] == "stays")

        found = {name: "stays" if await check() else "ends" for name, check in checks.items()}
    assert found == TABLE[event]


async def _until_told(owners: Owners, connected: Check, expected: bool) -> None:
    """Sockets hear of it over the bus."""
    async with asyncio.timeout(SOON_S):
        while await connected() is not expected:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("adapters", "event"),
    [
        ("embedded", "demotion below editor"),
        ("embedded", "log-out of its session"),
        pytest.param("cluster", "ban", marks=pytest.mark.cluster),
    ],
    indirect=["adapters"],
)
async def test_a_stream_ends_at_once_without_waiting_for_what_is_remembered(event: str, owners: Owners) -> None:
    preview = played(owners, await stream(owners, owners.draft, owners.editor))
    assert await preview()
    await EVENTS[event](owners)
    assert not await preview()


async def test_an_ingest_that_runs_ends_with_the_right_and_leaves_nothing(
    owners: Owners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, encoding = asyncio.Event(), asyncio.Event()

    async def encode(_self: Engine, _source: Path, staging: Path, **_: Any) -> Finished:
        (staging / "half.m4s").write_bytes(b"x")
        begun.set()
        await encoding.wait()
        raise AssertionError("nobody ends it")

    monkeypatch.setattr(Engine, "make", encode)
    monkeypatch.setattr(streaming.ingest.jobs, "RIGHT_CHECK_S", 0.05)
    file = tmp_path / "film.upload"
    file.write_bytes(VIDEO)
    container = owners.services.container
    job = JobContext(new_id(), container, kind="ingest", owner_id=owners.editor.user_id)
    payload = {"file": str(file), "episode_id": owners.draft, "remove": True}
    working = asyncio.create_task(streaming.ingest.jobs.run(job, payload))
    await begun.wait()
    await _demotion(owners)

    async with asyncio.timeout(SOON_S):
        with pytest.raises(OwnerMayNot):
            await working
    assert not file.exists()
    async with container.scope(write=False) as scope:
        left = list(scope.port(LocalStorage).staging("any").parent.glob("*/half.m4s"))
    assert left == []


async def test_sockets_are_compared_with_their_accounts_should_the_message_be_lost(
    services: Services, make_user: MakeUser
) -> None:
    closed: list[str] = []

    class Sockets(Connections[Identity]):
        def __init__(self) -> None:
            self.open: list[tuple[str, Any]] = []

        def of_accounts(self) -> list[tuple[str, Any]]:
            return self.open

        def close_soon(self, sid: str) -> None:
            closed.append(sid)

    ann, bob, eve = await make_user(), await make_user(Role.EDITOR), await make_user()
    sockets = Sockets()
    for person in (ann, bob, eve):
        identity = Identity(MemberId(person.user_id), person.nickname, actor=person.actor)
        sockets.open.append((person.nickname, identity.actor))
    roles_of = SessionRoles(services.container)
    assert await session_checks.check(sockets, roles_of) == 0

    async with services.container.scope(write=True) as scope:
        await scope.uow.session.execute(update(users).where(users.c.id == bob.user_id).values(role=Role.USER))
        await scope.uow.session.execute(
            update(sessions).where(sessions.c.id == eve.session_id).values(ended_at=scope.clock.now())
        )
    assert await session_checks.check(sockets, roles_of) == 2
    assert closed == [bob.nickname, eve.nickname]


def test_every_test_the_section_names_is_there() -> None:
    section = (ROOT / "docs" / "security.md").read_text("utf-8").partition("## What outlives")[2].partition("\n## ")[0]
    for name in re.findall(r"`(integration/\S+?\.py)`", section):
        assert (ROOT / "tests" / name).is_file(), name
