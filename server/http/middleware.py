"""What every request passes through, outermost first: identity of the request, errors, security headers, CORS, caller."""

import ipaddress
import re
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_exceptions import HTTPException

from catalog.releases.trailers import FRAME_ORIGINS
from kernel.access import Actor
from kernel.http import ACTOR, REGION, REQUEST_ID
from kernel.http.problems import HttpRefusal, problem_response, response_for
from kernel.ids import new_id
from kernel.limits import is_loopback
from kernel.metrics import HTTP_REQUESTS, HTTP_SECONDS
from kernel.throttle import AddressThrottle
from streaming.live.sessions.routes import ANY_ORIGIN, EXPOSED

log = structlog.get_logger()

Authenticate = Callable[[str], Awaitable[Actor | None]]
"""Access token → who it belongs to, ``None`` when it is not (or no longer) good."""

AUTHENTICATE: web.AppKey[Authenticate] = web.AppKey("authenticate")


def content_security_policy(url: str, media_origins: Sequence[str] = ()) -> str:
    """The policy of pages of the site at ``url``: everything from there, connections too, and media from edges and a bucket elsewhere.

    ``'self'`` is meant to cover the sockets of the same origin (CSP 3 §6.7.2.8), and did not before Safari 15.4; hence by name.
    """
    scheme, _, host = url.partition("://")
    sockets = f"{'wss' if scheme == 'https' else 'ws'}://{host.partition('/')[0]}"
    elsewhere = "".join(f" {origin}" for origin in media_origins)
    return "; ".join(
        (
            "default-src 'self'",
            # data: for the empty <track> that hls.js begins each subtitle track with.
            f"media-src 'self' blob: data:{elsewhere}",
            "worker-src 'self' blob:",
            # Pictures for seeking are media as well.
            f"img-src 'self' data: blob:{elsewhere}",
            # Svelte sets style attributes for transitions and the seek bar; scripts stay strict.
            "style-src 'self' 'unsafe-inline'",
            f"connect-src 'self' {sockets}{elsewhere}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            # Trailers, once somebody asks for one.
            f"frame-src {' '.join(FRAME_ORIGINS)}",
            "frame-ancestors 'none'",
        )
    )


DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For answers of the API, should a browser ever take one for a page."""
STRICT_TRANSPORT = "max-age=31536000"
"""A year of https alone, for this host; names below it may be somebody else's to decide about (RFC 6797 §6.1.2)."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(self), payment=()",
}
UNKNOWN_ADDRESS = "unknown"
CLIENT_WENT_AWAY = 499
"""For the log and the metrics: nobody was there to get an answer.  The number is nginx's."""
BOUNDED_ROUTES = ("/api/", "/socket.io/")
"""Routes that an address has an allowance for.  Media has its tokens, and files cost next to nothing."""
QUIET_ROUTES = ("/hls/", "/llhls/", "/healthz", "/readyz", "/metrics", "/socket.io/", "/assets/", "/avatars/")
"""Routes so frequent that one log line each says nothing; the metrics count them."""
_NEVER_TOO_MANY = re.compile(r"/api/v1/playback/[^/]+/steering")
"""A player that is answered 429 there asks for no steering any more in its stream.  It costs an HMAC, as media does."""
_OWN_CREDENTIALS = re.compile(r"/api/v1/(drm/speke|live/whip|live/sessions/.+|live/mediamtx/token)")
"""Routes that take another credential than an access token in ``Authorization``, and look at it themselves.

Whoever published with a stream key sends it to the session as well (RFC 9725 §4.7); there the address is what opens it.
"""
_SECRET_PATHS = re.compile(
    r"^(/l/|/hls/|/llhls/|/api/v1/lists/shared/|/api/v1/calendar/|/api/v1/live/sessions/|/api/v1/auth/device/(?!(?:token|look|approve|deny)(?:/|$)))[^/]+"
)
"""Parts of paths that open something for whoever has them; ``nginx.conf.template`` keeps the same ones to itself."""


def _route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def loggable(path: str) -> str:
    """``path`` for people who read logs and are not to see what it opens."""
    return _SECRET_PATHS.sub(r"\1***", path)


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, answer its errors as problems, count and log it."""
    request_id = new_id()
    request[REQUEST_ID] = request_id
    started = time.perf_counter()
    status = CLIENT_WENT_AWAY
    structlog.contextvars.bind_contextvars(request_id=request_id)
    try:
        response = await _answer(request, handler, request_id)
        status = response.status
        if not response.prepared:
            response.headers["X-Request-Id"] = request_id
    except HTTPException as error:
        status = error.status
        raise
    else:
        return response
    finally:
        route, seconds = _route_of(request), time.perf_counter() - started
        HTTP_REQUESTS.labels(request.method, route, status).inc()
        HTTP_SECONDS.labels(request.method, route).observe(seconds)
        if not request.path.startswith(QUIET_ROUTES):
            actor = request.get(ACTOR)
            log.info(
                "request",
                method=request.method,
                path=loggable(request.path),
                status=status,
                duration_ms=round(seconds * 1000, 1),
                address=request.remote,
                user_id=None if actor is None else actor.user_id,
            )
        structlog.contextvars.unbind_contextvars("request_id")


async def _answer(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    try:
        return await handler(request)
    except HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            raise
        allow = {"Allow": error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else {}
        code = (error.reason or "error").lower().replace(" ", "_")
        return problem_response(error.status, code, error.text or error.reason, request_id=request_id, headers=allow)
    except (ConnectionError, TimeoutError):
        raise
    except web.RequestPayloadError:
        detail = "The body ended early, or is not in its Content-Encoding."
        headers = {"Connection": "close"}
        return problem_response(400, "body_unreadable", detail, request_id=request_id, headers=headers)
    except Exception as error:
        response = response_for(error, conditional=hdrs.IF_MATCH in request.headers, request_id=request_id)
        if response is None:
            log.exception("request failed", method=request.method, path=loggable(request.path))
            response = problem_response(
                500,
                "internal",
                "Something went wrong on our side. Tell the operator this request id.",
                request_id=request_id,
            )
        return response


def secure(url: str, media_origins: Sequence[str] = ()) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """``on_response_prepare`` of the site at ``url``: security headers on everything, the content policy on pages.

    ``media_origins``: scheme and host of edges that are not the site itself, and of a bucket that viewers are sent to.
    """
    page_policy = content_security_policy(url, media_origins)

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers[hdrs.SERVER] = "ani"  # instead of the versions of Python and aiohttp
        if response.content_type == "text/html":
            response.headers.setdefault("Content-Security-Policy", page_policy)
        elif request.path.startswith("/api/"):
            response.headers.setdefault("Content-Security-Policy", DATA_POLICY)
            if ANY_ORIGIN.fullmatch(request.path):
                response.headers.setdefault(hdrs.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = EXPOSED

    return add_headers


async def only_by_tls(_request: web.Request, response: web.StreamResponse) -> None:
    """``on_response_prepare`` of an installation reached by https: browsers are not to try anything else again."""
    response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)


def cors(origins: frozenset[str]) -> Middleware:
    """Let the listed web origins call the API (Fetch standard, CORS protocol); media has its own, open rule."""

    @web.middleware
    async def allow_origins(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN)
        if not request.path.startswith("/api/") or origin is None or origin not in origins:
            return await handler(request)
        preflight = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        response = web.Response(status=204) if preflight else await handler(request)
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)
        if preflight:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, HEAD, POST, PUT, PATCH, DELETE"
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = (
                "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, "
                "Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, "
                "X-HTTP-Method-Override"
            )
            response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "600"
        else:
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = (
                "ETag, Location, Retry-After, X-Request-Id, Idempotency-Replayed, "
                "Tus-Resumable, Upload-Offset, Upload-Length, Upload-Job-Id"
            )
        return response

    return allow_origins


def behind_proxies(count: int) -> Middleware:
    """Take the caller's address and scheme from the headers of ``count`` trusted proxies, and of no others.

    Each proxy appends the address it saw to ``X-Forwarded-For``; the caller's is therefore the ``count``-th from the right,
    and everything left of it may be invented.  Some append a line of their own, so all lines are one list (RFC 9110 §5.2).
    What is no address there was written by nobody we trust, so there are fewer proxies than declared; all of it counts as one
    place, and as nobody's own.

    More of them than declared may be a caller's invention; or there is a proxy in front that nobody declared, and then everybody
    shares the limits of one address.  Which it is, the operator knows: they are told once.
    """
    told = False

    @web.middleware
    async def resolve(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal told
        lines = ",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, ()))
        hops = [hop.strip() for hop in lines.split(",") if hop.strip()]
        if len(hops) > count and not told:
            told = True
            log.warning(
                "X-Forwarded-For names more addresses than ANI_TRUSTED_PROXIES declares. If each was written by a proxy of yours, "
                "raise it to that number, or all people share the limits of one address; if a caller invented it, leave it.",
                addresses=len(hops),
                trusted_proxies=count,
                taken_for_the_caller=_address(hops[-count]) if count else request.remote,
            )
        if count and len(hops) >= count:
            scheme = request.headers.get(hdrs.X_FORWARDED_PROTO, request.scheme)
            request = request.clone(
                remote=_address(hops[-count]), scheme=scheme if scheme in {"http", "https"} else "http"
            )
        return await handler(request)

    return resolve


NO_REGION = frozenset({"XX", "T1"})


def _address(hop: str) -> str:
    try:
        return str(ipaddress.ip_address(hop.partition("%")[0]))
    except ValueError:
        return UNKNOWN_ADDRESS


def in_region(header: str) -> Middleware:
    """Take the caller's region from a header that a trusted proxy sets, such as ``CF-IPCountry`` or ``CloudFront-Viewer-Country``.

    What is no code of two letters is no region, nor are those that mean none: ``XX`` (unknown) and ``T1`` (Tor) of Cloudflare's.
    """

    @web.middleware
    async def locate(request: web.Request, handler: Handler) -> web.StreamResponse:
        # The last line is the nearest proxy's; a caller's own would stand before it.
        region = (request.headers.getall(header, [""])[-1]).strip().upper()
        if len(region) == 2 and region.isascii() and region.isalpha() and region not in NO_REGION:
            request[REGION] = region
        return await handler(request)

    return locate


def bounded(addresses: AddressThrottle) -> Middleware:
    """Refuse what one address asks for beyond its allowance.

    Loopback is exempt: that is the operator's own machine, or a proxy that was not declared, behind which everybody would
    share one allowance.
    """

    @web.middleware
    async def bound(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = request.remote or ""
        bounded_route = request.path.startswith(BOUNDED_ROUTES) and not _NEVER_TOO_MANY.fullmatch(request.path)
        if bounded_route and not is_loopback(address):
            addresses.count(address, time.monotonic() * 1000)
        return await handler(request)

    return bound


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who is calling from ``Authorization: Bearer`` (RFC 6750 §2.1); a bad token is an error, none is not."""
    header = request.headers.get(hdrs.AUTHORIZATION)
    if header is not None and request.path.startswith("/api/") and not _OWN_CREDENTIALS.fullmatch(request.path):
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer":
            actor = await request.app[AUTHENTICATE](token.strip())
            if actor is None:
                raise HttpRefusal(
                    401,
                    "invalid_token",
                    "The access token is not valid, or no longer. Sign in again or refresh it.",
                    headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="ani", error="invalid_token"'},
                )
            request[ACTOR] = actor
    return await handler(request)
