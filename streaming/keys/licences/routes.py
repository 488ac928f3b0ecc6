"""``POST /api/v1/drm/{widevine,playready,fairplay}?session=``: licences, for streams that may have them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import hdrs, web

from kernel.errors import AniError
from kernel.http import CONTAINER, REQUEST_ID, THROTTLE
from kernel.http.payloads import read_body
from kernel.http.problems import response_for
from kernel.http.router import Router
from streaming.keys.adapters.issuing import KEY_HEADERS, REQUESTS_OF_STREAM
from streaming.keys.licences import envelopes
from streaming.keys.licences.adapters.upstream import LicenceClient
from streaming.keys.licences.model import (
    FAIRPLAY,
    MAX_BYTES,
    PLAYREADY,
    WIDEVINE,
    LicenceRequestInvalid,
    LicenceRequestTooLarge,
    LicenceServerMissing,
    LicenceServers,
    SealedServer,
)
from streaming.keys.model import COMMON_ENCRYPTION, Protection
from streaming.keys.routes import KEY_DESK
from streaming.keys.signalling import playready, widevine
from streaming.keys.signalling.protobuf import MessageBroken
from streaming.keys.usecases import IssuedKeys, StreamRights

router = Router("/api/v1", tag="Playback")

CERTIFICATE_CACHED: Final = "public, max-age=3600"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class LicenceDesk:
    """Where players of this process come for licences."""

    def __init__(self, servers: LicenceServers) -> None:
        self.servers = servers
        self.client = LicenceClient()

    async def widevine(self, request: web.Request) -> web.Response:
        """A licence, or the service's certificate, which has no key in it and is had with any stream link of ours."""
        server = self.servers.widevine
        if server is None:
            raise LicenceServerMissing(system="Widevine", setting="ANI_WIDEVINE_URL")
        challenge, token = await _body(request), _token(request)
        if widevine.asks_for_certificate(challenge):
            asset_id = await _known_stream(request, token)
            message = envelopes.widevine_message(server, challenge, asset_id, [])
        else:
            try:
                wanted = envelopes.canonical(widevine.requested_key_ids(challenge))
            except MessageBroken:
                raise LicenceRequestInvalid(system="Widevine") from None
            issued = await _issue(request, token, wanted, WIDEVINE)
            message = envelopes.widevine_message(server, challenge, issued.stream.asset_id, issued.keys)
        headers = {"Content-Type": "application/json"}
        answer = await self.client.post(WIDEVINE, server.url, message, headers)
        return _answer(envelopes.widevine_licence(answer), "application/octet-stream")

    async def playready(self, request: web.Request) -> web.Response:
        """A licence as SOAP."""
        server = self.servers.playready
        if server is None:
            raise LicenceServerMissing(system="PlayReady", setting="ANI_PLAYREADY_URL")
        challenge, token = await _body(request), _token(request)
        try:
            wanted = envelopes.canonical(playready.requested_key_ids(challenge))
        except playready.ChallengeBroken:
            raise LicenceRequestInvalid(system="PlayReady") from None
        issued = await _issue(request, token, wanted, PLAYREADY)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": envelopes.SOAP_ACTION}
        answer = await self._sealed(request, PLAYREADY, server, issued, challenge, headers)
        return _answer(answer, "text/xml")

    async def fairplay(self, request: web.Request) -> web.Response:
        """A CKC: raw bytes, whichever of its forms the SPC came in.

        Only the licence server can read which key an SPC asks for, so it is told all that this stream may have.
        """
        server = self.servers.fairplay
        if server is None:
            raise LicenceServerMissing(system="FairPlay", setting="ANI_FAIRPLAY_URL")
        form, token = request.content_type, _token(request)
        spc = envelopes.fairplay_request(await _body(request), form)
        issued = await _issue(request, token, None, FAIRPLAY)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._sealed(request, FAIRPLAY, server, issued, envelopes.fairplay_form(spc), headers)
        return _answer(envelopes.fairplay_licence(answer), "application/octet-stream")

    async def certificate(self, request: web.Request) -> web.Response:  # noqa: ARG002 - as the others
        """FairPlay's certificate: public, and the same for everybody."""
        if self.servers.fairplay_certificate is None:
            raise LicenceServerMissing(system="FairPlay", setting="ANI_FAIRPLAY_CERTIFICATE")
        headers = {**KEY_HEADERS, hdrs.CACHE_CONTROL: CERTIFICATE_CACHED}
        return web.Response(
            body=self.servers.fairplay_certificate, content_type="application/octet-stream", headers=headers
        )

    async def _sealed(
        self,
        request: web.Request,
        system: str,
        server: SealedServer,
        issued: IssuedKeys,
        body: bytes,
        headers: dict[str, str],
    ) -> bytes:
        headers[envelopes.ENTITLEMENT_HEADER] = envelopes.entitlement(
            server.key,
            issuer=self.servers.issuer,
            system=system,
            content_id=issued.stream.asset_id,
            session_id=issued.stream.session_id,
            keys=issued.keys,
            body=body,
            now_s=request.app[CONTAINER].clock.now_ms() // 1000,
        )
        return await self.client.post(system, server.url, body, headers)


LICENCE_DESK: Final = web.AppKey("licence_desk", LicenceDesk)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BYTES or len(body := await read_body(request)) > MAX_BYTES:
        raise LicenceRequestTooLarge(limit_bytes=MAX_BYTES)
    return body


def _token(request: web.Request) -> str:
    return request.query.get("session", "")


async def _known_stream(request: web.Request, token: str) -> str:
    """The asset of a stream link that we signed and that has not expired.  Raises ``TokenRefused``, ``TooManyRequests``."""
    async with request.app[CONTAINER].scope(write=False) as scope:
        claimed = scope.port(StreamRights).claimed(token)
    await request.app[THROTTLE].count(REQUESTS_OF_STREAM, claimed.session_id)
    return claimed.asset_id


async def _issue(request: web.Request, token: str, kids: Sequence[str] | None, system: str) -> IssuedKeys:
    modes = {Protection.CBCS} if system == FAIRPLAY else COMMON_ENCRYPTION
    return await request.app[KEY_DESK].issue(request, token, kids, system=system, modes=modes)


def _answer(licence: bytes, content_type: str) -> web.Response:
    return web.Response(body=licence, content_type=content_type, headers=KEY_HEADERS)


def _handler(name: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        serve: Handler = getattr(request.app[LICENCE_DESK], name)
        try:
            return await serve(request)
        except AniError as error:
            response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
            assert response is not None  # it knows every AniError
            response.headers.update(KEY_HEADERS)
            return response

    return handle


for _system in ("widevine", "playready", "fairplay"):
    router.raw(hdrs.METH_POST, f"/drm/{_system}", _handler(_system))
router.raw(hdrs.METH_GET, "/drm/fairplay/certificate", _handler("certificate"))


def mount(app: web.Application, desk: LicenceDesk) -> None:
    """Give ``app`` its licence desk."""
    app[LICENCE_DESK] = desk
