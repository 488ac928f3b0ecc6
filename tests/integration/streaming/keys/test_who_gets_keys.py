"""Every kind of credential at every place that gives keys out: whoever may not watch gets none, and both outcomes are written down."""

import base64
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import Status
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from notify.audit.repository import audit_log_table
from server.services import Services
from server.settings import Settings
from streaming.ingest.model import AssetId
from streaming.ingest.usecases import Assets
from streaming.keys.model import ContentKey, Protection, TrackClass
from streaming.keys.usecases import ContentKeys
from streaming.origin.access.token import Caps, Keyring, StreamToken, sign
from streaming.origin.ports import StreamSessions
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.integration.streaming.keys.conftest import Protect
from tests.integration.streaming.keys.playing import playlists
from tests.support.media.cpix import COMMON
from tests.support.media.episodes import IngestedEpisode, package_as
from tests.support.people import Person
from tests.support.servers.licence_servers import LICENCES, LicenceUpstream, challenge, licence_upstream, naming

SYSTEMS = {
    Protection.AES_128: ("aes-128",),
    Protection.CBCS: ("clearkey", "clearkey-address", "widevine", "playready", "fairplay"),
}
"""Where keys are had, by how a video is protected."""


@pytest.fixture
async def upstream() -> AsyncIterator[LicenceUpstream]:
    async with licence_upstream() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, upstream: LicenceUpstream, tmp_path: Path) -> Settings:
    """Behind a proxy that says where viewers are; with every way to keys open."""
    named = naming(upstream, settings, tmp_path)
    return named.model_copy(update={"region_header": "CF-IPCountry", "trusted_proxies": 1, "clearkey": True})


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Cinema:
    """Two films with keys, and ways to ask for those."""

    client: AppClient
    services: Services
    film: IngestedEpisode
    other_film: IngestedEpisode
    keys: dict[TrackClass, ContentKey]
    other_key: ContentKey
    admin: Person
    upstream: LicenceUpstream
    problems: list[str] = field(default_factory=list)

    async def play(self, who: Person | None = None, *, episode_id: str = "", region: str = "SE") -> dict[str, Any]:
        headers = {"CF-IPCountry": region, "X-Forwarded-For": "203.0.113.7", **(who.headers if who else {})}
        url = f"/api/v1/episodes/{episode_id or self.film.episode_id}/playback"
        answer = await self.client.post(url, json={}, headers=headers)
        assert answer.status == 200, await answer.text()
        playback: dict[str, Any] = await answer.json()
        return playback

    async def ask(
        self, system: str, token: str, *kids: str, asset_id: str = "", region: str = "SE"
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        headers = {"CF-IPCountry": region, "X-Forwarded-For": "203.0.113.7"}
        kids = kids or (self.keys[TrackClass.SD].kid,)
        if system == "aes-128":
            url = f"/hls/{token}/{asset_id or self.film.asset_id}/keys/{kids[0]}"
            answer = await self.client.get(url, headers=headers)
        elif system == "clearkey-address":
            url = f"/hls/{token}/{asset_id or self.film.asset_id}/keys/clearkey/{kids[0]}"
            answer = await self.client.get(url, headers=headers)
        elif system == "clearkey":
            body = {"kids": [base64url(uuid.UUID(kid).bytes) for kid in kids], "type": "temporary"}
            # As hls.js sends it: without a Content-Type.
            answer = await self.client.post(
                "/api/v1/drm/clearkey",
                params={"session": token},
                json=body,
                headers=headers,
                skip_auto_headers=["Content-Type"],
            )
        else:
            url = f"/api/v1/drm/{system}"
            data = challenge(system, *kids)
            answer = await self.client.post(url, params={"session": token}, data=data, headers=headers)
        return answer.status, await answer.read(), dict(answer.headers)

    async def package_as(self, mode: Protection) -> None:
        await package_as(self.services, mode, self.film, self.other_film)

    def sent(self) -> dict[str, str]:
        """Key id → key in base64url, as licence servers were told since the last time."""
        told = {}
        for claims in self.upstream.claims:
            for each in claims.get("keys", ()):
                told[each["kid"]] = each["k"]
            for each in claims.get("content_key_specs", ()):
                key_id = str(uuid.UUID(bytes=base64.b64decode(each["key_id"])))
                told[key_id] = base64url(base64.b64decode(each["key"]))
        self.upstream.claims.clear()
        return told

    async def gets(self, name: str, token: str, *kids: str) -> None:
        wanted = next(each for each in self.keys.values() if each.kid in (kids or [self.keys[TrackClass.SD].kid]))
        for mode, systems in SYSTEMS.items():
            await self.package_as(mode)
            for system in systems:
                status, body, headers = await self.ask(system, token, *kids)
                if system in {"aes-128", "clearkey-address"}:
                    found = body == wanted.key
                elif system == "clearkey":
                    found = base64url(wanted.key).encode() in body
                else:
                    found = body == LICENCES[system] and self.sent().get(wanted.kid) == base64url(wanted.key)
                if (status, found, headers["Cache-Control"]) != (200, True, "no-store"):
                    self.problems.append(f"{name} at {system}: {status} {headers}, not its key")

    async def refused(
        self,
        name: str,
        token: str,
        *kids: str,
        status: tuple[int, ...] = (403,),
        asset_id: str = "",
        region: str = "SE",
    ) -> None:
        every = [*self.keys.values(), self.other_key]
        for mode, systems in SYSTEMS.items():
            await self.package_as(mode)
            for system in systems:
                got, body, headers = await self.ask(system, token, *kids, asset_id=asset_id, region=region)
                if any(
                    form in body
                    for each in every
                    for form in (each.key, each.key.hex().encode(), base64url(each.key).encode())
                ):
                    self.problems.append(f"{name} at {system}: got a key")
                told = self.sent()
                if system == "fairplay" and kids:
                    # What an SPC asks for is not seen here, so it is not refused: the server is told of no such key.
                    if told.keys() & set(kids):
                        self.problems.append(f"{name} at {system}: {told.keys()}")
                    continue
                if told:
                    self.problems.append(f"{name} at {system}: the licence server was told {told.keys()}")
                if got not in status:
                    self.problems.append(f"{name} at {system}: {got}, not {status}: {body[:200]!r}")
                if "public" in headers.get("Cache-Control", ""):
                    self.problems.append(f"{name} at {system}: {headers['Cache-Control']}")


@pytest.fixture
async def cinema(
    app_client: AppClient,
    services: Services,
    ingested_episode: AddEpisode,
    clip: Callable[..., Path],
    make_user: MakeUser,
    upstream: LicenceUpstream,
) -> Cinema:
    source = clip(seconds=8)
    film, other_film = await ingested_episode(services, source), await ingested_episode(services, source)
    async with services.container.scope(write=True) as scope:
        keys = scope.port(ContentKeys)
        mine = {each: await keys.get_or_make(film.asset_id, each) for each in TrackClass}
        other = await keys.get_or_make(other_film.asset_id, TrackClass.SD)
    return Cinema(app_client, services, film, other_film, mine, other, await make_user(Role.ADMIN), upstream)


def token_of(playback: dict[str, Any]) -> str:
    url: str = playback["hls_url"]
    return url.split("/")[2]


async def test_who_may_watch_gets_keys(cinema: Cinema, make_user: MakeUser) -> None:
    viewer = token_of(await cinema.play(await make_user()))
    guest = token_of(await cinema.play())
    await cinema.gets("signed in", viewer)
    await cinema.gets("signed in, best picture", viewer, cinema.keys[TrackClass.UHD].kid)
    await cinema.gets("signed out", guest)
    await cinema.gets("signed out, HD", guest, cinema.keys[TrackClass.HD].kid)
    await cinema.refused("signed out, UHD", guest, cinema.keys[TrackClass.UHD].kid)

    await cinema.package_as(Protection.CBCS)
    several = [cinema.keys[TrackClass.SD].kid, cinema.keys[TrackClass.AUDIO].kid]
    status, body, _ = await cinema.ask("clearkey", guest, *several)
    assert status == 200
    assert [base64url(cinema.keys[each].key).encode() in body for each in TrackClass] == [True, False, False, True]
    status, body, _ = await cinema.ask("clearkey", guest, *(each.kid for each in cinema.keys.values()))
    assert status == 200, "an init section names all of them"
    assert [base64url(cinema.keys[each].key).encode() in body for each in TrackClass] == [True, True, False, True]
    assert cinema.problems == []


async def test_a_token_that_is_none(cinema: Cinema) -> None:
    good = token_of(await cinema.play())
    said = StreamToken(new_id(), cinema.film.asset_id, int(datetime.now(UTC).timestamp()) + 3600)
    keyring = cinema.services.components.streaming.origin.keyring
    viewer = cinema.admin
    for name, token in {
        "nonsense": "nonsense",
        "cut": good[:-1],
        "longer": good + "A",
        "another last letter": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "another first letter": "B" + good[1:],
        "an access token": viewer.access_token,
        "a refresh token": viewer.refresh_token,
        "the id of a session": (await cinema.play())["session_id"],
        "signed by somebody else": sign(said, Keyring.of([b"x" * 32])),
        "expired": sign(StreamToken(said.session_id, said.asset_id, 1), keyring),
        "of a session that never was": sign(said, keyring),
    }.items():
        await cinema.refused(name, token, status=(403, 422))
    for asked in ("/api/v1/drm/clearkey", "/api/v1/drm/clearkey?session="):
        answer = await cinema.client.post(asked, json={"kids": [base64url(cinema.keys[TrackClass.SD].kid_bytes)]})
        assert answer.status in {403, 422}
    assert (
        await cinema.client.get(f"/hls//{cinema.film.asset_id}/keys/{cinema.keys[TrackClass.SD].kid}")
    ).status == 404
    assert cinema.problems == []


async def test_a_good_token_for_something_else(cinema: Cinema) -> None:
    here = token_of(await cinema.play())
    there = token_of(await cinema.play(episode_id=cinema.other_film.episode_id))
    own = cinema.keys[TrackClass.SD].kid
    await cinema.refused("another film's token", there, own, status=(404,))
    await cinema.refused(
        "another film's token at its own address", there, own, asset_id=cinema.other_film.asset_id, status=(404,)
    )
    await cinema.refused("another film's key", here, cinema.other_key.kid, status=(404,))
    await cinema.refused("a key that never was", here, new_id(), status=(404,))
    await cinema.package_as(Protection.CBCS)
    status, body, _ = await cinema.ask("clearkey", here, own, cinema.other_key.kid)
    assert (status, base64url(cinema.keys[TrackClass.SD].key).encode() in body) == (404, False), "all of them or none"
    capped = StreamToken(
        (await cinema.play())["session_id"], cinema.film.asset_id, int(datetime.now(UTC).timestamp()) + 60, Caps(480)
    )
    token = sign(capped, cinema.services.components.streaming.origin.keyring)
    await cinema.gets("limited to 480, SD", token)
    await cinema.refused("limited to 480, HD", token, cinema.keys[TrackClass.HD].kid)
    assert cinema.problems == []


async def test_a_token_that_was_good(cinema: Cinema, make_user: MakeUser) -> None:
    """Each is used first, and shown again afterwards: nothing is remembered in between."""
    post, delete = cinema.client.post, cinema.client.delete

    async def used(who: Person | None = None, **more: Any) -> str:
        token = token_of(await cinema.play(who, **more))
        await cinema.gets("before", token)
        return token

    ended, leaver, banned = await make_user(), await make_user(), await make_user()
    playback = await cinema.play(ended)
    await cinema.gets("before it is ended", token_of(playback))
    assert (await delete(f"/api/v1/playback/{playback['session_id']}", headers=ended.headers)).status == 204
    await cinema.refused("ended", token_of(playback))

    token = await used(leaver)
    assert (await post("/api/v1/auth/logout", headers=leaver.headers)).status == 204
    await cinema.refused("signed out since", token)

    token = await used(banned)
    ban = f"/api/v1/admin/users/{banned.user_id}/ban"
    assert (await post(ban, json={"reason": "spam"}, headers=cinema.admin.headers)).status == 200
    await cinema.refused("banned", token)

    moved = await used(region="SE")
    async with cinema.services.container.scope(write=True) as scope:
        release = await scope.port(Releases).get(cinema.film.release_id)
        assert release is not None
        release.blocks = type(release.blocks)(regions=("DE",))
    await cinema.refused("in a region where it is blocked by now", moved, status=(451,), region="DE")
    await cinema.gets("elsewhere", moved)
    async with cinema.services.container.scope(write=True) as scope:
        release = await scope.port(Releases).get(cinema.film.release_id)
        assert release is not None
        release.blocks = type(release.blocks)(regions=("SE",))
    await cinema.refused("begun in a region where it is blocked by now", moved, status=(451,), region="FR")
    async with cinema.services.container.scope(write=True) as scope:
        release = await scope.port(Releases).get(cinema.film.release_id)
        assert release is not None
        release.blocks = type(release.blocks)()

    editor, viewer = await make_user(Role.EDITOR), await make_user()
    theirs, watching = await used(editor), await used(viewer)
    async with cinema.services.container.scope(write=True) as scope:
        episode = await scope.port(Episodes).get(cinema.film.episode_id)
        assert episode is not None
        episode.status = Status.DRAFT
    await cinema.refused("unpublished", watching, status=(404,))
    await cinema.gets("unpublished, an editor", theirs)
    role = f"/api/v1/admin/users/{editor.user_id}/role"
    assert (await cinema.client.put(role, json={"role": "user"}, headers=cinema.admin.headers)).status == 200
    await cinema.refused("demoted", theirs, status=(403, 404))

    async with cinema.services.container.scope(write=True) as scope:
        episode = await scope.port(Episodes).get(cinema.film.episode_id)
        assert episode is not None
        episode.status = Status.PUBLISHED
    last = await used()
    async with cinema.services.container.scope(write=True) as scope:
        asset = await scope.port(Assets).get(AssetId(cinema.film.asset_id))
        assert asset is not None
        await scope.port(Assets).remove(asset)
    await cinema.refused("its video removed", last, status=(404,))
    assert cinema.problems == []


async def test_a_stream_that_lasted_its_time(cinema: Cinema) -> None:
    playback = await cinema.play()
    async with cinema.services.container.scope(write=True) as scope:
        session = await scope.port(StreamSessions).get(playback["session_id"])
        assert session is not None
        session.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    await cinema.refused("over", token_of(playback))
    assert cinema.problems == []


async def test_a_request_that_is_none(cinema: Cinema) -> None:
    token = token_of(await cinema.play())
    for body in (
        b"",
        b"{}",
        b"[]",
        b'{"kids":[]}',
        b'{"kids":["AAAA"]}',
        b'{"kids":[7]}',
        b'{"kids":["' + b"A" * 9000 + b'"]}',
        b'{"kids":["\xff"]}',
        b'{"kids":["AAAAAAAAAAAAAAAAAAAAAA"],"type":"forever"}',
        b"\x08\x04",  # Widevine asks so
    ):
        answer = await cinema.client.post("/api/v1/drm/clearkey", params={"session": token}, data=body)
        assert (answer.status, (await answer.json())["code"]) == (400, "key_request_invalid"), body


async def test_both_outcomes_are_in_the_audit_log(cinema: Cinema, make_user: MakeUser) -> None:
    viewer = await make_user()
    token = token_of(await cinema.play(viewer))
    kid = cinema.keys[TrackClass.SD].kid
    await cinema.gets("signed in", token)
    await cinema.refused("another film's key", token, cinema.other_key.kid, status=(404,))
    await Relay(cinema.services.container).drain()

    async with cinema.services.container.scope(write=False) as scope:
        rows = (
            await scope.uow.session.execute(
                select(audit_log_table)
                .where(audit_log_table.c.event.in_(["ContentKeysIssued", "ContentKeysRefused"]))
                .order_by(audit_log_table.c.id)
            )
        ).mappings()
        seen = [(row["event"], row["details"]["system"], row["details"]["kids"], row["actor_id"]) for row in rows]
        everything = str([dict(row) for row in (await scope.uow.session.execute(select(audit_log_table))).mappings()])
    # By a licence and at an address.
    clear = ["org.w3.clearkey", "org.w3.clearkey"]
    ways = ["aes-128", *clear, "com.widevine.alpha", "com.microsoft.playready", "com.apple.fps"]
    every = [each.kid for each in cinema.keys.values()]
    assert seen[:6] == [
        ("ContentKeysIssued", way, every if way == "com.apple.fps" else [kid], viewer.user_id) for way in ways
    ]
    assert seen[6:11] == [("ContentKeysRefused", way, [cinema.other_key.kid], None) for way in ways[:5]]
    assert seen[11:] == [("ContentKeysIssued", "com.apple.fps", every, viewer.user_id)], "which names no key"
    for secret in (token, cinema.keys[TrackClass.SD].key.hex(), repr(cinema.keys[TrackClass.SD].key)):
        assert secret not in everything


async def test_a_key_is_given_for_its_own_purpose_alone(cinema: Cinema) -> None:
    """The address for keys of segments gives no keys of samples, and the other way round; FairPlay knows no cenc."""
    token = token_of(await cinema.play())
    for mode, ways in {
        Protection.NONE: (),
        Protection.AES_128: ("aes-128",),
        Protection.CBCS: ("clearkey", "clearkey-address", "widevine", "playready", "fairplay"),
        Protection.CENC: ("clearkey", "clearkey-address", "widevine", "playready"),
    }.items():
        await cinema.package_as(mode)
        for system in ("aes-128", "clearkey", "clearkey-address", "widevine", "playready", "fairplay"):
            status, body, headers = await cinema.ask(system, token)
            expected = 200 if system in ways else 404
            assert (status, bool(cinema.sent())) == (expected, system in ways and system in LICENCES), (mode, system)
            assert headers["Cache-Control"] == "no-store", (mode, system)
            if expected == 404:
                assert json.loads(body)["code"] == "key_unknown", (mode, system)


class TestWhereClearKeyIsClosed:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Nothing is said of ClearKey, and there are licence servers."""
        return settings.model_copy(update={"clearkey": None})

    async def test_it_gives_nothing_and_is_named_nowhere(self, cinema: Cinema, protect: Protect) -> None:
        token = token_of(await cinema.play())
        await cinema.package_as(Protection.AES_128)
        status, body, _ = await cinema.ask("aes-128", token)
        assert (status, body) == (200, cinema.keys[TrackClass.SD].key)
        await cinema.package_as(Protection.CBCS)
        closed = dict.fromkeys(("clearkey", "clearkey-address"), "clear_key_closed")
        for system, expected in {**closed, "aes-128": "key_unknown"}.items():
            status, body, headers = await cinema.ask(system, token)
            assert (status, json.loads(body)["code"]) == (404, expected)
            assert headers["Cache-Control"] == "no-store"
        assert (await cinema.ask("widevine", token))[0] == 200
        await cinema.package_as(Protection.NONE)

        await protect(cinema.film, Protection.CBCS)
        playback = await cinema.play()
        systems = [each["key_system"] for each in playback["drm"]["key_systems"]]
        assert systems == ["com.widevine.alpha", "com.microsoft.playready", "com.apple.fps"]
        assert playback["drm"]["identity_hls_url"] is None
        base = playback["hls_url"].rpartition("/")[0]
        assert (await cinema.client.get(f"{base}/v180/main.m3u8")).status == 200
        assert (await cinema.client.get(f"{base}/v180/identity-main.m3u8")).status == 404
        found = await playlists(cinema.client, playback["hls_url"])
        found["manifest"] = await (await cinema.client.get(playback["dash_url"])).text()
        for name, text in found.items():
            assert "clearkey" not in text.lower(), name
            assert COMMON not in text, name
        assert sum("com.apple.streamingkeydelivery" in text for text in found.values()) >= 3
