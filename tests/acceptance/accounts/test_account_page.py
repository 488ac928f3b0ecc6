"""The account page in a real browser: devices, the password and one's data."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Route, expect

from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(180)]

PASSWORD, NEW = "seven moons over the hill", "eleven quiet herons"
ANNA = {"email": "anna@example.org", "nickname": "Anna", "password": PASSWORD}


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def post(server: LiveServer, path: str, body: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as client, client.post(f"{server.url}/api/v1/{path}", json=body) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def log_in(viewer: Viewer, server: LiveServer) -> None:
    await viewer.page.goto(f"{server.url}/login")
    await viewer.see("login").fill("Anna")
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.see("account-menu").click()
    await viewer.see("menu-account").click()


async def test_devices_password_and_data(server: LiveServer, sit: Sit, tmp_path: Path) -> None:
    _, elsewhere = await post(server, "auth/register", ANNA)
    anna = await sit(width=390)
    await log_in(anna, server)
    rows = anna.see("sessions").locator("li")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("this device")
    await anna.see("end-session").click()
    await expect(rows).to_have_count(1)
    status, _ = await post(server, "auth/refresh", {"refresh_token": elsewhere["refresh_token"]})
    assert status == 401

    await anna.see("current-password").fill("not the password")
    await anna.see("new-password").fill(NEW)
    await anna.see("change-password").click()
    await expect(anna.see("password-outcome")).to_contain_text("wrong")
    await anna.see("current-password").fill(PASSWORD)
    await anna.see("change-password").click()
    await expect(anna.see("password-outcome")).to_contain_text("changed")

    async with anna.page.expect_download() as download:
        await anna.see("download").click()
    await (await download.value).save_as(tmp_path / "data.json")
    assert json.loads((tmp_path / "data.json").read_text())["user"]["email"] == ANNA["email"]

    await anna.see("delete").click()
    await anna.see("delete-password").fill(NEW)
    await anna.see("delete-confirm").click()
    await anna.see("nav-login").wait_for(timeout=PATIENCE_S * 1000)
    status, _ = await post(server, "auth/login", {"login": "Anna", "password": NEW})
    assert status == 401


async def test_what_a_browser_shows_and_keeps_of_a_sign_in(server: LiveServer, sit: Sit) -> None:
    await post(server, "auth/register", ANNA)
    anna = await sit()
    field = anna.see("password")
    for page, completed in (("register", "new-password"), ("login", "current-password")):
        await anna.page.goto(f"{server.url}/{page}")
        await expect(field).to_have_attribute("type", "password")
        await expect(field).to_have_attribute("autocomplete", completed)
    pasting = "field => field.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))"
    assert await field.evaluate(pasting), "nobody stands in the way of a password manager"
    await anna.see("login").fill("Anna")
    await field.fill(PASSWORD)
    await anna.see("submit").click()
    await anna.see("account-menu").wait_for()

    for page in ("", "library", "teams"):
        await anna.page.goto(f"{server.url}/{page}")
        await anna.see("account-menu").click()
        await anna.see("logout").wait_for()
    (cookie,) = await anna.page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/api/v1/auth")
    storage = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    kept = await anna.page.evaluate(storage)
    assert [secret for secret in (cookie["value"], "eyJ", ANNA["email"], PASSWORD) if secret in kept] == []
    await anna.see("logout").click()
    await anna.see("nav-login").wait_for()
    assert await anna.page.context.cookies() == []
    assert ANNA["nickname"] not in await anna.page.evaluate(storage)


async def test_signed_out_one_is_asked_to_log_in_first(server: LiveServer, sit: Sit) -> None:
    await post(server, "auth/register", ANNA)
    anna = await sit()
    await anna.page.goto(f"{server.url}/account")
    await anna.page.wait_for_url("**/login?next=%2Faccount")
    await anna.see("login").fill("Anna")
    await anna.see("password").fill(PASSWORD)
    await anna.see("submit").click()
    await anna.see("sessions").wait_for()
    assert anna.page.url == f"{server.url}/account"


async def test_a_page_that_loads_slowly_does_not_close_the_menu(server: LiveServer, sit: Sit) -> None:
    await post(server, "auth/register", ANNA)
    anna = await sit()
    opened = asyncio.Event()

    async def wait(route: Route) -> None:
        await asyncio.wait_for(opened.wait(), PATIENCE_S)
        await route.continue_()

    await anna.page.route("**/assets/Home-*.js", wait)
    await anna.page.goto(f"{server.url}/login")
    await anna.see("login").fill("Anna")
    await anna.see("password").fill(PASSWORD)
    await anna.see("submit").click()
    await anna.until("location.pathname === '/'")
    await anna.see("account-menu").click()
    opened.set()
    await anna.page.wait_for_load_state("networkidle")
    await expect(anna.see("submit")).to_have_count(0)
    await anna.see("menu-account").click()
    await anna.see("sessions").wait_for()
