"""What is bound to what: port → adapter, event → subscribers, job → handler, and what is mounted.

Features do not know each other; where one needs another, it declares a Protocol and this file says who fulfils it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

import accounts.identity.authenticate
import accounts.identity.cookie
import accounts.identity.hashing
import accounts.identity.repository
import accounts.identity.routes
import accounts.identity.throttle
import accounts.identity.tokens
import accounts.identity.usecases
import catalog.repository
import catalog.routes
import catalog.usecases
from kernel.http import Router
from kernel.jobs import Chore, JobHandler, Jobs, SqlJobs
from kernel.outbox import Subscriptions
from kernel.scope import Bindings
from kernel.storage import Storage
from server import routes

if TYPE_CHECKING:
    from server.middleware import Authenticate
    from server.services import Services


class Parts:
    """What the features share between all requests of this process."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        identity = accounts.identity
        self.hasher = identity.hashing.Argon2Hasher()
        self.throttle = identity.throttle.CacheThrottle(services.cache, services.clock)
        self.tokens = identity.tokens.JwtAccessTokens(
            [identity.tokens.SigningKey.of(settings.derive_key("access-token"))], issuer=settings.url
        )
        self.refresh_cookie = identity.cookie.RefreshCookie(settings.url)
        self.authenticator = identity.authenticate.Authenticator(services.container, self.tokens, services.bus)

    def start(self, services: Services) -> None:
        """Begin what runs beside the requests; ``services.tasks`` ends it."""
        services.tasks.spawn(self.authenticator.listen(), name="access changes")


def ports(services: Services) -> Bindings:
    """Port → adapter."""
    identity, parts = accounts.identity, services.parts
    return {
        identity.usecases.Users: lambda scope: identity.repository.SqlUsers(scope.uow),
        identity.usecases.Sessions: lambda scope: identity.repository.SqlSessions(scope.uow),
        identity.usecases.PasswordHasher: lambda _: parts.hasher,
        identity.usecases.AccessTokens: lambda _: parts.tokens,
        identity.usecases.AccessCache: lambda scope: identity.authenticate.AnnouncedAccess(
            scope.uow, parts.authenticator
        ),
        identity.usecases.Throttle: lambda _: parts.throttle,
        identity.cookie.RefreshCookie: lambda _: parts.refresh_cookie,
        catalog.usecases.Releases: lambda scope: catalog.repository.SqlReleases(scope.uow),
        catalog.usecases.Episodes: lambda scope: catalog.repository.SqlEpisodes(scope.uow),
        Jobs: lambda scope: SqlJobs(scope, services.jobs),
        Storage: lambda _: services.storage,
    }


def subscribers(_services: Services) -> Subscriptions:
    """Event → who hears of it."""
    return {}


JOBS: dict[str, JobHandler] = {}
"""Job kind → handler."""

CHORES: list[tuple[float, Chore]] = []
"""Seconds between two runs → what is done."""


def routers(_services: Services) -> list[Router]:
    """The JSON routes of every feature, in the order of the API page."""
    return [accounts.identity.routes.router, catalog.routes.router, routes.router]


def authenticate(services: Services) -> Authenticate:
    """How an access token becomes an actor."""
    return services.parts.authenticator


def mount(app: web.Application, services: Services) -> None:
    """What is not JSON over HTTP: Socket.IO."""
