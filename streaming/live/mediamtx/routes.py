"""``/api/v1/live/mediamtx`` and ``/api/v1/live/channels/{id}/mediamtx-token``: tokens for a MediaMTX, and the keys they are signed with."""

from typing import Final

from aiohttp import hdrs

from kernel.access import Standing
from kernel.clock import Clock
from kernel.http import Call, Reply, Router
from kernel.http.problems import HttpRefusal
from kernel.limits import Limit
from streaming.live.channels.model import KEY_PREFIX
from streaming.live.channels.usecases import Channels
from streaming.live.errors import ChannelNotFound, ChannelTakenDown, NoMediaServer, StreamKeyInvalid
from streaming.live.mediamtx import usecases
from streaming.live.mediamtx.adapters.tokens import MediaTokens
from streaming.live.mediamtx.model import MediaGrant, MediaServer
from streaming.live.mediamtx.schemas import KeySetOut, MediaTokenIn, MediaTokenOut

TOKENS: Final = Limit("live_media_tokens", 60, 60)
KEYS_MAX_AGE_S: Final = 300
"""How long a new key may be unknown; MediaMTX asks once an hour."""


def routers(server: MediaServer | None, tokens: MediaTokens, clock: Clock) -> list[Router]:
    """``server``: ``None`` where nobody is sent to one."""
    router = Router("/api/v1/live", tag="Live")

    def reply(granted: MediaGrant) -> Reply[MediaTokenOut]:
        assert server is not None
        token, expires_at = tokens.issue(granted, clock.now())
        addresses = server.addresses(granted)
        body = MediaTokenOut(token=token, expires_at=expires_at, action=granted.action, path=granted.path, **addresses)
        return Reply(body, headers={hdrs.CACHE_CONTROL: "no-store"})

    def ensure_on() -> None:
        if server is None:
            raise NoMediaServer

    @router.get(
        "/mediamtx/jwks", summary="Public keys of tokens for MediaMTX", raises=(NoMediaServer,), transaction=False
    )
    async def get_mediamtx_keys(call: Call) -> Reply[KeySetOut]:  # noqa: ARG001 - the same for everybody
        """A JWK Set, for `authJWTJWKS` of `mediamtx.yml`."""
        ensure_on()
        headers: dict[str, str] = {hdrs.CACHE_CONTROL: f"public, max-age={KEYS_MAX_AGE_S}"}
        return Reply(KeySetOut(**tokens.key_set), headers=headers)

    @router.post(
        "/mediamtx/token",
        summary="A token to publish at MediaMTX, for a stream key",
        raises=(NoMediaServer, StreamKeyInvalid, ChannelTakenDown),
        limit=TOKENS,
        transaction=False,
    )
    async def make_mediamtx_token_by_key(call: Call) -> Reply[MediaTokenOut]:
        """`Authorization: Bearer` takes the stream key of a channel; an access token is none. A revoked key gets no token."""
        ensure_on()
        scheme, _, key = call.request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip().startswith(KEY_PREFIX):
            raise HttpRefusal(
                401,
                "invalid_token",
                "This wants the stream key of a channel as bearer token.",
                headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="ani-live"'},
            )
        async with call.container.scope(write=False) as scope:
            return reply(await usecases.granted_by_key(scope.port(Channels), scope.port(Standing), key.strip()))

    @router.post(
        "/channels/{channel_id}/mediamtx-token",
        summary="A token to publish or to watch a channel at MediaMTX",
        raises=(NoMediaServer, ChannelNotFound, ChannelTakenDown),
        limit=TOKENS,
        transaction=False,
    )
    async def make_mediamtx_token(call: Call, channel_id: str, body: MediaTokenIn) -> Reply[MediaTokenOut]:
        """`publish` is for its owner, `read` for everybody who may watch the channel here."""
        ensure_on()
        async with call.container.scope(write=False, actor=call.actor) as scope:
            return reply(await usecases.granted(scope.port(Channels), call.actor, channel_id, body.action))

    return [router]
