"""The form for subtitles in Chromium, which takes every file for UTF-8 where it is asked for text."""

from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser

from kernel.access import Role
from tests.conftest import StartServer

RUSSIAN = "1\n00:00:01,000 --> 00:00:02,000\nДобрый вечер!\n\n2\n00:00:03,000 --> 00:00:04,000\nЩука, ёж и объезд.\n"


@pytest.mark.browser
@pytest.mark.page
async def test_a_file_in_an_old_encoding(live_server: StartServer, browser: Browser, tmp_path: Path) -> None:
    server = await live_server()
    editor = await server.make_user(Role.EDITOR)
    async with aiohttp.ClientSession(server.url, headers=editor.headers, raise_for_status=True) as client:
        draft = {"alias": "a", "type": "TV", "name": {"main": "A"}}
        release = await (await client.post("/api/v1/releases", json=draft)).json()
        about = {"release_id": release["id"], "ordinal": 1}
        episode = await (await client.post("/api/v1/episodes", json=about)).json()
    file = tmp_path / "film.srt"
    file.write_bytes(RUSSIAN.encode("cp1251"))
    page = await (await browser.new_context(base_url=str(server.url))).new_page()
    await page.goto("/login")
    await page.locator("input[autocomplete=username]").fill(editor.email)
    await page.locator("input[type=password]").fill(editor.password)
    async with page.expect_response("**/auth/login"):
        await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "login" not in url)
    await page.goto(f"/releases/{release['id']}/propose")
    await page.get_by_test_id("subject").select_option(f"subtitle:{episode['id']}")
    await page.get_by_test_id("field-text-file").set_input_files(file)
    guessed = await page.get_by_test_id("field-text-guessed").inner_text()
    assert "windows-1251" in guessed
    assert "Добрый вечер!" in await page.get_by_test_id("field-text").input_value()
    async with page.expect_response("**/subtitles/read?*"):
        await page.get_by_test_id("field-text-encoding").select_option("KOI8-R")
    await page.get_by_test_id("field-text-guessed").wait_for(state="detached")
    await page.context.close()
