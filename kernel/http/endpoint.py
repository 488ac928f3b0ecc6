"""What a route is declared to be, and what it may answer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel

from kernel.access import Role
from kernel.errors import AniError, Stale
from kernel.http.etag import etag
from kernel.limits import Limit
from kernel.scope import Scope

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply(Generic[M]):
    """An answer with a status or headers of its own."""

    body: M | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: Callable[[web.Response], None] | None = None
    """Called with the response, to set or delete cookies."""


def versioned(body: M, version: int, *, status: int | None = None) -> Reply[M]:
    """``body`` with its ``ETag``, for the next ``If-Match``; after ``Scope.flush``, where something was changed."""
    return Reply(body, status=status, headers={"ETag": etag(version)})


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
