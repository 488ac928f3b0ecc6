"""One typed helper between HTTP and the use cases.

A route is a function with annotations; the helper reads them once, at import:

* ``call: Call`` first – who calls, and the ports of this request's scope;
* parameters named in the path (``"/releases/{release_id}"``) – those ending in ``_id`` must be identifiers, or it is a 404;
* ``body: SomeModel`` – the JSON body; ``query: SomeModel`` – the query string;
* the return annotation – the JSON answer (a pydantic model), ``None`` (204) or :class:`Reply` for headers of one's own.

From the same annotations comes the OpenAPI document (``server/openapi/document.py``).  GET and HEAD see a read-only scope, the others
one transaction that is committed before the answer is sent.
"""

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Never, TypeVar, get_args, get_origin, get_type_hints

import orjson
from aiohttp import hdrs, web
from multidict import CIMultiDict
from pydantic import BaseModel

from kernel.access import Actor, Role
from kernel.clock import Clock
from kernel.errors import AniError, Forbidden, NotFound, Stale, Unauthenticated
from kernel.idempotency import Answer, IdempotentRequest, recall, remember
from kernel.ids import is_id
from kernel.limits import Limit, address_key
from kernel.masks import mask, paths
from kernel.payloads import BODY_TIMEOUT_S, parse_body, parse_query, read_body
from kernel.scope import Container, Scope
from kernel.throttle import Throttle

CONTAINER = web.AppKey("container", Container)
ACTOR: web.RequestKey[Actor | None] = web.RequestKey("actor", Actor)
"""Who the access token says is calling; set by the authentication middleware."""
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle")
"""Counts for the routes that declare a ``limit``."""

IDEMPOTENCY_KEY: Final = "Idempotency-Key"

M = TypeVar("M", bound=BaseModel)
P = TypeVar("P")
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])
RawHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_READS = (hdrs.METH_GET, hdrs.METH_HEAD)
_PATH_PARAMETER = re.compile(r"{(\w+)(?::[^{}]*)?}")
_ETAG_VERSION = re.compile(r'(?:W/)?"v(\d{1,18})(?:\.[A-Za-z0-9.-]{1,60})?"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply(Generic[M]):
    """An answer with a status or headers of its own."""

    body: M | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: Callable[[web.Response], None] | None = None
    """Called with the response, to set or delete cookies."""


@dataclass(frozen=True, slots=True)
class Streamed(Generic[M]):
    """The JSON of an ``M`` piece by piece, where it is too much to hold.

    For routes with ``transaction=False``: one would last as long as the slowest reader.
    """

    chunks: AsyncIterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared(Generic[M]):
    """What is left to do in one transaction, where something slow comes before it: another server, a file to read.

    For routes with ``transaction=False`` that make something: what they make and the answer kept under the request's
    ``Idempotency-Key`` are committed together.
    """

    effect: Callable[[Scope], Awaitable[Reply[M]]]
    body: bytes | None = None
    """Of the request, where the route read it by itself."""


def etag(version: int, variant: str = "") -> str:
    """The entity tag of a versioned thing; ``variant`` tells apart what is answered of it, in one language or another."""
    return f'"v{version}.{variant}"' if variant else f'"v{version}"'


class Call:
    """One request, as a route sees it."""

    def __init__(self, request: web.Request, scope: Scope | None) -> None:
        self.request = request
        self._scope = scope

    @property
    def scope(self) -> Scope:
        """This request's scope; a route declared with ``transaction=False`` opens its own from :attr:`container`."""
        if self._scope is None:
            raise LookupError("this route was declared with transaction=False")
        return self._scope

    @property
    def container(self) -> Container:
        return self.request.app[CONTAINER]

    @property
    def clock(self) -> Clock:
        return self.container.clock

    @property
    def actor(self) -> Actor | None:
        """Who is calling, or ``None`` when signed out."""
        return self.request.get(ACTOR)

    @property
    def user(self) -> Actor:
        """Who is calling; for routes that demand a role."""
        if self.actor is None:
            raise Unauthenticated
        return self.actor

    @property
    def address(self) -> str:
        """The caller's network address, as the outermost trusted proxy saw it."""
        return self.request.remote or ""

    def port(self, kind: type[P]) -> P:
        return self.scope.port(kind)

    def if_match(self) -> int | None:
        """The version in ``If-Match``, ``None`` without that header or for ``*`` (RFC 9110 §13.1.1)."""
        header = self.request.headers.get(hdrs.IF_MATCH)
        if header is None or header.strip() == "*":
            return None
        match = _ETAG_VERSION.fullmatch(header.strip())
        # A tag we never gave out matches no version we have.
        return int(match[1]) if match else -1

    def origin(self) -> dict[str, Any]:
        """Who causes what this request does, for the audit log."""
        origin: dict[str, Any] = {"request_id": self.request.get(REQUEST_ID, ""), "address": self.address}
        if self.actor is not None:
            origin["actor_id"] = self.actor.user_id
        return origin


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route and what its signature says."""

    method: str
    path: str
    handler: Callable[..., Awaitable[Any]]
    tag: str
    summary: str
    role: Role | None
    status: int
    raises: tuple[type[AniError], ...]
    transaction: bool
    media: tuple[str, ...]
    """Media types of a body that is not JSON; the handler reads it by itself."""
    limit: Limit | None
    path_parameters: tuple[str, ...]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    returns: type[BaseModel] | None
    streams: bool
    prepares: bool

    @property
    def masks(self) -> bool:
        """Whether ``include`` and ``exclude`` field masks apply: reads that answer JSON."""
        return self.method == hdrs.METH_GET and self.returns is not None and not self.streams

    @property
    def idempotent(self) -> bool:
        """Whether ``Idempotency-Key`` applies: a POST of somebody we know, whose effect is one transaction."""
        whole = self.transaction or self.prepares
        return self.method == hdrs.METH_POST and self.role is not None and whole

    @property
    def conditional(self) -> bool:
        """Whether ``If-Match`` applies."""
        return any(issubclass(error, Stale) for error in self.raises)


class Router:
    """The routes of one feature."""

    def __init__(self, prefix: str = "/api/v1", *, tag: str) -> None:
        self._prefix = prefix
        self._tag = tag
        self.endpoints: list[Endpoint] = []
        self._raw: list[web.RouteDef] = []

    def get(self, path: str, **options: Any) -> Callable[[H], H]:
        return self._endpoint(hdrs.METH_GET, path, **options)

    def post(self, path: str, **options: Any) -> Callable[[H], H]:
        return self._endpoint(hdrs.METH_POST, path, **options)

    def put(self, path: str, **options: Any) -> Callable[[H], H]:
        return self._endpoint(hdrs.METH_PUT, path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[H], H]:
        return self._endpoint(hdrs.METH_PATCH, path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[H], H]:
        return self._endpoint(hdrs.METH_DELETE, path, **options)

    def raw(self, method: str, path: str, handler: RawHandler) -> None:
        """A plain aiohttp handler at ``prefix + path``: bytes, streams and protocols that are not JSON."""
        self._raw.append(web.route(method, self._prefix + path, handler))

    def _endpoint(
        self,
        method: str,
        path: str,
        *,
        summary: str,
        role: Role | None = None,
        status: int = 200,
        raises: tuple[type[AniError], ...] = (),
        transaction: bool = True,
        media: tuple[str, ...] = (),
        limit: Limit | None = None,
    ) -> Callable[[H], H]:
        def register(handler: H) -> H:
            hints = get_type_hints(handler)
            returns = hints.get("return", type(None))
            kind = get_origin(returns)
            if kind in {Reply, Streamed, Prepared}:
                returns = get_args(returns)[0]
                if returns is Never:  # Reply[Never]: headers or cookies, but no body
                    returns = type(None)
            names = tuple(_PATH_PARAMETER.findall(path))
            accepted = set(inspect.signature(handler).parameters)
            if not set(names) <= accepted:
                raise TypeError(f"{handler.__qualname__} does not take {set(names) - accepted} of {path}")
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=self._prefix + path,
                    handler=handler,
                    tag=self._tag,
                    summary=summary,
                    role=role,
                    status=status if returns is not type(None) or status != 200 else 204,
                    raises=raises,
                    transaction=transaction,
                    media=media,
                    limit=limit,
                    path_parameters=names,
                    body=hints.get("body"),
                    query=hints.get("query"),
                    returns=None if returns is type(None) else returns,
                    streams=kind is Streamed,
                    prepares=kind is Prepared,
                )
            )
            return handler

        return register

    def routes(self) -> list[web.RouteDef]:
        """For ``Application.add_routes``."""
        return [web.route(e.method, e.path, _serve(e)) for e in self.endpoints] + self._raw


def _serve(endpoint: Endpoint) -> RawHandler:
    async def serve(request: web.Request) -> web.StreamResponse:
        _authorize(endpoint.role, request.get(ACTOR))
        if endpoint.limit is not None:
            await throttled(request, endpoint.limit)
        arguments: dict[str, Any] = {name: request.match_info[name] for name in endpoint.path_parameters}
        if any(name.endswith("_id") and not is_id(value) for name, value in arguments.items()):
            raise NotFound
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

    return serve


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
    given = request.headers.get(IDEMPOTENCY_KEY) if endpoint.idempotent else None
    if given is None:
        return None
    await request.app[THROTTLE].count(KEYS, call.user.user_id)
    if body is None:
        body = await read_body(request)
    return IdempotentRequest.of(
        given, owner_id=call.user.user_id, method=request.method, target=request.raw_path, body=body
    )


async def throttled(request: web.Request, limit: Limit) -> None:
    """Count a request of an account, or of an address where nobody is signed in.  Raises ``TooManyRequests``."""
    actor = request.get(ACTOR)
    key = actor.user_id if actor is not None else address_key(request.remote or "")
    await request.app[THROTTLE].count(limit, key)


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
