"""A party around a live channel, in two browsers."""

import asyncio
from math import isnan, nan

import pytest
from playwright.async_api import expect

from kernel.access import Role
from tests.acceptance.live.going_live import go_live, shot
from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer

# No page among others: pictures are compared to within a frame.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

QUIET_S = 10
"""After how long a channel without a publisher is over, where that is waited for: a minute else."""
SOON_OVER = f"from streaming.live.media import channel\nchannel.QUIET_MS = {QUIET_S * 1000}"
OVER_MS = QUIET_S * 1000 + 90_000
"""Players show what is left of it first."""

SPREAD_MS = 40
"""Between the pictures of a party."""

MOMENT_MS = "__ani.drift_ms() === null ? NaN : __ani.position_ms() - performance.timeOrigin - performance.now()"
"""Where a player is in the channel, less the moment at which that was read: the same for all who see the same picture."""


async def meet(live_server: StartServer, sit: Sit, *, first: str = "") -> tuple[Viewer, Viewer, Viewer]:
    """Somebody who is live, and two who watch that together."""
    server = await live_server(first=first)
    owner = await server.make_user(Role.EDITOR)
    studio = await go_live(sit, server, owner, "Evenings")
    host = Viewer(await studio.page.context.new_page())
    await host.page.goto(studio.page.url.replace("/studio", ""))
    await host.see("watch-together").click()
    await host.see("access-public").check()
    await host.see("create-party").click()
    await host.page.wait_for_url("**/party/**")
    guest = await sit()
    await guest.join(host.page.url, "Gwen")
    await close_together(host, guest)
    return studio, host, guest


async def test_a_party_around_a_live_channel(live_server: StartServer, sit: Sit) -> None:
    """Two see the same instant, go back together, and return."""
    _, host, guest = await meet(live_server, sit)
    both = (host, guest)
    await shot(host, "live-party")
    await expect(host.see("live-rewind")).to_have_attribute("data-now", "true", timeout=PATIENCE_S * 1000)
    await host.see("live-seek").press("Home")
    for viewer in both:
        await expect(viewer.see("live-rewind")).to_have_attribute("data-now", "false", timeout=PATIENCE_S * 1000)
    await close_together(*both)
    await shot(guest, "live-party-behind")
    await host.see("live-edge").click()
    for viewer in both:
        await expect(viewer.see("live-rewind")).to_have_attribute("data-now", "true", timeout=PATIENCE_S * 1000)
    await close_together(*both)


async def test_a_channel_that_is_interrupted_in_a_party(live_server: StartServer, sit: Sit) -> None:
    """The party stays, sees the slate, and sees the same instant of what comes next."""
    studio, host, guest = await meet(live_server, sit)
    both = (host, guest)
    await studio.see("studio-stop").click()
    await until_channel(studio, is_live=False, is_away=True)
    for viewer in both:
        await viewer.playing()
    await studio.see("studio-start").click()
    await until_channel(studio, is_live=True, is_away=False)
    await close_together(*both)
    for viewer in both:
        await viewer.playing()
        await expect(viewer.see("live-waiting")).to_have_count(0)
        await expect(viewer.see("live-rewind")).to_have_attribute("data-now", "true")
        assert not viewer.complaints


async def test_a_channel_that_ends_in_a_party(live_server: StartServer, sit: Sit) -> None:
    """The party waits, and goes on by itself with the next broadcast."""
    studio, host, guest = await meet(live_server, sit, first=SOON_OVER)
    both = (host, guest)
    await studio.see("studio-stop").click()
    for viewer in both:
        await expect(viewer.see("live-waiting")).to_be_visible(timeout=OVER_MS)
    await shot(host, "live-party-over")
    await studio.see("studio-start").click()
    await until_channel(studio, is_live=True, is_away=False)
    for viewer in both:
        await expect(viewer.see("live-waiting")).to_have_count(0)
    await close_together(*both)
    for viewer in both:
        assert not viewer.complaints


async def until_channel(studio: Viewer, **wanted: bool) -> None:
    """Wait until the server says so of the channel that this studio is of."""
    channel_url = studio.page.url.replace("/studio", "")
    address = channel_url.replace("/live/", "/api/v1/live/channels/")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            channel = await (await studio.page.request.get(address)).json()
            if all(channel[name] is value for name, value in wanted.items()):
                return
            await asyncio.sleep(0.2)


async def close_together(*viewers: Viewer) -> None:
    """Wait until all show the same instant."""
    moments: list[float] = []
    try:
        async with asyncio.timeout(2 * PATIENCE_S):
            while not moments or any(map(isnan, moments)) or max(moments) - min(moments) > SPREAD_MS:
                moments = [float(await viewer.page.evaluate(MOMENT_MS) or nan) for viewer in viewers]
                await asyncio.sleep(0.1)
    except TimeoutError:
        states = [await viewer.state() for viewer in viewers]
        raise AssertionError(f"never within {SPREAD_MS} ms: {moments}\n" + "\n".join(states)) from None
