"""A television signs in: RFC 8628 over the real interface."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.identity import usecases
from accounts.identity.devices.model import INTERVAL_S, LIFETIME
from accounts.identity.devices.repository import device_logins
from accounts.identity.jobs import forget_expired
from accounts.identity.limits import DEVICE_ADDRESS, DEVICE_GUESS_ACCOUNT
from accounts.identity.model import UserId
from accounts.identity.ports import Users
from kernel.outbox.relay import Relay
from notify.audit.usecases import AuditFilter, AuditLog
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.people import Person

TELEVISION = "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0 Safari/537.36"


class Time:
    """The services' clock, which stands still until this test moves it on."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = services.clock.now()
        monkeypatch.setattr(services.clock, "now", lambda: self._now)
        monkeypatch.setattr(services.clock, "now_ms", lambda: int(self._now.timestamp() * 1000))

    def passes(self, seconds: float = INTERVAL_S) -> None:
        self._now += timedelta(seconds=seconds)


@pytest.fixture
def time(services: Services, monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(services, monkeypatch)


async def call(
    client: AppClient, method: str, path: str, who: Person | None = None, body: Any = None
) -> tuple[int, Any]:
    headers = {"User-Agent": TELEVISION} if who is None else who.headers
    async with client.request(method, f"/api/v1/auth/{path}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def begin(client: AppClient) -> Any:
    status, answer = await call(client, "POST", "device", body=None)
    assert status == 200
    return answer


async def poll(client: AppClient, device: Any) -> tuple[int, Any]:
    return await call(client, "POST", "device/token", body={"device_code": device["device_code"]})


async def approve(client: AppClient, device: Any, who: Person, verb: str = "approve") -> int:
    return (await call(client, "POST", f"device/{verb}", who, {"user_code": device["user_code"]}))[0]


async def test_a_television_signs_in(
    app_client: AppClient, services: Services, make_user: MakeUser, time: Time
) -> None:
    ann = await make_user()
    device = await begin(app_client)
    assert (device["expires_in"], device["interval"]) == (600, 5)
    assert device["verification_uri"] == f"{services.settings.url}/device"
    assert device["verification_uri_complete"] == f"{services.settings.url}/device#code={device['user_code']}"
    assert device["qr_svg"].startswith("<svg")
    status, problem = await poll(app_client, device)
    assert (status, problem["code"]) == (400, "authorization_pending")

    typed = {"user_code": device["user_code"].lower().replace("-", " ")}
    status, seen = await call(app_client, "POST", "device/look", ann, typed)
    assert (status, seen["user_code"]) == (200, device["user_code"])
    assert (seen["device"], seen["browser"], seen["address"], seen["same_network"]) == (
        "LG TV",
        "Chrome",
        "127.0.0.1",
        True,
    )
    assert await approve(app_client, device, ann) == 204
    time.passes()
    status, grant = await poll(app_client, device)
    assert (status, grant["user"]["id"]) == (200, ann.user_id)

    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    async with app_client.get("/api/v1/auth/sessions", headers=bearer) as answer:
        sessions = (await answer.json())["items"]
    assert [(item["device"], item["current"]) for item in sessions] == [("LG TV", True), (None, False)]
    _, refreshed = await call(app_client, "POST", "refresh", body={"refresh_token": grant["refresh_token"]})
    assert refreshed["user"]["id"] == ann.user_id

    time.passes()
    status, problem = await poll(app_client, device)
    assert (status, problem["code"]) == (400, "invalid_grant"), "once"
    assert await approve(app_client, device, ann) == 404


async def test_a_refused_device_stays_out(app_client: AppClient, make_user: MakeUser, time: Time) -> None:
    device = await begin(app_client)
    ann, bob = await make_user(), await make_user()
    assert await approve(app_client, device, ann, "deny") == 204
    assert await approve(app_client, device, bob) == 404, "too late"
    status, problem = await poll(app_client, device)
    assert (status, problem["code"]) == (400, "access_denied")


@pytest.mark.both_adapters
async def test_too_late(app_client: AppClient, services: Services, make_user: MakeUser, time: Time) -> None:
    ann = await make_user()
    approved, forgotten = await begin(app_client), await begin(app_client)
    assert await approve(app_client, approved, ann) == 204
    time.passes(LIFETIME.total_seconds())
    for device in (approved, forgotten):
        status, problem = await poll(app_client, device)
        assert (status, problem["code"]) == (400, "expired_token")
    assert (await call(app_client, "GET", f"device/{forgotten['user_code']}", ann))[0] == 404
    await forget_expired(services.container)
    async with services.container.scope(write=False) as scope:
        assert await scope.uow.session.scalar(select(func.count()).select_from(device_logins)) == 0


@pytest.mark.both_adapters
async def test_asking_too_often_makes_the_interval_longer(
    app_client: AppClient, make_user: MakeUser, time: Time
) -> None:
    device = await begin(app_client)
    await poll(app_client, device)
    for interval in (10, 15):
        time.passes(1)
        status, problem = await poll(app_client, device)
        assert (status, problem["code"], problem["interval"]) == (400, "slow_down", interval)
    time.passes(10)
    assert (await poll(app_client, device))[1]["code"] == "slow_down", "it was remembered"
    time.passes(20)
    assert (await poll(app_client, device))[1]["code"] == "authorization_pending"


@pytest.mark.both_adapters
async def test_many_polls_at_once_give_one_session(app_client: AppClient, make_user: MakeUser, time: Time) -> None:
    ann, device = await make_user(), await begin(app_client)
    await approve(app_client, device, ann)
    answers = await asyncio.gather(*(poll(app_client, device) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [200, 400, 400, 400, 400]
    async with app_client.get("/api/v1/auth/sessions", headers=ann.headers) as answer:
        assert len((await answer.json())["items"]) == 2


@pytest.mark.both_adapters
async def test_two_people_at_once(app_client: AppClient, make_user: MakeUser, time: Time) -> None:
    ann, bob, device = await make_user(), await make_user(), await begin(app_client)
    answers = await asyncio.gather(approve(app_client, device, ann), approve(app_client, device, bob))
    assert sorted(answers) == [204, 404]
    _, grant = await poll(app_client, device)
    assert grant["user"]["id"] == (ann if answers[0] == 204 else bob).user_id


async def test_guessing_codes_is_stopped(app_client: AppClient, make_user: MakeUser, time: Time) -> None:
    ann, device = await make_user(), await begin(app_client)
    wrong = [(await call(app_client, "GET", f"device/BBBB-BBB{char}", ann))[0] for char in "BCDFGHJKLMN"]
    assert wrong == [404] * DEVICE_GUESS_ACCOUNT.attempts + [429]
    assert await approve(app_client, device, ann) == 429, "not even the right one"
    assert await approve(app_client, device, await make_user()) == 204


async def test_a_shop_window_of_televisions_is_a_limit(app_client: AppClient, time: Time) -> None:
    answers = [(await call(app_client, "POST", "device"))[0] for _ in range(DEVICE_ADDRESS.attempts + 1)]
    assert answers == [200] * DEVICE_ADDRESS.attempts + [429]


async def test_what_a_stranger_may_not(app_client: AppClient, time: Time) -> None:
    device = await begin(app_client)
    for method, path in (("GET", ""), ("POST", "/approve"), ("POST", "/deny")):
        assert (await call(app_client, method, f"device/{device['user_code']}{path}"))[0] == 401
    status, problem = await call(app_client, "POST", "device/token", body={"device_code": device["user_code"]})
    assert (status, problem["code"]) == (400, "invalid_grant"), "what people see is not what the device asks with"
    async with app_client.post("/api/v1/auth/device/token", json={"device_code": "x\u0000"}) as answer:
        assert answer.status == 422


async def test_a_banned_owner_lets_nothing_in(
    app_client: AppClient, services: Services, make_user: MakeUser, time: Time
) -> None:
    ann, device = await make_user(), await begin(app_client)
    await approve(app_client, device, ann)
    async with services.container.scope(write=True) as scope:
        user = await usecases.require_user(scope.port(Users), UserId(ann.user_id))
        user.ban("spam", services.clock.now())
    status, problem = await poll(app_client, device)
    assert (status, problem["code"]) == (403, "account_banned")


async def test_a_web_television_keeps_its_refresh_token_in_the_cookie(
    app_client: AppClient, make_user: MakeUser, time: Time
) -> None:
    ann, device = await make_user(), await begin(app_client)
    await approve(app_client, device, ann)
    body = {"device_code": device["device_code"], "delivery": "cookie"}
    async with app_client.post("/api/v1/auth/device/token", json=body) as answer:
        assert "refresh_token" not in await answer.json()
        assert answer.cookies["ani_refresh"]["httponly"]
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_happened_is_written_down(
    app_client: AppClient, services: Services, make_user: MakeUser, time: Time
) -> None:
    ann = await make_user()
    for verb in ("approve", "deny"):
        await approve(app_client, await begin(app_client), ann, verb)
    await Relay(services.container).drain()
    async with services.container.scope(write=False) as scope:
        found, _ = await scope.port(AuditLog).find(AuditFilter(subject_id=ann.user_id), offset=0, limit=20)
    told = {entry.event: entry for entry in found}
    assert told["DeviceLoginApproved"].actor_id == ann.user_id
    assert told["DeviceLoginDenied"].details["device_address"] == "127.0.0.1"
