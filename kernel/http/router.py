"""One typed helper between HTTP and the use cases.

A route is a function with annotations; the helper reads them once, at import:

* ``call: Call`` first – who calls, and the ports of this request's scope;
* parameters named in the path (``"/releases/{release_id}"``) – those ending in ``_id`` must be identifiers, or names that a
  feature looks up (:data:`kernel.http.PATH_NAMES`), or it is a 404;
* ``body: SomeModel`` – the JSON body; ``query: SomeModel`` – the query string;
* the return annotation – the JSON answer (a pydantic model), ``None`` (204) or :class:`Reply` for headers of one's own.

From the same annotations comes the OpenAPI document (``server/openapi``).  GET and HEAD see a read-only scope, the others
one transaction that is committed before the answer is sent.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, Never, TypeVar, get_args, get_origin, get_type_hints

from aiohttp import hdrs, web

from kernel.access import Role
from kernel.errors import AniError
from kernel.http.endpoint import Endpoint, Prepared, Reply, Streamed
from kernel.http.serving import RawHandler, serve
from kernel.limits import Limit

H = TypeVar("H", bound=Callable[..., Awaitable[Any]])

_PATH_PARAMETER: Final = re.compile(r"{(\w+)(?::[^{}]*)?}")


class Router:
    """The routes of one feature."""

    def __init__(self, prefix: str = "/api/v1", *, tag: str) -> None:
        self._prefix = prefix
        self._tag = tag
        self.endpoints: list[Endpoint] = []
        self._raw: list[web.RouteDef] = []

    def get(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a read; ``options`` as in :meth:`_endpoint`."""
        return self._endpoint(hdrs.METH_GET, path, **options)

    def post(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a create or a command; ``options`` as in :meth:`_endpoint`."""
        return self._endpoint(hdrs.METH_POST, path, **options)

    def put(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a replacement; ``options`` as in :meth:`_endpoint`."""
        return self._endpoint(hdrs.METH_PUT, path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a change of some fields; ``options`` as in :meth:`_endpoint`."""
        return self._endpoint(hdrs.METH_PATCH, path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[H], H]:
        """Declare a removal; ``options`` as in :meth:`_endpoint`."""
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
        return [web.route(e.method, e.path, serve(e)) for e in self.endpoints] + self._raw
