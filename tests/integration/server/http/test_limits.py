"""How much one account or one address may ask for, and that nobody talks themselves out of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from accounts.personal.routes import DOWNLOADS
from catalog.search.listing.routes import SEARCHES
from kernel.access import Role
from kernel.errors import TooManyRequests
from kernel.ids import new_id
from kernel.limits import Limit
from kernel.throttle import UNCOUNTED, AddressThrottle
from server.boot import open_services
from server.http.app import ADDRESS_BURST_S, create_app
from server.services import Services
from server.settings import Settings
from streaming.uploads.routes import CREATIONS
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "episode_id eA=="}


async def use_up(services: Services, limit: Limit, key: str) -> None:
    remaining_s = limit.window_s - services.clock.now_ms() / 1000 % limit.window_s
    if remaining_s < 3:  # the next window would begin in between
        await asyncio.sleep(remaining_s)
    for _ in range(limit.attempts):
        await services.process.lenient_throttle.count(limit, key)


@pytest.mark.both_adapters
@pytest.mark.parametrize(
    ("limit", "method", "path", "sent"),
    [
        (SEARCHES, "POST", "/api/v1/releases/search", {"json": {}}),
        (DOWNLOADS, "GET", "/api/v1/me/data", {}),
        (CREATIONS, "POST", "/api/v1/uploads", {"headers": TUS}),
    ],
    ids=lambda value: value.name if isinstance(value, Limit) else "",
)
async def test_an_account_has_so_many_an_hour_and_no_more(
    limit: Limit, method: str, path: str, sent: Any, app_client: AppClient, services: Services, make_user: MakeUser
) -> None:
    ann, bob = await make_user(Role.EDITOR), await make_user(Role.EDITOR)
    await use_up(services, limit, ann.user_id)

    async def ask(who: Person) -> tuple[int, int]:
        headers = {**sent.get("headers", {}), **who.headers}
        async with app_client.request(method, path, headers=headers, json=sent.get("json")) as answer:
            return answer.status, int(answer.headers.get("Retry-After", 0))

    status, retry_after_s = await ask(ann)
    assert status == 429
    assert 0 < retry_after_s <= limit.window_s
    assert (await ask(bob))[0] in {200, 400}, "somebody else has their own"


@pytest.mark.both_adapters
async def test_who_is_signed_out_is_counted_by_address(app_client: AppClient, services: Services) -> None:
    await use_up(services, SEARCHES, "127.0.0.1")
    answer = await app_client.post("/api/v1/releases/search", json={})
    assert (answer.status, (await answer.json(content_type=None))["code"]) == (429, "too_many_requests")


@pytest.mark.both_adapters
async def test_searching_goes_on_while_the_cache_is_away_and_that_is_counted(
    app_client: AppClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("the cache is away")

    before = UNCOUNTED.labels(SEARCHES.name)._value.get()
    monkeypatch.setattr(services.cache, "incr", away)
    assert (await app_client.post("/api/v1/releases/search", json={})).status == 200
    assert UNCOUNTED.labels(SEARCHES.name)._value.get() == before + 1


# Addresses, and who says what a caller's is.


@pytest.fixture
async def behind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["Start"]:
    """Start an application with so many trusted proxies and an allowance of 1 request a second, of which none goes by."""
    count = AddressThrottle.count
    monkeypatch.setattr(AddressThrottle, "count", lambda self, address, _now_ms: count(self, address, 0))
    async with AsyncExitStack() as stack:

        async def start(proxies: int) -> AppClient:
            changed = settings.model_copy(update={"trusted_proxies": proxies, "address_rate_per_s": 1.0})
            app = create_app(await stack.enter_async_context(open_services(changed)))
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield start


Start = Callable[[int], Awaitable[AppClient]]


async def statuses(client: AppClient, times: int, path: str = "/api/v1/genres", **headers: str) -> list[int]:
    found = []
    for number in range(times):
        sent = {name.replace("_", "-"): value.format(n=number) for name, value in headers.items()}
        async with client.get(path, headers=sent) as answer:
            found.append(answer.status)
    return found


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "198.51.100.{n}, 203.0.113.9", "{n}, x, , 203.0.113.9"])
async def test_an_address_has_an_allowance_whatever_it_claims(forwarded: str, behind: Start) -> None:
    """Everything left of what our own proxy appended may be invented, and changes nothing."""
    client = await behind(1)
    found = await statuses(client, ADDRESS_BURST_S + 5, X_Forwarded_For=forwarded)
    assert found[:ADDRESS_BURST_S] == [200] * ADDRESS_BURST_S
    assert found[-1] == 429
    async with client.get("/api/v1/genres", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.content_type == "application/problem+json"
    assert await statuses(client, 1, X_Forwarded_For="203.0.113.10") == [200], "somebody else is not held up"
    assert await statuses(client, 1, "/healthz", X_Forwarded_For="203.0.113.9") == [200]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "told"), [(0, "203.0.113.9", 1), (1, "203.0.113.9", 0), (1, "203.0.113.9, 10.0.0.2", 1)]
)
async def test_a_proxy_nobody_declared_is_told_of_once(proxies: int, forwarded: str, told: int, behind: Start) -> None:
    client = await behind(proxies)
    with capture_logs() as logs:
        await statuses(client, 3, "/healthz", X_Forwarded_For=forwarded)
    found = [line for line in logs if "ANI_TRUSTED_PROXIES" in line["event"]]
    assert [line["log_level"] for line in found] == ["warning"] * told


async def test_a_proxy_that_appends_a_line_of_its_own_is_understood(behind: Start) -> None:
    client = await behind(1)
    for number in range(ADDRESS_BURST_S + 1):
        lines = [("X-Forwarded-For", f"198.51.100.{number}"), ("X-Forwarded-For", "203.0.113.9")]
        async with client.get("/api/v1/genres", headers=lines) as answer:
            last = answer.status
    assert last == 429


@pytest.mark.parametrize("forwarded", ["x" * 300, "203.0.113.9, fe80::1%" + "z" * 300])
async def test_what_is_no_address_is_one_place_for_all(forwarded: str, behind: Start) -> None:
    """One proxy too many was declared, so callers write it themselves; it goes into the session, the logs and the audit."""
    client = await behind(1)
    body = {"email": "ann@example.org", "nickname": "ann", "password": "seven moons over the hill"}
    async with client.post("/api/v1/auth/register", json=body, headers={"X-Forwarded-For": forwarded}) as answer:
        assert answer.status == 201
        bearer = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    async with client.get("/api/v1/auth/sessions", headers=bearer) as answer:
        assert [found["address"] for found in (await answer.json())["items"]] in (["unknown"], ["fe80::1"])


async def test_two_proxies_are_counted_from_the_right(behind: Start) -> None:
    client = await behind(2)
    spoofed = await statuses(client, ADDRESS_BURST_S + 2, X_Forwarded_For="198.51.100.{n}, 203.0.113.9, 10.0.0.1")
    assert spoofed[-1] == 429


async def test_without_a_declared_proxy_nothing_is_believed(behind: Start, services: Services) -> None:
    client = await behind(0)
    assert await statuses(client, ADDRESS_BURST_S * 2, X_Forwarded_For="203.0.113.9") == [200] * ADDRESS_BURST_S * 2, (
        "loopback is exempt, and the header no reason to take it for somebody else"
    )
    body = {"login": "somebody", "password": "wrong, quite wrong"}
    answers = []
    for number in range(12):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}", "Forwarded": "for=1"}
        async with client.post("/api/v1/auth/login", json=body, headers=headers) as answer:
            answers.append(answer.status)
    assert answers == [401] * 10 + [429] * 2


async def test_guessing_passwords_from_invented_addresses_is_stopped(behind: Start) -> None:
    client = await behind(1)
    answers = []
    for number in range(12):
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        body = {"login": "somebody", "password": "wrong, quite wrong"}
        async with client.post("/api/v1/auth/login", json=body, headers=headers) as answer:
            answers.append(answer.status)
    assert answers == [401] * 10 + [429] * 2


def test_an_allowance_fills_up_again() -> None:
    throttle = AddressThrottle(2, 5)
    for _ in range(10):
        throttle.count("203.0.113.9", 1_000)
    with pytest.raises(TooManyRequests) as refused:
        throttle.count("203.0.113.9", 1_000)
    assert refused.value.retry_after_s == 1
    throttle.count("203.0.113.9", 1_500)
    with pytest.raises(TooManyRequests):
        throttle.count("203.0.113.9", 1_500)
    throttle.count("2001:db8::1", 1_500)
    with pytest.raises(TooManyRequests):  # the whole /64 is one subscriber
        for number in range(11):
            throttle.count(f"2001:db8::{number:x}", 1_500)


def test_no_number_of_addresses_takes_all_memory() -> None:
    throttle = AddressThrottle(1, 1)
    for number in range(AddressThrottle.ADDRESSES + 100):
        throttle.count(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0)
    assert len(throttle._buckets) == AddressThrottle.ADDRESSES


async def test_every_refusal_says_when_to_come_back(app_client: AppClient) -> None:
    """Whatever the limit: 429 is made in one place, with its header."""
    body = {"login": new_id(), "password": "wrong, quite wrong"}
    for _ in range(11):
        answer = await app_client.post("/api/v1/auth/login", json=body)
    problem = await answer.json(content_type=None)
    assert (answer.status, int(answer.headers["Retry-After"])) == (429, problem["retry_after_s"])
