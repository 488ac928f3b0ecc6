"""What people stumble over: low windows, open parties, keys, and the way back."""

import pytest
from playwright.async_api import expect

import catalog.releases.usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from server.boot import open_services
from tests.acceptance.viewers import PATIENCE_S, Party, Sit
from tests.conftest import AddEpisode, StartServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SOON = PATIENCE_S * 1000
BOX = "(e => (({x, y, width, height}) => ({x, y, width, height}))(e.getBoundingClientRect()))(document.querySelector('[data-testid=%s]'))"


async def test_an_open_party_on_a_phone_on_its_side(
    live_server: StartServer, ingested_episode: AddEpisode, sit: Sit
) -> None:
    server = await live_server()
    episode = await ingested_episode(server)
    party = await Party.open(server, episode.episode_id, access="public")
    kit = await sit(width=844, height=390)
    # No account, no invite: a name and in.
    await kit.join(f"{server.url}/party/{party.party_id}", "Kit")
    for width, height in ((844, 390), (640, 400)):  # a phone on its side, and 1280×800 at 200 %
        await kit.page.set_viewport_size({"width": width, "height": height})
        picture, log = await kit.page.evaluate(BOX % "video"), await kit.page.evaluate(BOX % "chat-messages")
        field = await kit.page.evaluate(BOX % "chat-input")
        assert picture["x"] + picture["width"] <= log["x"], "picture left, chat right"
        assert log["height"] >= 120
        assert 0 < field["y"] < field["y"] + field["height"] <= height
    # An arrow on a tab goes to the next tab, and moves nobody's film.
    version = await kit.hook("version()")
    await kit.see("tab-chat").focus()
    await kit.page.keyboard.press("ArrowRight")
    await expect(kit.see("tab-next")).to_be_focused()
    await expect(kit.see("tab-next")).to_have_attribute("aria-selected", "true")
    assert await kit.hook("version()") == version
    # Nobody touches anything: a moment after it begins to play the controls are gone.
    await kit.page.evaluate("document.activeElement.blur()")
    await kit.press("k")
    await kit.playing()
    await kit.until("document.querySelector('.controls').classList.contains('idle')")


@pytest.mark.page
async def test_back_finds_its_place_in_the_catalogue(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        for number in range(60):
            draft = ReleaseDraft(f"show-{number}", ReleaseType.TV, Names(f"番組 {number}", f"Show {number}"))
            release = await catalog.releases.usecases.create_release(context, draft, ())
            await catalog.releases.usecases.publish_release(context, release.id)
    ann = await sit(width=1280, height=800)
    await ann.page.goto(server.url)
    await ann.page.get_by_role("button", name="Show more").click()
    card = ann.page.get_by_role("link", name="Show 3", exact=False).last  # in English, whatever its first name
    await card.scroll_into_view_if_needed()
    top = await card.evaluate("(link) => { const top = scrollY; link.click(); return top; }")
    assert top > 0
    await expect(ann.page.get_by_role("heading", level=1)).to_contain_text("Show")
    await ann.page.go_back()
    await expect(card).to_be_in_viewport(timeout=SOON)
    assert abs(await ann.page.evaluate("scrollY") - top) < 50


async def test_the_settings_of_a_phone_have_a_way_out_and_the_full_screen_is_full(
    live_server: StartServer, ingested_episode: AddEpisode, sit: Sit
) -> None:
    server = await live_server()
    episode = await ingested_episode(server)
    kit = await sit(width=390, height=844)
    await kit.page.goto(f"{server.url}/watch/{episode.episode_id}")
    await kit.playing()
    await kit.press("k")
    await kit.paused()
    for way_out in ("settings-close", "settings-scrim"):
        await kit.see("settings").click()
        await kit.see(way_out).click(position={"x": 20, "y": 20})
        await expect(kit.see("settings-close")).to_have_count(0)
    # A gutter for a scrollbar would be a strip of the page beside the picture.
    gutter = "getComputedStyle(document.documentElement).scrollbarGutter"
    assert await kit.page.evaluate(gutter) == "stable"
    await kit.press("f")
    await kit.until("document.fullscreenElement !== null")
    assert await kit.page.evaluate(gutter) == "auto"


@pytest.mark.page
async def test_an_invalid_field_comes_out_below_the_header(live_server: StartServer, sit: Sit) -> None:
    server = await live_server()
    kit = await sit(width=390, height=420)
    await kit.page.goto(f"{server.url}/register")
    field, submit = kit.see("email"), kit.see("submit")
    await field.fill("no address")
    await submit.scroll_into_view_if_needed()
    await expect(field).not_to_be_in_viewport()
    await submit.click()  # the browser goes to the first field that it finds wrong
    await expect(field).to_be_focused()
    header = await kit.page.evaluate("document.querySelector('header').getBoundingClientRect().bottom")
    label = await kit.page.evaluate("document.querySelector('label[for=login]').getBoundingClientRect().top")
    assert header > 0
    assert label >= header
