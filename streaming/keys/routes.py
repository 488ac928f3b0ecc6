"""Keys over HTTP: 16 bytes for AES-128 at an address in the playlist, licences for ClearKey by POST."""

from collections.abc import Collection
from typing import Any, Final

from aiohttp import hdrs, web
from pydantic import BaseModel, Field, ValidationError

from kernel.errors import AniError, Forbidden, NotFound, TooManyRequests, UnavailableForLegalReasons
from kernel.http import REQUEST_ID, Call, Reply, Router
from kernel.http.payloads import read_body
from kernel.http.problems import response_for
from kernel.ids import is_id
from streaming.keys import clearkey
from streaming.keys.adapters.issuing import KEY_HEADERS, KeyDesk
from streaming.keys.clearkey import ClearKeyClosed, KeyRequestInvalid
from streaming.keys.model import COMMON_ENCRYPTION, KeyNotGranted, KeyUnknown, Protection

router = Router("/api/v1", tag="Playback")
key_router = Router("", tag="Media")

KEY_DESK: Final = web.AppKey("key_desk", KeyDesk)

MAX_REQUEST_BYTES: Final = 8 * 1024
"""Of :data:`~streaming.keys.clearkey.MAX_KIDS` key ids, however they are written, a quarter."""


class SessionQuery(BaseModel):
    """Whose stream it is for."""

    session: str = Field(
        max_length=200, description="The token of the stream, as in the licence address of `playback`."
    )


class ClearKeyIn(BaseModel):
    """A licence request (W3C EME §9.1.3); other members are ignored."""

    kids: list[str] = Field(min_length=1, max_length=clearkey.MAX_KIDS)
    type: str = Field("temporary", pattern="^(temporary|persistent-license)$")


class JsonWebKey(BaseModel):
    """A content key as a JSON Web Key (RFC 7517 §4, of type ``oct``)."""

    kty: str
    kid: str = Field(description="Base64url without padding.")
    k: str = Field(description="Base64url without padding.")


class ClearKeyOut(BaseModel):
    """A licence (W3C EME §9.1.4)."""

    keys: list[JsonWebKey]
    type: str


@router.post(
    "/drm/clearkey",
    summary="Get a ClearKey licence",
    transaction=False,
    media=("application/json",),
    raises=(
        ClearKeyClosed,
        Forbidden,
        KeyNotGranted,
        KeyRequestInvalid,
        KeyUnknown,
        NotFound,
        TooManyRequests,
        UnavailableForLegalReasons,
    ),
)
async def clearkey_licence(call: Call, query: SessionQuery) -> Reply[ClearKeyOut]:
    """What EME asks of `org.w3.clearkey` (W3C EME §9.1), with the keys of the stream that the token was made for."""
    desk = call.request.app[KEY_DESK]
    if not desk.clearkey:
        raise ClearKeyClosed
    # Whatever Content-Type it comes with: players send none, or text/plain.
    body = await read_body(call.request)
    try:
        if len(body) > MAX_REQUEST_BYTES:
            raise KeyRequestInvalid
        asked = ClearKeyIn.model_validate_json(body)
    except ValidationError:
        raise KeyRequestInvalid from None
    kids = list(dict.fromkeys(clearkey.kid_of(text) for text in asked.kids))
    issued = await desk.issue(call.request, query.session, kids, system=clearkey.KEY_SYSTEM)
    return Reply(ClearKeyOut.model_validate(clearkey.licence(issued.keys, asked.type)), headers=dict(KEY_HEADERS))


async def _key(request: web.Request) -> web.StreamResponse:
    return await _raw_key(request, Protection.AES_128.value, {Protection.AES_128})


async def _clear_key(request: web.Request) -> web.StreamResponse:
    """A key that the ClearKey licence would have: by the same switch, under the same name, and no further."""
    return await _raw_key(request, clearkey.KEY_SYSTEM, COMMON_ENCRYPTION)


async def _raw_key(request: web.Request, system: str, modes: Collection[Protection]) -> web.StreamResponse:
    token, asset_id, kid = (request.match_info[name] for name in ("token", "asset", "kid"))
    desk = request.app[KEY_DESK]
    try:
        if not is_id(kid):
            raise KeyUnknown
        if system == clearkey.KEY_SYSTEM and not desk.clearkey:
            raise ClearKeyClosed
        issued = await desk.issue(request, token, [kid], system=system, asset_id=asset_id, modes=modes)
    except AniError as error:
        response = response_for(error, conditional=False, request_id=request.get(REQUEST_ID))
        assert response is not None  # it knows every AniError
        response.headers.update(KEY_HEADERS)
        return response
    headers: dict[str, Any] = {**KEY_HEADERS, "Content-Type": "application/octet-stream"}
    return web.Response(body=issued.keys[0].key, headers=headers)


key_router.raw(hdrs.METH_GET, "/hls/{token}/{asset}/keys/{kid}", _key)
key_router.raw(hdrs.METH_GET, "/hls/{token}/{asset}/keys/clearkey/{kid}", _clear_key)


def mount(app: web.Application, desk: KeyDesk) -> None:
    """Give ``app`` its key desk, which starts and stops with it."""
    app[KEY_DESK] = desk
    app.cleanup_ctx.append(desk.running)
