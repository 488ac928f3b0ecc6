"""Tokens for MediaMTX: their claims, their keys, and nothing but one channel."""

import secrets
from datetime import UTC, datetime, timedelta

import jwt

from kernel.ids import new_id
from streaming.live.mediamtx.adapters.tokens import MediaTokens
from streaming.live.mediamtx.model import LIFETIMES, MediaAction, MediaServer, grant
from streaming.live.model import ChannelId

NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
CHANNEL = ChannelId(new_id())


def test_a_token() -> None:
    tokens = MediaTokens([secrets.token_bytes(32)], issuer="https://ani.example.org")
    token, expires_at = tokens.issue(grant(MediaAction.PUBLISH, CHANNEL), NOW)
    [public] = jwt.PyJWKSet.from_dict(tokens.key_set).keys
    claims = jwt.decode(
        token, public.key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False}, audience="mediamtx"
    )
    del claims["jti"]
    assert claims == {
        "iss": "https://ani.example.org",
        "aud": "mediamtx",
        "iat": NOW.timestamp(),
        "exp": expires_at.timestamp(),
        "mediamtx_permissions": [{"action": "publish", "path": f"live/{CHANNEL}"}],
    }
    assert expires_at == NOW + timedelta(minutes=10)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "JWT", "kid": public.key_id}
    assert len(token) < 512, "an SRT stream id has no more"


def test_keys_are_those_of_the_installation() -> None:
    new, former = secrets.token_bytes(32), secrets.token_bytes(32)
    before = MediaTokens([former], issuer="x").key_set["keys"]
    after = MediaTokens([new, former], issuer="x").key_set["keys"]
    assert after[1:] == before, "every node makes the same of one secret, and tokens from before are believed"
    assert [sorted(key) for key in after] == [["alg", "crv", "kid", "kty", "use", "x", "y"]] * 2, "no private part"
    token, _ = MediaTokens([new, former], issuer="x").issue(grant(MediaAction.READ, CHANNEL), NOW)
    assert jwt.get_unverified_header(token)["kid"] == after[0]["kid"] != after[1]["kid"]


def test_addresses() -> None:
    publish, read = grant(MediaAction.PUBLISH, CHANNEL), grant(MediaAction.READ, CHANNEL)
    webrtc = MediaServer("https://media.example.org:8889")
    assert webrtc.addresses(publish) == {"whip_url": f"https://media.example.org:8889/live/{CHANNEL}/whip"}
    assert webrtc.addresses(read) == {"whep_url": f"https://media.example.org:8889/live/{CHANNEL}/whep"}
    both = MediaServer("https://media.example.org:8889", "https://media.example.org:8888")
    assert both.addresses(read)["hls_url"] == f"https://media.example.org:8888/live/{CHANNEL}/index.m3u8"
    assert LIFETIMES[MediaAction.READ] < LIFETIMES[MediaAction.PUBLISH]
