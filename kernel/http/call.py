"""One request, as a route sees it; and what the application and its middleware leave for it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from aiohttp import hdrs, web

from kernel.access import Actor
from kernel.clock import Clock
from kernel.errors import Unauthenticated
from kernel.http.etag import version_in
from kernel.limits import Limit, address_key
from kernel.scope import Container, Scope
from kernel.throttle import Throttle

PathName = Callable[[Scope, str], Awaitable[str | None]]
"""Finds the identifier of what a path calls by a name of its own; ``None``: nothing is called so."""
PATH_NAMES: web.AppKey[Mapping[str, PathName]] = web.AppKey("path_names")
"""Parameter of paths (``release_id``) → how a name in its place is looked up."""
CONTAINER = web.AppKey("container", Container)
ACTOR: web.RequestKey[Actor | None] = web.RequestKey("actor", Actor)
"""Who the access token says is calling; set by the authentication middleware."""
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
REGION: web.RequestKey[str] = web.RequestKey("region", str)
"""Where the caller is, as a trusted proxy said it."""
THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle")
"""Counts for the routes that declare a ``limit``."""

P = TypeVar("P")


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
        """The process-wide parts, for a scope of one's own."""
        return self.request.app[CONTAINER]

    def write_scope(self) -> AbstractAsyncContextManager[Scope]:
        """A write transaction of the caller's, for a route that does something slow outside it."""
        return self.container.scope(write=True, actor=self.actor, origin=self.origin())

    @property
    def clock(self) -> Clock:
        """The clock of the container."""
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

    @property
    def region(self) -> str | None:
        """Where the caller is: a code of ISO 3166-1 alpha-2 that a trusted proxy gave, or ``None`` when unknown."""
        return self.request.get(REGION)

    def port(self, kind: type[P]) -> P:
        """The adapter bound to the Protocol ``kind`` in this request's scope; ``LookupError`` when the wiring has none."""
        return self.scope.port(kind)

    def if_match(self) -> int | None:
        """The version in ``If-Match``, ``None`` without that header or for ``*`` (RFC 9110 §13.1.1)."""
        return version_in(self.request.headers.get(hdrs.IF_MATCH))

    def origin(self) -> dict[str, Any]:
        """Who causes what this request does, for the audit log."""
        origin: dict[str, Any] = {"request_id": self.request.get(REQUEST_ID, ""), "address": self.address}
        if self.actor is not None:
            origin["actor_id"] = self.actor.user_id
        return origin


async def throttled(request: web.Request, limit: Limit) -> None:
    """Count a request of an account, or of an address where nobody is signed in.  Raises ``TooManyRequests``."""
    actor = request.get(ACTOR)
    key = actor.user_id if actor is not None else address_key(request.remote or "")
    await request.app[THROTTLE].count(limit, key)
