"""The bell, the menu behind one's name, and the page of webhooks, in a real browser."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel.access import Role
from server.boot import open_services
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.people import Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

SOON = PATIENCE_S * 1000


async def log_in(viewer: Viewer, server: LiveServer, person: Person, page: str = "/") -> None:
    await viewer.page.goto(f"{server.url}/login?next={page}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(person.password)
    await viewer.see("submit").click()
    await viewer.see("account-menu").wait_for()


async def release_of(server: LiveServer) -> str:
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft("moon-road", ReleaseType.TV, Names("Moon Road"), episodes_total=12)
        release = await catalog.releases.usecases.create_release(context, draft, ())
        await catalog.releases.usecases.publish_release(context, release.id)
        return release.id


async def publish(server: LiveServer, release_id: str, ordinal: int) -> str:
    """As another process of the same installation does it."""
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        added = await catalog.releases.episodes.usecases.add_episode(context, release_id, EpisodeDraft(ordinal))
        await scope.uow.session.flush()
        await catalog.releases.episodes.usecases.media_ready(
            context, added.id, duration_ms=1_440_000, thumbnail_url=None
        )
        await catalog.releases.episodes.usecases.publish_episode(context, added.id)
        return added.id


async def test_a_new_episode_rings_the_bell_of_a_fan(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    fan = await server.make_user(nickname="Anna")
    release_id = await release_of(server)
    async with (
        aiohttp.ClientSession(server.url, headers=fan.headers) as client,
        client.post(f"/api/v1/favorites/{release_id}") as answer,
    ):
        assert answer.status == 204
    anna, phone = await sit(), await sit(width=390)
    for device in (anna, phone):
        await log_in(device, server, fan)
        await expect(device.see("unread")).to_have_text("1", timeout=SOON)  # the sign-in from a browser is news itself
    await anna.see("bell").click()
    # It marks what is on the page: the news of the second sign-in may come after that.
    async with asyncio.timeout(SOON / 1000):
        while await anna.see("unread").count():
            if await anna.see("read-all").is_enabled():
                await anna.see("read-all").click()
            await asyncio.sleep(0.5)
    for device in (anna, phone):
        await expect(device.see("unread")).to_have_count(0, timeout=SOON)

    episode_id = await publish(server, release_id, 3)
    for device in (anna, phone):
        await expect(device.see("unread")).to_have_text("1", timeout=SOON)
    await anna.see("bell").click()
    line = anna.see("notification").first
    await expect(line).to_contain_text("Moon Road: episode 3 is out", timeout=SOON)
    await line.click()
    await anna.page.wait_for_url(f"**/watch/{episode_id}")
    for device in (anna, phone):
        await expect(device.see("unread")).to_have_count(0, timeout=SOON)

    # The menu: by keyboard in, Escape out, and the focus is where it was.
    menu = phone.see("account-menu")
    await menu.focus()
    await phone.page.keyboard.press("ArrowDown")
    await expect(phone.see("menu-account")).to_be_focused(timeout=SOON)
    await phone.page.keyboard.press("ArrowUp")
    await expect(phone.see("logout")).to_be_focused(timeout=SOON)
    await phone.page.keyboard.press("Escape")
    await expect(menu).to_be_focused(timeout=SOON)
    await expect(phone.see("logout")).to_have_count(0, timeout=SOON)
    await menu.click()
    await phone.page.mouse.click(10, 600)
    await expect(phone.see("logout")).to_have_count(0, timeout=SOON)
    await menu.click()
    await phone.see("logout").click()
    await expect(phone.see("bell")).to_have_count(0, timeout=SOON)


async def test_an_administrator_registers_a_webhook_and_tries_it(live_server: StartServer, sit: Sit) -> None:
    got: list[str] = []

    async def receive(request: web.Request) -> web.Response:
        got.append((await request.json())["type"])
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", receive)
    server = await live_server(ANI_WEBHOOK_NETWORKS="127.0.0.0/8")
    boss = await sit()
    async with TestServer(app) as receiver:
        await log_in(boss, server, await server.make_user(Role.ADMIN, "Boss"), "/admin/webhooks")
        await boss.see("new-webhook").click()
        await boss.see("webhook-url").fill(f"http://127.0.0.1:{receiver.port}/hook")
        await boss.see("webhook-save").click()
        secret = await boss.see("webhook-secret").input_value()
        assert secret.startswith("whsec_")
        await boss.see("secret-kept").click()
        await boss.see("test-webhook").click()
        await expect(boss.see("deliveries").locator("li")).to_contain_text("Delivered", timeout=SOON)
    assert got == ["ping"]
    await boss.page.reload()
    await boss.see("webhook").wait_for()
    assert secret not in await boss.page.content()
