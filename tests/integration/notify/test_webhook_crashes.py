"""A process that is killed between any two steps of sending a webhook: it arrives all the same, and is settled once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import update

from kernel.access import Role
from notify.webhooks.repository import LEASE, delivery_table
from server import boot
from server.services import Services
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.servers.crashing import SEND_WEBHOOKS, Crasher, CrashingParent

pytestmark = pytest.mark.timeout(300)

FIRST_STEP = 5
"""Before that it only looks for what is due, and so after it has settled one."""
MAX_STEPS = 40


@pytest.fixture(autouse=True)
def nobody_else_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "start_periodic_tasks", lambda *_: None)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhook_networks": ["127.0.0.0/8"], "embedded_worker": False})


@pytest.fixture
async def received() -> AsyncIterator[list[tuple[str, bytes]]]:
    """What another program got: `webhook-id` and body; the address is its first element's."""
    got: list[tuple[str, bytes]] = []

    async def handle(request: web.Request) -> web.Response:
        got.append((request.headers["webhook-id"], await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", handle)
    async with TestServer(app) as server:
        got.append((f"http://127.0.0.1:{server.port}/hook", b""))
        yield got


@pytest.mark.both_adapters
async def test_between_any_two_steps_of_an_attempt(
    app_client: AppClient,
    services: Services,
    settings: Settings,
    crashing_parent: CrashingParent,
    make_user: MakeUser,
    received: list[tuple[str, bytes]],
) -> None:
    headers = (await make_user(Role.ADMIN)).headers
    url, _ = received.pop()

    async def ask(method: str, path: str, body: Any = None) -> Any:
        async with app_client.request(method, f"/api/v1/webhooks{path}", json=body, headers=headers) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def pass_the_lease() -> None:
        async with services.container.scope(write=True) as scope:
            c = delivery_table.c
            earlier = services.clock.now() - LEASE
            late = c.not_before > earlier
            await scope.uow.session.execute(update(delivery_table).where(late).values(not_before=earlier))

    hook = await ask("POST", "", {"url": url, "events": ["ReleaseCreated"]})
    lost = 0
    crasher = Crasher(settings, crashing_parent)
    for step in range(FIRST_STEP, MAX_STEPS):
        ordered = await ask("POST", f"/{hook['id']}/test")
        crashed = await crasher.run([SEND_WEBHOOKS], die_at=step)
        [left] = [one for one in (await ask("GET", f"/{hook['id']}/deliveries"))["items"] if one["id"] == ordered["id"]]
        assert (left["state"], left["attempts"]) in [("pending", 0), ("pending", 1), ("delivered", 1)], step
        attempted, settled = len(received), left["state"] == "delivered"
        assert attempted <= left["attempts"], "what is not claimed is not sent"
        assert attempted == 1 or not settled, step
        if left["attempts"] == 1 and not settled:
            lost += attempted
            await services.components.notify.webhooks.deliverer.deliver_due(services.container)
            assert len(received) == attempted, "it is left to whoever has it, until they must be dead"
            await pass_the_lease()
        await services.components.notify.webhooks.deliverer.deliver_due(services.container)

        [after] = [
            one for one in (await ask("GET", f"/{hook['id']}/deliveries"))["items"] if one["id"] == ordered["id"]
        ]
        assert (after["state"], after["status"]) == ("delivered", 204), step
        assert after["attempts"] == left["attempts"] + (not settled), step
        assert len(received) == attempted + (not settled), step
        assert set(received) == {(ordered["message_id"], ordered["body"].encode())}, (
            "a receiver can tell it is the same"
        )
        await pass_the_lease()
        await services.components.notify.webhooks.deliverer.deliver_due(services.container)
        assert len(received) == attempted + (not settled), "and then never again"
        received.clear()
        assert crashed, step
        if settled:
            break
    assert settled
    assert lost >= 3, "killed after it was sent and before that was written down"
    shown = await ask("GET", f"/{hook['id']}")
    assert (shown["failures"], shown["paused_at"]) == (0, None)
