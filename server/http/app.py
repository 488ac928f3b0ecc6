"""The HTTP application: what is mounted where, and in which order it starts and stops."""

from collections.abc import AsyncIterator
from importlib.metadata import version

import structlog
from aiohttp import web

import server.openapi.routes
from kernel.http import CONTAINER, PATH_NAMES, THROTTLE
from kernel.throttle import AddressThrottle
from server.boot import background_work
from server.http import health, middleware, webclient
from server.services import Services
from server.settings import MailBy

log = structlog.get_logger()

MAX_JSON_BYTES = 1024 * 1024
"""A request body read as a whole; uploads are streamed and have a limit of their own."""

ADDRESS_BURST_S = 20
"""Seconds of its rate that an address may use at once: a class that opens the same page together."""

SERVICES = web.AppKey("services", Services)


IDLE_TIMEOUT_S = 75
"""How long a connection may take to send the head of a request: over the 60 s that nginx keeps its own to us, so that it is
nginx who closes them, and short enough that slowly dripped heads do not pile up."""


def create_runner(services: Services, *, idle_timeout_s: float = IDLE_TIMEOUT_S) -> web.AppRunner:
    """The application, ready to be set up and to listen."""
    return web.AppRunner(
        create_app(services),
        access_log=None,
        handle_signals=False,
        keepalive_timeout=idle_timeout_s,
        shutdown_timeout=services.settings.shutdown_grace_s,
    )


def create_app(services: Services) -> web.Application:
    """The application over running services; starts background work with itself."""
    settings = services.settings
    addresses = AddressThrottle(settings.address_rate_per_s, ADDRESS_BURST_S)
    app = web.Application(
        client_max_size=MAX_JSON_BYTES,
        middlewares=[
            middleware.behind_proxies(settings.trusted_proxies),
            *([middleware.in_region(settings.region_header)] if settings.region_header else []),
            # Outside of what turns errors into answers: a page must be able to read those too.
            middleware.cors(frozenset(settings.cors_origins)),
            middleware.observe,
            *([middleware.bounded(addresses)] if settings.address_rate_per_s else []),
            middleware.authenticate,
        ],
    )
    app[CONTAINER] = services.container
    app[SERVICES] = services
    app[PATH_NAMES] = services.feature.path_names
    app[THROTTLE] = services.process.lenient_throttle
    authenticate: middleware.Authenticate = services.components.accounts.identity.authenticator
    app[middleware.AUTHENTICATE] = authenticate
    app.on_response_prepare.append(middleware.secure(settings.url, [*settings.edge_origins, *settings.bucket_origins]))
    if settings.mail is MailBy.NOBODY:
        log.warning(
            "ANI_SMTP_URL is empty, so letters are not sent: nobody can set a forgotten password, confirm an address or sign in with "
            "a code. Set it to a mail server, or to console, which writes letters with their secret links into this log."
        )
    if settings.url.startswith("https://"):
        app.on_response_prepare.append(middleware.only_by_tls)

    async def work(_app: web.Application) -> AsyncIterator[None]:
        async with background_work(services, worker=settings.runs_jobs):
            yield

    for router in services.feature.routers:
        app.add_routes(router.routes())
    for mount in services.feature.mounts:
        mount(app)
    # The order of ``cleanup_ctx`` is the boot order, and shutdown goes through it backwards: work starts last and ends first.
    app.cleanup_ctx.append(work)
    endpoints = [endpoint for router in services.feature.routers for endpoint in router.endpoints]
    app.add_routes(health.routes(services))
    app.add_routes(server.openapi.routes.routes(endpoints, version=version("ani-server"), url=settings.url))
    app.add_routes(webclient.routes(webclient.client_folder()))
    return app
