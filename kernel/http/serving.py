"""A request on its way through a route: access, arguments, transaction, answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from aiohttp import hdrs, web
from multidict import CIMultiDict
from pydantic import BaseModel

from kernel.access import Actor, Role
from kernel.errors import Forbidden, NotFound, Unauthenticated
from kernel.http.call import ACTOR, CONTAINER, PATH_NAMES, THROTTLE, Call, throttled
from kernel.http.endpoint import Endpoint, Prepared, Reply, Streamed
from kernel.http.field_masks import MASKS, check, mask, paths
from kernel.http.idempotency import HEADER, Answer, IdempotentRequest, recall, remember
from kernel.http.payloads import BODY_TIMEOUT_S, parse_body, parse_query, read_body
from kernel.ids import is_id
from kernel.limits import Limit

NAME_MAX: Final = 100
"""Characters of a name in a path: what is longer is nobody's, and need not reach the database."""
RawHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_READS: Final = (hdrs.METH_GET, hdrs.METH_HEAD)


def serve(endpoint: Endpoint) -> RawHandler:
    """The handler of a route: who may, what it is given, its transaction and its answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        _authorize(endpoint.role, request.get(ACTOR))
        if endpoint.limit is not None:
            await throttled(request, endpoint.limit)
        arguments: dict[str, Any] = {name: path_text(request, name) for name in endpoint.path_parameters}
        for name, value in arguments.items():
            if name.endswith("_id") and not is_id(value):
                arguments[name] = await _named(request, name, value)
        if endpoint.masks and endpoint.returns is not None:
            for mask_name in MASKS:
                check(mask_name, request.query.get(mask_name), endpoint.returns)
        if endpoint.query is not None:
            arguments["query"] = parse_query(request, endpoint.query)
        if endpoint.body is not None:
            arguments["body"] = await parse_body(request, endpoint.body)
        call = Call(request, None)
        if endpoint.transaction:
            return await _effect(
                endpoint, call, await _once(endpoint, call), lambda inner: endpoint.handler(inner, **arguments)
            )
        once = None if endpoint.media else await _once(endpoint, call)
        if once is not None:
            async with call.container.scope(write=True) as scope:
                if (known := await recall(scope, once)) is not None:
                    return _replayed(known)
        answer = await endpoint.handler(call, **arguments)
        if isinstance(answer, Streamed):
            return await _stream(request, answer)
        if not isinstance(answer, Prepared):
            return _respond(endpoint, request, answer)
        if answer.body is not None:
            once = await _once(endpoint, call, answer.body)
        return await _effect(endpoint, call, once, lambda inner: answer.effect(inner.scope))

    return handle


def path_text(request: web.Request, parameter: str) -> str:
    """What a path says there, with something else that nobody is called for NUL, which PostgreSQL takes in no question."""
    return request.match_info[parameter].replace("\0", "\N{REPLACEMENT CHARACTER}")


async def _effect(
    endpoint: Endpoint, call: Call, once: IdempotentRequest | None, work: Callable[[Call], Awaitable[Any]]
) -> web.Response:
    """Do ``work`` in one transaction, together with what is kept of its answer; or repeat that answer."""
    request = call.request
    write = request.method not in _READS
    async with call.container.scope(write=write, actor=call.actor, origin=call.origin()) as scope:
        if once is None:
            return _respond(endpoint, request, await work(Call(request, scope)))
        if (known := await recall(scope, once)) is not None:
            return _replayed(known)
        response = _respond(endpoint, request, await work(Call(request, scope)))
        assert isinstance(response.body, bytes | None), "JSON or nothing"
        headers = {str(name): value for name, value in response.headers.items()}
        await remember(scope, once, Answer(response.status, headers, response.body or b""))
        return response


def _replayed(known: Answer) -> web.Response:
    headers = {**known.headers, "Idempotency-Replayed": "true"}
    return web.Response(status=known.status, headers=headers, body=known.body or None)


KEYS: Final = Limit("idempotency-keys", attempts=3_000, window_s=3600)
"""Idempotency keys of one account: each is a row for a day, also under requests that make nothing else."""


async def _once(endpoint: Endpoint, call: Call, body: bytes | None = None) -> IdempotentRequest | None:
    """The request under its ``Idempotency-Key``, if it has one that applies.  Reads the body, so: before a transaction."""
    request = call.request
    given = request.headers.get(HEADER) if endpoint.idempotent else None
    if given is None:
        return None
    await request.app[THROTTLE].count(KEYS, call.user.user_id)
    if body is None:
        body = await read_body(request)
    return IdempotentRequest.of(
        given, owner_id=call.user.user_id, method=request.method, target=request.raw_path, body=body
    )


async def _named(request: web.Request, parameter: str, text: str) -> str:
    """The identifier of what the path names otherwise.  Raises :class:`NotFound`."""
    look_up = request.app.get(PATH_NAMES, {}).get(parameter)
    if look_up is None or not text or len(text) > NAME_MAX:
        raise NotFound
    async with request.app[CONTAINER].scope(write=False) as scope:
        found = await look_up(scope, text)
    if found is None:
        raise NotFound
    return found


def _authorize(role: Role | None, actor: Actor | None) -> None:
    if role is None:
        return
    if actor is None:
        raise Unauthenticated
    if not actor.may(role):
        raise Forbidden


def _respond(endpoint: Endpoint, request: web.Request, answer: Any) -> web.Response:
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    headers = CIMultiDict({"Cache-Control": "no-store" if request.get(ACTOR) is not None else "no-cache"})
    headers.update(reply.headers)
    status = reply.status or endpoint.status
    if reply.body is None:
        response = web.Response(status=status, headers=headers)
    else:
        if request.method in _READS and headers.get(hdrs.ETAG) == request.headers.get(hdrs.IF_NONE_MATCH, ""):
            return web.Response(status=304, headers=headers)
        content = _masked(reply.body, request) if endpoint.masks else reply.body.model_dump_json().encode()
        response = web.Response(body=content, status=status, content_type="application/json", headers=headers)
    if reply.cookies is not None:
        reply.cookies(response)
    return response


async def _stream(request: web.Request, answer: Streamed[Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Cache-Control": "no-store", **answer.headers})
    response.content_type = "application/json"
    await response.prepare(request)
    async for chunk in answer.chunks:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            await response.write(chunk)
    await response.write_eof()
    return response


def _masked(body: BaseModel, request: web.Request) -> bytes:
    include, exclude = request.query.get("include"), request.query.get("exclude")
    if include is None and exclude is None:
        return body.model_dump_json().encode()
    value = body.model_dump(mode="json")
    rows = value["items"] if isinstance(value.get("items"), list) else [value]
    for row in rows:
        mask(row, keep=paths(include), drop=paths(exclude))
    return orjson.dumps(value)
