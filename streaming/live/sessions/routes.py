"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep-03): descriptions of sessions in, descriptions out.

``POST /api/v1/live/whip`` takes a stream key as bearer token; ``…/channels/{id}/whip`` an access token of the channel's owner, which
is how the studio page publishes; both with ``?test=true`` test the line, and show nobody anything; ``…/channels/{id}/whep`` is for viewers.  Sessions are at ``/api/v1/live/sessions/{session}``, whose
name is a secret: whoever has it may end the session or move it to another network, and nothing else.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import hdrs, web

from kernel.access import Actor
from kernel.errors import Unauthenticated
from kernel.http import Call, Router
from kernel.http.call import ACTOR, throttled
from kernel.http.payloads import read_body
from kernel.http.problems import HttpRefusal
from kernel.ids import is_id
from kernel.limits import Limit
from kernel.rtc.turn import ice_servers
from streaming.live.adapters.serving import LiveServing
from streaming.live.channels import usecases
from streaming.live.channels.model import KEY_PREFIX, Channel
from streaming.live.channels.usecases import Channels
from streaming.live.errors import ChannelNotFound, ChannelOffline, ChannelTakenDown, IceSessionStale, IceVersionMissing

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
ANY_ORIGIN: Final = re.compile(r"/api/v1/live/(whip|channels/[^/]+/(whip|whep)|sessions/.+)")
"""Paths that pages of every origin may ask, and are told of errors there: tokens are in a header that no browser adds by itself."""
MAX_BODY_BYTES: Final = 65_536
RETRY_AFTER_S: Final = 2
"""When a viewer of a channel that is not live asks again; players wait longer each time."""
COUNTER_OFFER_S: Final = 30
"""How long an offer of ours is good; that of the draft."""

PUBLISH = Limit("live_publish", 30, 60)
TEST = Limit("live_line_test", 20, 600)
"""Tests of a line: whoever moves about to find a better one makes several."""
WATCH = Limit("live_watch", 60, 60)
SESSION = Limit("live_session", 300, 60)
DELIVERY = Limit("live_delivery", 1_500, 60)
"""Each viewer asks three times a minute: as many of them at one address as a school has."""

EXPOSED: Final = "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch, X-Request-Id"
"""What pages of other origins read of an answer."""
PREFLIGHT: Final[dict[str, str]] = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD, POST, PATCH, DELETE, OPTIONS",
    # ETag is what Eyevinn's client says in the place of If-Match.
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, Content-Type, If-Match, ETag",
    hdrs.ACCESS_CONTROL_MAX_AGE: "7200",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routers(serving: LiveServing) -> list[Router]:
    """The routes over the live channels of this process."""
    return [_Sessions(serving).router()]


def mount(serving: LiveServing) -> Callable[[web.Application], None]:
    """Have a server that is being stopped wait for no question that is held."""

    async def stop(_app: web.Application) -> None:
        serving.hold_nothing()

    return lambda app: app.on_shutdown.append(stop)


class _Sessions:
    def __init__(self, serving: LiveServing) -> None:
        self._serving = serving

    def router(self) -> Router:
        router = Router("/api/v1/live", tag="Live")
        for path, post in (
            ("/whip", self.publish_by_key),
            ("/channels/{channel_id}/whip", self.publish),
            ("/channels/{channel_id}/whep", self.watch),
        ):
            router.raw(hdrs.METH_POST, path, post)
            router.raw(hdrs.METH_GET, path, self.discover)  # HEAD comes with it
            router.raw(hdrs.METH_OPTIONS, path, self.options)
        router.raw(hdrs.METH_PATCH, "/sessions/{session}", self.patch)
        router.raw(hdrs.METH_DELETE, "/sessions/{session}", self.delete)
        router.raw(hdrs.METH_GET, "/sessions/{session}", self.discover)
        router.raw(hdrs.METH_OPTIONS, "/sessions/{session}", self.options)
        router.raw(hdrs.METH_GET, "/sessions/{session}/delivery", self.delivery)
        return router

    # Publishers

    async def publish_by_key(self, request: web.Request) -> web.Response:
        """RFC 9725 §4.2, the token is the key of a channel."""
        await throttled(request, PUBLISH)
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip().startswith(KEY_PREFIX):
            raise HttpRefusal(
                401,
                "invalid_token",
                "This wants the stream key of a channel as bearer token.",
                headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="ani-live"'},
            )
        async with _call(request).container.scope(write=False) as scope:
            channel = await usecases.by_key(scope.port(Channels), token.strip())
        return await self._publish(request, channel, actor=None)

    async def publish(self, request: web.Request) -> web.Response:
        """The same for whoever is signed in as its owner."""
        await throttled(request, PUBLISH)
        actor = request.get(ACTOR)
        if actor is None:
            raise Unauthenticated
        async with _call(request).container.scope(write=False, actor=actor) as scope:
            channel = await usecases.to_publish(scope.port(Channels), actor, _channel_id(request))
        return await self._publish(request, channel, actor=actor)

    async def _publish(self, request: web.Request, channel: Channel, *, actor: Actor | None) -> web.Response:
        sdp = await _body(request, SDP)
        if _flag(request, "test"):
            await throttled(request, TEST)
            answer = await self._serving.test(channel, sdp, actor=actor)
        else:
            answer = await self._serving.publish(channel, sdp, takeover=_flag(request, "takeover"), actor=actor)
        return self._created(answer, 201, user=channel.id)

    # Viewers

    async def watch(self, request: web.Request) -> web.Response:
        """Answer a player's offer, or make one where it is no good."""
        await throttled(request, WATCH)
        actor = request.get(ACTOR)
        async with _call(request).container.scope(write=False, actor=actor) as scope:
            view = await usecases.shown(scope.port(Channels), actor, _channel_id(request), self._serving.clock.now())
        if view.channel.taken_down_at is not None:
            raise ChannelTakenDown
        sdp = await _body(request, SDP)
        try:
            answer = await self._serving.watch(view.channel.id, sdp, actor=actor, place=request.query.get("place", ""))
        except ChannelOffline as error:
            headers: dict[str, str] = {hdrs.RETRY_AFTER: str(RETRY_AFTER_S)}
            raise HttpRefusal(409, error.code, error.message, headers=headers) from None
        return self._created(answer, 406 if answer["counter_offer"] else 201, user="")

    def _created(self, answer: Mapping[str, Any], status: int, *, user: str) -> web.Response:
        response = web.Response(
            status=status,
            body=answer["sdp"].encode(),
            headers={
                hdrs.CONTENT_TYPE: SDP,
                hdrs.LOCATION: f"/api/v1/live/sessions/{answer['session']}",
                hdrs.ETAG: f'"{answer["etag"]}"',
                hdrs.CACHE_CONTROL: "no-store",
                "Accept-Patch": FRAGMENT,
            },
        )
        # The relay's log names nobody.
        name = hashlib.sha256(f"{user}{answer['session']}".encode()).hexdigest()[:16]
        for server in ice_servers(self._serving.rtc.turn, name, self._serving.clock.now_ms() / 1000):
            for url in server["urls"]:
                response.headers.add(
                    hdrs.LINK,
                    f'<{url}>; rel="ice-server"; username="{server["username"]}"; '
                    f'credential="{server["credential"]}"; credential-type="password"',
                )
        return response

    # Sessions

    async def patch(self, request: web.Request) -> web.Response:
        """Trickled candidates (204), a restart of ICE (200), or the answer to an offer of ours (204)."""
        await throttled(request, SESSION)
        session = request.match_info["session"]
        if request.content_type == SDP:
            await self._serving.of_session(session, "counter", {"sdp": await _body(request, SDP)})
            return web.Response(status=204)
        fragment = await _body(request, FRAGMENT)
        if_match = request.headers.get(hdrs.IF_MATCH, "").strip()
        question = {"fragment": fragment, "if_match": if_match if if_match == "*" else if_match.strip('"')}
        try:
            answer = await self._serving.of_session(session, "patch", question)
        except IceSessionStale as error:
            raise HttpRefusal(412, error.code, error.message) from None
        except IceVersionMissing as error:
            raise HttpRefusal(428, error.code, error.message) from None
        if answer["fragment"] is None:
            return web.Response(status=204)
        headers = {hdrs.ETAG: f'"{answer["etag"]}"', hdrs.CONTENT_TYPE: FRAGMENT}
        return web.Response(body=answer["fragment"].encode(), headers=headers)

    async def delete(self, request: web.Request) -> web.Response:
        """End the session."""
        await throttled(request, SESSION)
        await self._serving.of_session(request.match_info["session"], "delete", {})
        return web.Response(status=200)

    async def delivery(self, request: web.Request) -> web.Response:
        """How a viewer is to watch, ``webrtc`` or ``hls``: held while that is what it says it does ``now``.

        Of a session, or of the name that came with ``viewers_full``: who waits is offered a place by ``webrtc``, and takes it within ten
        seconds by an offer with ``?place=`` that name.
        """
        await throttled(request, DELIVERY)
        now = request.query.get("now", "")
        word = await self._serving.how_to_watch(request.match_info["session"], now)
        return web.json_response({"delivery": word}, headers={hdrs.CACHE_CONTROL: "no-store"})

    # What there is

    async def discover(self, request: web.Request) -> web.Response:
        """Nothing is shown there (RFC 9725 §4.1); HEAD says what may be posted."""
        headers = {"Accept-Post": SDP, hdrs.ALLOW: PREFLIGHT[hdrs.ACCESS_CONTROL_ALLOW_METHODS]}
        if request.method == hdrs.METH_HEAD:
            return web.Response(status=200, content_type=SDP, headers=headers)
        return web.Response(status=204, headers=headers)

    async def options(self, request: web.Request) -> web.Response:  # noqa: ARG002 - the same for everybody
        """For pages of other origins, and clients that ask what to post (RFC 9725 §4.2)."""
        return web.Response(status=200, headers={"Accept-Post": SDP, "Accept-Patch": FRAGMENT, **PREFLIGHT})


def _call(request: web.Request) -> Call:
    return Call(request, None)


def _flag(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() in ("true", "1")


def _channel_id(request: web.Request) -> str:
    channel_id = request.match_info["channel_id"]
    if not is_id(channel_id):
        raise ChannelNotFound
    return channel_id


async def _body(request: web.Request, kind: str) -> str:
    if request.content_type != kind:
        raise HttpRefusal(415, "unsupported_media_type", f"Send Content-Type: {kind}.")
    if request.content_length is not None and request.content_length > MAX_BODY_BYTES:
        raise HttpRefusal(413, "too_large", "A description of a session is shorter than that.")
    body = await read_body(request)
    if len(body) > MAX_BODY_BYTES:
        raise HttpRefusal(413, "too_large", "A description of a session is shorter than that.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HttpRefusal(400, "not_utf8", "Send UTF-8.") from None
