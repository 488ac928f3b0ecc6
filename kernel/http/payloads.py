"""From the bytes of a request to a declared shape."""

import asyncio
from typing import Any, Final, TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from kernel.http.field_masks import MASKS
from kernel.http.problems import Fault, HttpRefusal, PayloadError, ProblemField
from kernel.text.json_nul import holds_nul

M = TypeVar("M", bound=BaseModel)

BODY_TIMEOUT_S: Final = 30
"""For a JSON body of at most 1 MiB: 35 kB/s, which a poor phone connection has; what drips slower wants to hold us up."""

_NO_NUL: Final = "must not contain NUL"


def parse_query(request: web.Request, model: type[M]) -> M:
    """The query string as ``model``; a name given several times becomes a list."""
    values: dict[str, Any] = {}
    for name in request.query:
        if name in MASKS and name not in model.model_fields:
            continue  # they are for the answer
        found = request.query.getall(name)
        if any("\0" in text for text in found):
            raise PayloadError([ProblemField(pointer=f"/{name}", detail=_NO_NUL, code=Fault.NUL)])
        values[name] = found if len(found) > 1 or _is_list(model, name) else found[0]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise PayloadError.of(error) from None


def _is_list(model: type[BaseModel], name: str) -> bool:
    known = model.model_fields.get(name)
    return known is not None and get_origin(known.annotation) is list


async def parse_body(request: web.Request, model: type[M]) -> M:
    """The JSON body as ``model``."""
    if request.content_type != "application/json":
        raise HttpRefusal(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
    body = await read_body(request)
    if holds_nul(body):
        raise PayloadError([ProblemField(pointer="/", detail=_NO_NUL, code=Fault.NUL)])
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise PayloadError.of(error) from None


async def read_body(request: web.Request) -> bytes:
    """The whole body.  Raises :class:`HttpRefusal` (408) when it drips."""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await request.read()
    except TimeoutError:
        raise HttpRefusal(
            408, "request_timeout", f"The body did not come within {BODY_TIMEOUT_S} s.", headers={"Connection": "close"}
        ) from None
