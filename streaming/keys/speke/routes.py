"""``POST /api/v1/drm/speke``: CPIX in, CPIX out."""

import asyncio
import base64
import binascii
from importlib.metadata import version
from typing import Final

from aiohttp import hdrs, web

from kernel.errors import Unauthenticated
from kernel.http import CONTAINER, THROTTLE, Call
from kernel.http.payloads import read_body
from kernel.http.problems import HttpRefusal
from kernel.http.router import Router
from kernel.limits import Limit
from streaming.keys.packagers.model import Packager
from streaming.keys.packagers.usecases import Packagers, authenticate
from streaming.keys.speke import cpix, usecases
from streaming.keys.speke.model import MAX_REQUEST_BYTES, SpekeRefused
from streaming.keys.usecases import ContentKeys

PATH: Final = "/drm/speke"
VERSION_HEADER: Final = "X-Speke-Version"
USER_AGENT_HEADER: Final = "X-Speke-User-Agent"
REQUESTS: Final = Limit("speke", attempts=36_000, window_s=3600)
"""Of one packager: ten a second, as fifty live channels with rotating keys make; each may leave new keys behind."""

router = Router("/api/v1", tag="DRM")


async def _speke(request: web.Request) -> web.Response:
    container = request.app[CONTAINER]
    token = _token(request)
    async with container.scope(write=False) as scope:
        packager_id = (await _known(scope.port(Packagers), token)).id
    await request.app[THROTTLE].count(REQUESTS, packager_id)
    if (request.content_length or 0) > MAX_REQUEST_BYTES or len(body := await read_body(request)) > MAX_REQUEST_BYTES:
        raise HttpRefusal(
            413,
            "too_large",
            f"A CPIX document may have {MAX_REQUEST_BYTES // 1024} KiB.",
            headers={hdrs.CONNECTION: "close"},
        )
    speke_version = request.headers.get(VERSION_HEADER, "").strip()
    headers = {
        USER_AGENT_HEADER: f"Ani/{version('ani-server')}",
        hdrs.CACHE_CONTROL: "no-store",
    }
    try:
        asked = await asyncio.to_thread(cpix.read, body, speke_version)
    except SpekeRefused as refused:
        return web.Response(status=422, text=refused.message, headers=headers)
    async with container.scope(write=True, origin=Call(request, None).origin()) as scope:
        packager = await _known(scope.port(Packagers), token)  # it may have been revoked meanwhile
        keys = await usecases.keys_for(asked, packager, keys=scope.port(ContentKeys), now=scope.clock.now())
    document = await asyncio.to_thread(cpix.fill, asked, keys)
    headers[VERSION_HEADER] = speke_version
    return web.Response(body=document, content_type="application/xml", charset="utf-8", headers=headers)


async def _known(packagers: Packagers, token: str) -> Packager:
    try:
        return await authenticate(packagers, token)
    except Unauthenticated:
        raise HttpRefusal(
            401,
            "invalid_token",
            "This wants the token of a packager, which an administrator makes: ani packager add.",
            headers={hdrs.WWW_AUTHENTICATE: 'Basic realm="ani-speke"'},
        ) from None


def _token(request: web.Request) -> str:
    """The token, from ``Authorization: Bearer``, or as the password of ``Basic``, which is all that some packagers can send."""
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return ""


router.raw(hdrs.METH_POST, PATH, _speke)
