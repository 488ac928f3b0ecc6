"""What is bound to what: port → adapter, event → subscribers, job → handler, and what is mounted.

Features do not know each other; where one needs another, it declares a Protocol and this file says who fulfils it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

import catalog.repository
import catalog.routes
import catalog.usecases
from kernel.access import Actor
from kernel.http import Router
from kernel.jobs import Chore, JobHandler, Jobs, SqlJobs
from kernel.outbox import Subscriptions
from kernel.scope import Bindings
from kernel.storage import Storage
from server import routes

if TYPE_CHECKING:
    from server.middleware import Authenticate
    from server.services import Services


def ports(services: Services) -> Bindings:
    """Port → adapter."""
    return {
        catalog.usecases.Releases: lambda scope: catalog.repository.SqlReleases(scope.uow),
        catalog.usecases.Episodes: lambda scope: catalog.repository.SqlEpisodes(scope.uow),
        Jobs: lambda scope: SqlJobs(scope, services.jobs),
        Storage: lambda _scope: services.storage,
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
    return [catalog.routes.router, routes.router]


def authenticate(_services: Services) -> Authenticate:
    """How an access token becomes an actor."""

    async def nobody(_token: str) -> Actor | None:
        return None

    return nobody


def mount(app: web.Application, services: Services) -> None:
    """What is not JSON over HTTP: Socket.IO."""
