"""What a hostile or broken client may send: sizes, shapes, slowness, other sites' pages. Nothing of it is a 5xx."""

import asyncio
import itertools
import re
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import kernel.http.payloads
import kernel.text.json_nul
from kernel.access import Role
from kernel.http import Endpoint
from kernel.ids import new_id
from server.boot import open_services
from server.http.app import create_app, create_runner
from server.http.middleware import content_security_policy
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

JSON = {"Content-Type": "application/json"}
SEARCH = "/api/v1/releases/search"


@pytest.fixture
async def admin(make_user: MakeUser) -> Person:
    return await make_user(Role.ADMIN)


def endpoints(services: Services) -> list[Endpoint]:
    return [endpoint for router in services.feature.routers for endpoint in router.endpoints]


def filled(endpoint: Endpoint) -> str:
    """The endpoint's path, with ids of nothing."""
    path = re.sub(r"{\w+_id}", lambda _: new_id(), endpoint.path)
    return re.sub(r"{\w+(:[^{}]*)?}", "x", path)


# Shapes


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
async def test_no_endpoint_takes_what_a_form_of_another_site_can_send(
    kind: str, app_client: AppClient, services: Services, admin: Person
) -> None:
    """Browsers send these without asking first (Fetch standard, "simple" requests), cookies included."""
    with_body = [endpoint for endpoint in endpoints(services) if endpoint.body is not None]
    assert len(with_body) > 20
    kinds = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
    for endpoint, kind in zip(with_body, itertools.cycle(kinds), strict=False):
        answer = await app_client.request(
            endpoint.method, filled(endpoint), data=b'{"a":1}', headers={**admin.headers, "Content-Type": kind}
        )
        assert answer.status == 415, (endpoint.method, endpoint.path)


HOSTILE_JSON = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"search": "\xed\xa0\x80"}',
    b'{"page": NaN}',
    b'{"page": 1e400}',
    b'{"page": ' + b"9" * 5_000 + b"}",
    b"[" * 200_000,
    b'{"search":' * 100_000,
    b'{"search": {"a": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}}",
]


async def test_hostile_json_is_refused_quickly(app_client: AppClient) -> None:
    for body in HOSTILE_JSON:
        async with asyncio.timeout(5):
            answer = await app_client.post(SEARCH, data=body, headers=JSON)
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["code"]) == (422, "invalid_payload"), body[:40]
        assert len(await answer.read()) < 4_000, "what was sent is not sent back"


async def test_no_endpoint_takes_a_nul(app_client: AppClient, services: Services, admin: Person) -> None:
    """PostgreSQL has no place for it: whoever forgets one field would answer with a 500 there."""
    headers = {**admin.headers, **JSON}
    body = b'{"text": "an escaped \\\\ and then \\u0000"}'
    for endpoint in endpoints(services):
        if endpoint.path.startswith("/api/v1/auth/oidc"):  # there it is nobody's provider, or a page says it
            continue
        if endpoint.body is not None:
            answer = await app_client.request(endpoint.method, filled(endpoint), data=body, headers=headers)
        elif endpoint.query is not None:
            answer = await app_client.request(endpoint.method, filled(endpoint) + "?nul=a%00b", headers=headers)
        else:
            continue
        assert answer.status == 422, (endpoint.method, endpoint.path)
        assert [found["detail"] for found in (await answer.json())["errors"]] == ["must not contain NUL"], endpoint.path


@pytest.mark.both_adapters
async def test_nobody_is_called_by_a_nul(app_client: AppClient, services: Services, admin: Person) -> None:
    """Where a name stands in a path there is nothing under this one, on PostgreSQL too, which takes it in no question."""
    headers = {**admin.headers, **JSON}
    named = [endpoint for endpoint in endpoints(services) if endpoint.path_parameters]
    assert len(named) > 100
    asked = [(endpoint.method, re.sub(r"{\w+(:[^{}]*)?}", "a%00b", endpoint.path)) for endpoint in named]
    raw = [("GET", "/api/v1/releases/a%00b/schedule.ics"), ("GET", "/api/v1/calendar/a%00b.ics")]
    failed = {}
    for method, path in [*asked, *raw]:
        answer = await app_client.request(method, path, data=None if method == "GET" else b"{}", headers=headers)
        if answer.status >= 500:
            failed[f"{method} {path}"] = answer.status
    assert failed == {}


@pytest.mark.parametrize(
    ("json", "without"), [(rb'"\u0000"', b'""'), (rb'"\\u0000"', None), (rb'"\\\u0000"', rb'"\\"')]
)
def test_what_a_nul_is(json: bytes, without: bytes | None, adapters: str) -> None:
    assert kernel.text.json_nul.holds_nul(json) is (without is not None)
    assert kernel.text.json_nul.without_nul(json) == (json if without is None else without)


async def test_every_body_has_a_limit(app_client: AppClient, services: Services, admin: Person) -> None:
    body = b'{"x": "' + b"x" * 1_100_000 + b'"}'
    for endpoint in [endpoint for endpoint in endpoints(services) if endpoint.body is not None]:
        headers = {**admin.headers, **JSON}
        answer = await app_client.request(endpoint.method, filled(endpoint), data=body, headers=headers)
        assert answer.status == 413, (endpoint.method, endpoint.path)
        assert answer.content_type == "application/problem+json"


async def test_a_compressed_body_is_no_way_around_the_limit(app_client: AppClient) -> None:
    bomb = zlib.compress(b'{"x": "' + b"x" * 50_000_000 + b'"}', 9)
    assert len(bomb) < 100_000
    answer = await app_client.post(SEARCH, data=bomb, headers={**JSON, "Content-Encoding": "deflate"})
    assert answer.status in {400, 413}


# Sizes and slowness of the connection


@pytest.fixture
async def port(services: Services) -> AsyncIterator[int]:
    """The application as `ani serve` sets it up, but with little patience."""
    runner = create_runner(services, idle_timeout_s=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def raw(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """What the server answers to exactly these bytes, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        async with asyncio.timeout(10):
            return await reader.read(100_000)
    except ConnectionError:
        return b""
    finally:
        writer.close()


GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "request_bytes",
    [
        GET + b"X-Long: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        GET + b"".join(b"X-%d: x\r\n" % number for number in range(2_000)) + b"\r\n",
        GET + b"Bad\x00Name: x\r\n\r\n",
        GET + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        GET + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        GET + b"Content-Length: -1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=["header", "path", "headers", "nul", "smuggling", "two lengths", "negative", "no http"],
)
async def test_malformed_and_oversized_heads_are_refused(request_bytes: bytes, port: int) -> None:
    answer = await raw(port, request_bytes)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 431")), answer[:100]
    assert b"Traceback" not in answer


async def test_a_head_that_drips_is_cut_off(port: int) -> None:
    """Slow loris: a header every now and then keeps no connection open."""
    began = asyncio.get_running_loop().time()
    answer = await raw(port, GET, *[b"X: y\r\n"] * 30, pause_s=0.1)
    assert answer == b""
    assert asyncio.get_running_loop().time() - began < 4


async def test_a_body_that_drips_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel.http.payloads, "BODY_TIMEOUT_S", 0.3)
    head = (
        f"POST {SEARCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n".encode()
    )
    answer = await raw(port, head, *[b" "] * 6, pause_s=0.1)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"request_timeout"' in answer


# Other sites


async def test_the_cookie_opens_nothing_but_refresh_and_logout(
    app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    """Whatever a page elsewhere makes the browser send: without the header that only our page can set, nobody is signed in."""
    ann = await make_user(Role.ADMIN)
    cookie = {"Cookie": f"ani_refresh={ann.refresh_token}; access_token={ann.access_token}"}
    checked = 0
    for endpoint in endpoints(services):
        if endpoint.role is not None:
            answer = await app_client.request(
                endpoint.method, filled(endpoint), headers={**cookie, **JSON}, data=b"{}" if endpoint.body else None
            )
            assert answer.status == 401, (endpoint.method, endpoint.path)
            checked += 1
    assert checked > 40
    for path in ("refresh", "logout"):
        for hostile in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://["},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await app_client.post(f"/api/v1/auth/{path}", json={}, headers={**cookie, **hostile})
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (403, "cross_site_request")
    assert (await app_client.get("/api/v1/auth/me", headers=ann.headers)).status == 200, "and nobody was signed out"


@pytest.fixture
async def friendly(settings: Settings) -> AsyncIterator[AppClient]:
    allowed = settings.model_copy(update={"cors_origins": ["https://friend.example"]})
    async with open_services(allowed) as services, TestClient(TestServer(create_app(services))) as client:
        yield client


FOREIGN_ORIGINS = [
    "https://evil.example",
    "null",
    "https://friend.example.evil.example",
    "https://evilfriend.example",
    "http://friend.example",
    "https://friend.example:444",
    "https://FRIEND.example",
    "",
    "*",
]


async def test_only_listed_origins_read_answers(friendly: AppClient) -> None:
    paths = ["/api/v1/genres", "/api/v1/auth/me", "/api/v1/nothing", "/healthz"]
    for origin, path in itertools.product(FOREIGN_ORIGINS, paths):
        for method, headers in (("GET", {}), ("OPTIONS", {"Access-Control-Request-Method": "POST"})):
            answer = await friendly.request(method, path, headers={"Origin": origin, **headers})
            assert not [name for name in answer.headers if name.startswith("Access-Control-")], (origin, path)


async def test_listed_origins_may_send_and_read_what_the_api_needs(friendly: AppClient) -> None:
    ask = {"Origin": "https://friend.example", "Access-Control-Request-Method": "POST"}
    preflight = await friendly.options("/api/v1/releases", headers=ask)
    allowed = {name.strip() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"Authorization", "Content-Type", "If-Match", "Idempotency-Key"} <= allowed
    answer = await friendly.get("/api/v1/genres", headers={"Origin": "https://friend.example"})
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "Location", "Retry-After", "Idempotency-Replayed"} <= exposed
    assert answer.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert answer.headers["Vary"] == "Origin", "caches must not give one origin the answer for another"


# Headers


async def test_every_answer_has_the_security_headers(app_client: AppClient, settings: Settings) -> None:
    for path in (
        "/", "/healthz", "/metrics", "/api/docs", "/api/openapi.json", "/api/v1/genres", "/api/v1/auth/me", "/api/v1/x",
        "/assets/x.js", "/posters/x.jpg", "/avatars/x.webp", "/hls/x/y/z",
    ):  # fmt: skip
        answer = await app_client.get(path, allow_redirects=False)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert answer.headers["Server"] == "ani", "no versions for those who look for known holes"
        if answer.content_type == "text/html":
            assert answer.headers["Content-Security-Policy"] == content_security_policy(settings.url)


@pytest.mark.parametrize(
    ("url", "sockets"),
    [("https://ani.example.org", "wss://ani.example.org"), ("http://127.0.0.1:8080", "ws://127.0.0.1:8080")],
)
def test_the_policy_lets_no_foreign_or_inline_script_run(adapters: str, url: str, sockets: str) -> None:
    text = content_security_policy(url)
    policy = dict(part.split(" ", 1) for part in text.split("; "))
    assert policy["connect-src"] == f"'self' {sockets}", "nothing is carried to anybody else, by sockets neither"
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy, "scripts fall back to 'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in text
    assert not any(
        wild in policy[name].split()
        for name, wild in itertools.product(policy, ("*", "http:", "https:", "ws:", "wss:"))
    )


async def test_what_concerns_a_person_is_kept_by_no_cache(app_client: AppClient, admin: Person) -> None:
    for path in ("/api/v1/auth/me", "/api/v1/admin/users", "/api/v1/genres"):
        answer = await app_client.get(path, headers=admin.headers)
        assert answer.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "PUT", "X" * 40])
async def test_methods_nobody_asked_for(method: str, app_client: AppClient) -> None:
    answer = await app_client.request(method, "/api/v1/genres", headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status in {400, 405}


async def test_a_host_header_is_no_address_of_ours(app_client: AppClient, admin: Person) -> None:
    """Links go to the configured address, whatever name a request was sent to."""
    headers = {**admin.headers, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    made = await app_client.post("/api/v1/parties", json={"title": "x"}, headers=headers)
    assert made.status == 201
    assert "evil.example" not in await made.text() + str(made.headers)
