"""Tokens for a MediaMTX: who gets one, and what MediaMTX makes of it.  Without the setting there are none: the authorisation table."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest

from kernel.access import Role
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.integration.streaming.live.conftest import API, Stage
from tests.support.people import Person

WEBRTC = "https://media.example.org:8889"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mediamtx_webrtc_url": WEBRTC})


@dataclass
class MediaMtx:
    """Does what ``internal/auth/manager.go`` of MediaMTX does with ``authMethod: jwt``, and its docs' ``authJWTIssuer`` and ``authJWTAudience``.

    The real one cannot be had here.
    """

    keys: jwt.PyJWKSet
    issuer: str

    @classmethod
    async def started(cls, client: AppClient, settings: Settings) -> "MediaMtx":
        answer = await client.get(f"{API}/mediamtx/jwks")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
        return cls(jwt.PyJWKSet.from_dict(await answer.json()), settings.url)

    def lets_in(self, token: str, action: str, path: str) -> bool:
        try:
            key = self.keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token, key.key, algorithms=[key.algorithm_name], audience="mediamtx", issuer=self.issuer
            )
        except (KeyError, jwt.InvalidTokenError):
            return False
        return any(self._matches(one, action, path) for one in claims["mediamtx_permissions"])

    def _matches(self, permission: dict[str, str], action: str, path: str) -> bool:
        wanted = permission["path"]
        if permission["action"] != action:
            return False
        return wanted == "" or (re.search(wanted[1:], path) is not None if wanted[:1] == "~" else wanted == path)


async def asked(stage: Stage, action: str, who: Person | None) -> tuple[int, dict[str, Any]]:
    headers = {} if who is None else who.headers
    answer = await stage.client.post(f"{stage.path}/mediamtx-token", json={"action": action}, headers=headers)
    return answer.status, await answer.json()


async def by_key(stage: Stage, key: str) -> tuple[int, dict[str, Any]]:
    answer = await stage.client.post(f"{API}/mediamtx/token", headers={"Authorization": f"Bearer {key}"})
    return answer.status, await answer.json()


async def test_mediamtx_believes_them(stage: Stage, settings: Settings) -> None:
    mediamtx = await MediaMtx.started(stage.client, settings)
    path, other = f"live/{stage.channel['id']}", "live/another"
    (watched, viewer), (own, owner), (keyed, encoder) = (
        await asked(stage, "read", None),
        await asked(stage, "publish", stage.owner),
        await by_key(stage, stage.key),
    )
    assert (watched, own, keyed) == (200, 200, 200)
    assert (viewer["whep_url"], viewer["whip_url"], viewer["hls_url"]) == (f"{WEBRTC}/{path}/whep", None, None)
    assert encoder["whip_url"] == owner["whip_url"] == f"{WEBRTC}/{path}/whip"
    for body, action in ((viewer, "read"), (owner, "publish"), (encoder, "publish")):
        assert body["path"] == path
        assert mediamtx.lets_in(body["token"], action, path)
        for wrong, where in (
            ("publish" if action == "read" else "read", path),
            (action, other),
            (action, ""),
            ("api", ""),
        ):
            assert not mediamtx.lets_in(body["token"], wrong, where), (action, wrong, where)
    assert not mediamtx.lets_in(stage.owner.access_token, "publish", path), "what signs in here is none there"
    headers = {"Authorization": f"Bearer {owner['token']}"}
    assert (await stage.client.get("/api/v1/auth/me", headers=headers)).status == 401, "and the other way round"
    assert (await stage.client.post(f"{API}/whip", headers=headers)).status == 401


async def test_who_gets_one(stage: Stage, make_user: MakeUser) -> None:
    client, owner = stage.client, stage.owner
    stranger, moderator = await make_user(), await make_user(Role.MODERATOR)
    statuses = [(await asked(stage, "publish", who))[0] for who in (None, stranger, moderator)]
    assert statuses == [401, 403, 403]
    assert (await asked(stage, "api", owner))[0] == 422
    for key in ("", "anis_wrong", owner.access_token):
        assert (await by_key(stage, key))[0] in (401, 403), key

    members = {"title": "Evenings", "audience": "members"}
    assert (await client.put(stage.path, json=members, headers=owner.headers)).status == 200
    assert [(await asked(stage, "read", who))[0] for who in (None, stranger)] == [404, 200]
    ban = f"/api/v1/admin/users/{stranger.user_id}/ban"
    assert (await client.post(ban, json={"reason": "spam"}, headers=moderator.headers)).status < 300
    assert (await asked(stage, "read", stranger))[0] == 401

    down = f"{stage.path}/take-down"
    assert (await client.put(down, json={"reason": "spam"}, headers=moderator.headers)).status == 200
    found = [(await asked(stage, *one))[0] for one in (("read", None), ("read", moderator), ("publish", owner))]
    assert (found, (await by_key(stage, stage.key))[0]) == ([404, 403, 403], 403)


async def test_a_key_that_opens_nothing_any_more(stage: Stage, make_user: MakeUser) -> None:
    moderator = await make_user(Role.ADMIN)
    renewed = await stage.client.put(f"{stage.path}/key", headers=stage.owner.headers)
    key = (await renewed.json())["stream_key"]
    assert ((await by_key(stage, stage.key))[0], (await by_key(stage, key))[0]) == (403, 200)
    ban = f"/api/v1/admin/users/{stage.owner.user_id}/ban"
    assert (await stage.client.post(ban, json={"reason": "spam"}, headers=moderator.headers)).status < 300
    assert (await by_key(stage, key))[0] == 403, "its owner is banned"


async def test_it_expires(stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    mediamtx = await MediaMtx.started(stage.client, settings)
    _, body = await asked(stage, "read", None)
    assert mediamtx.lets_in(body["token"], "read", body["path"])
    monkeypatch.setattr("streaming.live.mediamtx.adapters.tokens.LIFETIMES", {"read": timedelta(seconds=-1)})
    _, body = await asked(stage, "read", None)
    assert not mediamtx.lets_in(body["token"], "read", body["path"])
