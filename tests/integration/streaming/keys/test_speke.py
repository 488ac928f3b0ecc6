"""The key server for outside packagers, asked as they ask: who is let in, and that the same question has the same answer."""

import base64
from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import select

from kernel.access import Role
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.audit.usecases import AuditFilter, AuditLog
from server.cli.upkeep import packagers as packager_commands
from server.services import Services
from streaming.keys.model import ContentKey, TrackClass
from streaming.keys.packagers.model import MAX_PACKAGERS, Packager
from streaming.keys.packagers.repository import packager_table
from streaming.keys.packagers.usecases import Packagers
from streaming.keys.repository import content_keys
from streaming.keys.usecases import ContentKeys
from tests.conftest import AppClient, MakeUser
from tests.support.media.cpix import FAIRPLAY, PLAYREADY, WIDEVINE, Answer, kid_of, request

SPEKE = "/api/v1/drm/speke"
PACKAGERS = "/api/v1/drm/packagers"


async def add_packager(container: Container) -> tuple[Packager, str]:
    async with container.scope(write=True) as scope:
        added, token = Packager.add("MediaPackage", container.clock.now())
        scope.port(Packagers).add(added)
    return added, token


def as_packager(token: str, version: str = "2.0") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Speke-Version": version, "Content-Type": "application/xml"}


async def test_keys_for_a_packager(app_client: AppClient, container: Container) -> None:
    packager, token = await add_packager(container)
    text = request(["SD", "UHD", "AUDIO"], [WIDEVINE, PLAYREADY, FAIRPLAY], scheme="cbcs")
    async with app_client.post(SPEKE, data=text, headers=as_packager(token)) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Speke-Version"] == "2.0"
        assert response.headers["X-Speke-User-Agent"].startswith("Ani/")
        given = Answer(await response.read()).keys()
    async with container.scope(write=False) as scope:
        stored = await scope.port(ContentKeys).of_content("speke:film-1")
        rows = (await scope.uow.session.execute(select(content_keys.c.sealed_key))).scalars().all()
        last_used = (await scope.uow.session.execute(select(packager_table.c.last_used_at))).scalar_one()
    assert {key.kid: key.key for key in stored} == given
    assert {key.kid: key.track_class for key in stored} == {
        kid_of(1): TrackClass.SD,
        kid_of(2): TrackClass.UHD,
        kid_of(3): TrackClass.AUDIO,
    }
    assert len(set(given.values())) == 3
    assert all(len(key) == 16 for key in given.values())
    for key in given.values():
        assert not any(key.hex() in row or base64.b64encode(key).decode() in row for row in rows)
    assert last_used is not None
    # The same question has the same answer, also in another version of SPEKE, in another hand and for fewer keys.
    _, other = await add_packager(container)
    again = request(["SD"], version="2.4", period='index="1" start="2026-01-01T00:00:00Z" end="2026-01-01T00:05:00Z"')
    async with app_client.post(SPEKE, data=again, headers=as_packager(other, "2.1")) as response:
        assert response.headers["X-Speke-Version"] == "2.1"
        assert Answer(await response.read()).keys() == {kid_of(1): given[kid_of(1)]}
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        entries, _ = await scope.port(AuditLog).find(AuditFilter(event="PackagerKeysSent"), offset=0, limit=5)
    assert [(entry.details["content_id"], tuple(entry.details["key_ids"])) for entry in entries] == [
        ("film-1", (kid_of(1),)),
        ("film-1", (kid_of(1), kid_of(2), kid_of(3))),
    ]
    assert entries[1].details["packager_id"] == packager.id
    assert entries[1].address == "127.0.0.1"
    assert not any(key.hex() in str(entry) for entry in entries for key in given.values())


async def test_a_packager_never_gets_keys_of_our_own_media(app_client: AppClient, container: Container) -> None:
    """A request may call its content what an asset of ours is called, and know its key id: that is public."""
    async with container.scope(write=True) as scope:
        ours: ContentKey = await scope.port(ContentKeys).get_or_make(kid_of(77), TrackClass.HD)
    _, token = await add_packager(container)
    text = request(["HD"], content_id=kid_of(77)).replace(kid_of(1), ours.kid)
    async with app_client.post(SPEKE, data=text, headers=as_packager(token)) as response:
        given = Answer(await response.read()).keys()
    assert set(given) == {ours.kid}
    assert given[ours.kid] != ours.key


class TestWho:
    async def test_the_token_is_also_a_basic_password(self, app_client: AppClient, container: Container) -> None:
        _, token = await add_packager(container)
        basic = base64.b64encode(f"any:{token}".encode()).decode()
        headers = {"X-Speke-Version": "2.0", "Authorization": f"Basic {basic}"}
        async with app_client.post(SPEKE, data=request(), headers=headers) as response:
            assert response.status == 200

    @pytest.mark.parametrize("scheme", ["Bearer", "Basic", "Digest", ""], ids=["bearer", "basic", "digest", "none"])
    @pytest.mark.parametrize("token", ["", "anip_wrong", "%", "anip_\udcff"], ids=["none", "wrong", "odd", "bytes"])
    async def test_nobody_else(self, app_client: AppClient, scheme: str, token: str) -> None:
        headers: Mapping[str, str] = {"X-Speke-Version": "2.0", "Authorization": f"{scheme} {token}".strip()}
        async with app_client.post(SPEKE, data=request(), headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (401, "invalid_token")
            assert "Basic" in response.headers["WWW-Authenticate"]

    async def test_not_an_administrator_either(self, app_client: AppClient, make_user: MakeUser) -> None:
        admin = await make_user(Role.ADMIN)
        async with app_client.post(SPEKE, data=request(), headers=admin.headers) as response:
            assert response.status == 401

    async def test_the_token_is_good_for_nothing_else(self, app_client: AppClient, container: Container) -> None:
        _, token = await add_packager(container)
        for path in ("/api/v1/auth/me", PACKAGERS, "/api/v1/releases"):
            async with app_client.get(path, headers={"Authorization": f"Bearer {token}"}) as response:
                assert response.status == 401, path

    async def test_administrators_make_list_and_revoke(
        self, app_client: AppClient, container: Container, make_user: MakeUser
    ) -> None:
        admin = await make_user(Role.ADMIN)
        async with app_client.post(PACKAGERS, json={"name": " MediaPackage "}, headers=admin.headers) as response:
            assert response.status == 201
            made = await response.json()
        assert made["name"] == "MediaPackage"
        token = made.pop("token")
        async with app_client.post(SPEKE, data=request(), headers=as_packager(token)) as response:
            assert response.status == 200
        async with app_client.get(PACKAGERS, headers=admin.headers) as response:
            (listed,) = (await response.json())["items"]
        assert listed.pop("last_used_at") is not None
        del made["last_used_at"]
        assert listed == made
        async with container.scope(write=False) as scope:
            assert token.encode() not in (await scope.uow.session.execute(select(packager_table))).one()
        async with app_client.delete(f"{PACKAGERS}/{made['id']}", headers=admin.headers) as response:
            assert response.status == 204
        async with app_client.post(SPEKE, data=request(), headers=as_packager(token)) as response:
            assert response.status == 401
        async with app_client.delete(f"{PACKAGERS}/{made['id']}", headers=admin.headers) as response:
            assert (response.status, (await response.json())["code"]) == (404, "packager_not_found")
        await Relay(container).drain()
        async with container.scope(write=False) as scope:
            entries, _ = await scope.port(AuditLog).find(AuditFilter(subject_id=made["id"]), offset=0, limit=9)
        assert [entry.event for entry in entries] == ["PackagerRevoked", "PackagerKeysSent", "PackagerAdded"]
        assert entries[2].actor_id == admin.user_id

    async def test_no_more_than_fifty(self, app_client: AppClient, container: Container, make_user: MakeUser) -> None:
        admin = await make_user(Role.ADMIN)
        async with container.scope(write=True) as scope:
            for _ in range(MAX_PACKAGERS):
                scope.port(Packagers).add(Packager.add("one", container.clock.now())[0])
        async with app_client.post(PACKAGERS, json={"name": "more"}, headers=admin.headers) as response:
            assert (response.status, (await response.json())["code"]) == (409, "too_many_packagers")

    @pytest.mark.parametrize("name", ["", "  ", "a\nb", "a" * 81], ids=["none", "blank", "two lines", "long"])
    async def test_names(self, app_client: AppClient, make_user: MakeUser, name: str) -> None:
        admin = await make_user(Role.ADMIN)
        async with app_client.post(PACKAGERS, json={"name": name}, headers=admin.headers) as response:
            assert response.status == 422

    async def test_from_the_command_line(self, app_client: AppClient, services: Services) -> None:
        row, token = await packager_commands.add(services, "shaka")
        async with app_client.post(SPEKE, data=request(), headers=as_packager(token)) as response:
            assert response.status == 200
        assert [(one.name, one.id) for one in await packager_commands.listed(services)] == [("shaka", row.id)]
        await packager_commands.revoke(services, row.id)
        assert await packager_commands.listed(services) == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "version", "message"),
        [
            ("", "2.0", "The document is not well-formed XML, or has a DTD"),
            (request(version="2.4"), "2.0", "Unsupported CPIX@version"),
            (request(), "1.0", "Unsupported SPEKE version"),
            (request(content_id=""), "2.0", "Missing CPIX@contentId"),
        ],
        ids=["empty", "cpix version", "speke version", "content id"],
    )
    async def test_is_422_with_the_words_of_speke(
        self, app_client: AppClient, container: Container, data: str, version: str, message: str
    ) -> None:
        _, token = await add_packager(container)
        async with app_client.post(SPEKE, data=data, headers=as_packager(token, version)) as response:
            assert (response.status, response.content_type) == (422, "text/plain")
            assert await response.text() == message
            assert response.headers["X-Speke-User-Agent"]
        async with container.scope(write=False) as scope:
            assert (await scope.uow.session.execute(select(content_keys))).all() == []

    async def test_what_is_too_large(self, app_client: AppClient, container: Container) -> None:
        _, token = await add_packager(container)
        text = request() + "<!--" + "x" * 256 * 1024 + "-->"
        async with app_client.post(SPEKE, data=text, headers=as_packager(token)) as response:
            assert response.status == 413

    async def test_kids_in_any_spelling_are_one_key(self, app_client: AppClient, container: Container) -> None:
        _, token = await add_packager(container)
        keys = []
        for kid in (kid_of(1), kid_of(1).upper(), UUID(kid_of(1)).hex):
            text = request(["ALL"]).replace(kid_of(1), kid)
            async with app_client.post(SPEKE, data=text, headers=as_packager(token)) as response:
                keys.append(Answer(await response.read()).keys()[kid])
        assert len(set(keys)) == 1
