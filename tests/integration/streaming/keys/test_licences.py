"""Licences of Widevine, PlayReady and FairPlay, by way of licence servers that look at every field and signature they are sent."""

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import select

from kernel.access import Role
from kernel.outbox.relay import Relay
from notify.audit.repository import audit_log_table
from server.services import Services
from server.settings import Settings
from streaming.keys.model import ContentKey, Protection, TrackClass
from streaming.keys.usecases import ContentKeys
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.support.media.episodes import IngestedEpisode, package_as
from tests.support.servers.licence_servers import (
    CERTIFICATE,
    LICENCES,
    SYSTEMS,
    LicenceUpstream,
    challenge,
    licence_upstream,
    naming,
    playready_challenge,
    unb64url,
    widevine_challenge,
)

pytestmark = pytest.mark.parametrize("adapters", ["embedded"], indirect=True)


@pytest.fixture
async def upstream() -> AsyncIterator[LicenceUpstream]:
    async with licence_upstream() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, upstream: LicenceUpstream, tmp_path: Path) -> Settings:
    return naming(upstream, settings, tmp_path)


@dataclass
class Player:
    """A film with keys, and a player that asks for licences."""

    client: AppClient
    services: Services
    film: IngestedEpisode
    keys: dict[TrackClass, ContentKey]
    other_key: ContentKey

    async def token(self, headers: dict[str, str] | None = None) -> str:
        async with self.client.post(
            f"/api/v1/episodes/{self.film.episode_id}/playback", json={}, headers=headers or {}
        ) as response:
            assert response.status == 200, await response.text()
            url: str = (await response.json())["hls_url"]
        return url.split("/")[2]

    async def ask(self, system: str, token: str, *kids: str) -> tuple[int, bytes, dict[str, str]]:
        body = challenge(system, *(kids or (self.keys[TrackClass.SD].kid,)))
        headers = {"Cookie": "ani=secret", "User-Agent": "Player/1", "X-Whatever": "mine"}
        async with self.client.post(
            f"/api/v1/drm/{system}", params={"session": token}, data=body, headers=headers
        ) as response:
            return response.status, await response.read(), dict(response.headers)


@pytest.fixture
async def player(
    app_client: AppClient, services: Services, ingested_episode: AddEpisode, clip: Callable[..., Path]
) -> Player:
    source = clip(seconds=8)
    film, other_film = await ingested_episode(services, source), await ingested_episode(services, source)
    async with services.container.scope(write=True) as scope:
        keys = scope.port(ContentKeys)
        mine = {each: await keys.get_or_make(film.asset_id, each) for each in TrackClass}
        other = await keys.get_or_make(other_film.asset_id, TrackClass.SD)
    await package_as(services, Protection.CBCS, film, other_film)
    return Player(app_client, services, film, mine, other)


async def test_every_system(player: Player, upstream: LicenceUpstream, make_user: MakeUser) -> None:
    """One test for all that is right: the film is ingested once."""
    admin = await make_user(Role.ADMIN)
    token = await player.token(admin.headers)
    kids = [player.keys[each].kid for each in TrackClass]
    for system in SYSTEMS:
        status, body, headers = await player.ask(system, token, *kids)
        assert (status, body) == (200, LICENCES[system]), body
        assert headers["Cache-Control"] == "no-store"
        _, sent, _ = upstream.asked[-1]
        assert not {"cookie", "x-whatever", "authorization", "x-forwarded-for"} & sent.keys()
        assert sent["user-agent"] != "Player/1"
    widevine, playready, fairplay = upstream.claims
    assert base64.b64decode(widevine["payload"]) == widevine_challenge(*kids)
    assert base64.b64decode(widevine["content_id"]).decode() == player.film.asset_id
    assert widevine["provider"] == "ani-test"
    assert [
        (base64.b64decode(spec["key_id"]), base64.b64decode(spec["key"]), spec["track_type"], spec["security_level"])
        for spec in widevine["content_key_specs"]
    ] == [
        (player.keys[each].kid_bytes, player.keys[each].key, name, level)
        for each, name, level in zip(TrackClass, ("SD", "HD", "UHD1", "AUDIO"), (1, 1, 5, 1), strict=True)
    ]
    assert [spec["required_output_protection"]["hdcp"] for spec in widevine["content_key_specs"]] == [
        "HDCP_NONE",
        "HDCP_V1",
        "HDCP_V2_2",
        "HDCP_NONE",
    ]
    assert upstream.asked[1][2] == playready_challenge(*kids)
    for claims, system in ((playready, "com.microsoft.playready"), (fairplay, "com.apple.fps")):
        assert (claims["system"], claims["content_id"]) == (system, player.film.asset_id)
        assert claims["iss"] == player.services.settings.url
        assert {each["kid"]: unb64url(each["k"]) for each in claims["keys"]} == {
            each.kid: each.key for each in player.keys.values()
        }
    await Relay(player.services.container).drain()
    async with player.services.container.scope(write=False) as scope:
        query = select(audit_log_table.c.details).where(audit_log_table.c.event == "ContentKeysIssued")
        rows = (await scope.uow.session.execute(query)).scalars().all()
    assert sorted(row["system"] for row in rows) == ["com.apple.fps", "com.microsoft.playready", "com.widevine.alpha"]


async def test_the_certificate_of_fairplay(app_client: AppClient) -> None:
    async with app_client.get("/api/v1/drm/fairplay/certificate") as response:
        assert (response.status, await response.read()) == (200, CERTIFICATE)


async def test_the_certificate_of_widevine_needs_a_stream(player: Player, upstream: LicenceUpstream) -> None:
    url = "/api/v1/drm/widevine"
    async with player.client.post(url, params={"session": "nonsense"}, data=b"\x08\x04") as response:
        assert response.status == 403
    async with player.client.post(url, params={"session": await player.token()}, data=b"\x08\x04") as response:
        assert response.status == 200
    (claims,) = upstream.claims
    assert "content_key_specs" not in claims


async def test_nobody_else(player: Player, upstream: LicenceUpstream, make_user: MakeUser) -> None:
    """Every wrong credential at every system; what a right one may not have; nothing of it reaches a licence server."""
    owner = await make_user()
    token = await player.token(owner.headers)
    ended = await player.token(owner.headers)
    session_id = str(uuid.UUID(bytes=unb64url(ended)[2:18]))
    async with player.client.delete(f"/api/v1/playback/{session_id}", headers=owner.headers) as response:
        assert response.status == 204
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for system in SYSTEMS:
        for name, credential in {
            "none": "",
            "nonsense": "a" * 76,
            "forged": forged,
            "access token": owner.access_token,
            "ended": ended,
        }.items():
            status, body, headers = await player.ask(system, credential)
            assert status == 403, (system, name, status, body)
            assert headers["Cache-Control"] == "no-store"
    for system in ("widevine", "playready"):
        for kids in (
            (player.other_key.kid,),
            (player.keys[TrackClass.SD].kid, player.other_key.kid),
            (str(uuid.uuid4()),),
        ):
            status, _, _ = await player.ask(system, token, *kids)
            assert status == 404, (system, kids)
    assert upstream.asked == []


@pytest.mark.parametrize(
    ("system", "body", "status", "code"),
    [
        ("widevine", b"", 400, "licence_request_invalid"),
        ("widevine", b"{}", 400, "licence_request_invalid"),
        ("playready", b"", 400, "licence_request_invalid"),
        ("playready", b"<!DOCTYPE a><a/>", 400, "licence_request_invalid"),
        ("fairplay", b"", 400, "licence_request_invalid"),
        ("widevine", b"\x08\x01" + b"\0" * 65_536, 413, "licence_request_too_large"),
        ("playready", b" " * 65_537, 413, "licence_request_too_large"),
        ("fairplay", b"\0" * 65_537, 413, "licence_request_too_large"),
    ],
    ids=["no message", "json", "no soap", "dtd", "no spc", "large widevine", "large playready", "large fairplay"],
)
async def test_bad_requests(app_client: AppClient, system: str, body: bytes, status: int, code: str) -> None:
    async with app_client.post(f"/api/v1/drm/{system}", params={"session": "x"}, data=body) as response:
        assert (response.status, (await response.json())["code"]) == (status, code)


async def test_what_licence_servers_answer(player: Player, upstream: LicenceUpstream) -> None:
    token = await player.token()
    odd: dict[str, tuple[Callable[[], web.Response], int]] = {
        "refused": (lambda: web.Response(status=403), 403),
        "broken": (lambda: web.Response(status=500, text="trace"), 503),
        "elsewhere": (lambda: web.Response(status=302, headers={"Location": "/playready"}), 503),
        "endless": (lambda: web.Response(body=b"x" * 70_000), 503),
    }
    for name, (answer, expected) in odd.items():
        upstream.answer = answer
        for system in SYSTEMS:
            status, body, _ = await player.ask(system, token)
            assert status == expected, (name, system, body)
            assert b"trace" not in body
    for text, expected in (("{}", 503), ("[]", 503), ('{"status":"INVALID_LICENSE_CHALLENGE"}', 403)):
        upstream.answer = lambda text=text: web.Response(text=text)
        status, _, _ = await player.ask("widevine", token)
        assert status == expected, text


async def test_a_licence_server_that_is_silent(player: Player, upstream: LicenceUpstream) -> None:
    token = await player.token()
    upstream.delay = asyncio.Event()
    try:
        status, body, headers = await player.ask("widevine", token)
    finally:
        upstream.delay.set()
    assert (status, json.loads(body)["code"]) == (503, "licence_server_away")
    assert "Retry-After" in headers


class TestWithoutLicenceServers:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(
            update={
                "widevine_url": "",
                "playready_url": "",
                "fairplay_url": "",
                "fairplay_certificate": None,
            }
        )

    async def test_the_answer_names_the_setting(self, app_client: AppClient) -> None:
        for method, path, setting in (
            ("POST", "widevine", "ANI_WIDEVINE_URL"),
            ("POST", "playready", "ANI_PLAYREADY_URL"),
            ("POST", "fairplay", "ANI_FAIRPLAY_URL"),
            ("GET", "fairplay/certificate", "ANI_FAIRPLAY_CERTIFICATE"),
        ):
            async with app_client.request(method, f"/api/v1/drm/{path}") as response:
                problem = await response.json()
            assert (response.status, problem["code"]) == (404, "licence_server_missing")
            assert setting in problem["detail"]
