"""Two people in two browsers talk to each other while they watch."""

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import StartServer
from tests.support.realtime.party import Player
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.page, pytest.mark.timeout(300)]

NO_MICROPHONE = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('not allowed', 'NotAllowedError'));
"""

STEADY_TONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const out = context.createMediaStreamDestination();
  oscillator.connect(out);
  oscillator.start();
  return out.stream;
};
"""
"""Chromium's own microphone beeps too shortly to count as speech; one of the two talks without drawing breath."""


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


async def energy(viewer: Viewer) -> float:
    """Of all that was played of others so far."""
    return float(await viewer.page.evaluate("window.__aniVoiceEnergy?.() ?? 0"))


async def hears(viewer: Viewer, *, silent: bool = False) -> None:
    """Wait until sound arrives for two seconds, which hold two beeps, or until none does."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            before = await energy(viewer)
            await asyncio.sleep(2)
            if (await energy(viewer) - before < 1e-6) is silent:
                return


async def shot(viewer: Viewer, name: str) -> None:
    """A picture for whoever looks at this by eye: SHOTS names the folder."""
    if folder := os.environ.get("SHOTS"):
        await viewer.page.screenshot(path=Path(folder, f"{name}.png"))


async def test_two_pages_hear_each_other(server: LiveServer, sit: Sit) -> None:
    person = await server.make_user()
    async with Player(server, token=person.access_token) as host:
        party_id, invite = await host.create(media=None)
        link = f"{server.url}/party/{party_id}?invite={invite}"
        await host.join(party_id)
        anna, boris = await sit(), await sit()
        await anna.page.add_init_script(STEADY_TONE)
        for viewer, name in ((anna, "Anna"), (boris, "Boris")):
            await viewer.page.goto(link)
            await viewer.see("guest-name").fill(name)
            await viewer.see("join").click()
            await viewer.see("voice-join").click()
            await expect(viewer.see("voice")).to_have_attribute("data-phase", "in")
        await expect(anna.see("voice-person")).to_have_count(2)
        await shot(anna, "voice-listening")

        await anna.see("voice-mic").click()
        await hears(boris)
        await expect(boris.page.locator("[data-testid=voice-person][data-speaks=true]").first).to_be_visible()
        await shot(boris, "voice-hears")
        await boris.see("voice-mic").click()
        await hears(anna)

        # The host silences Anna: she is told, Boris hears nothing more, and she still hears him.
        members = (await host.hears("party:members", members_count=3))["members"]
        anna_id = next(member["member_id"] for member in members if member["name"] == "Anna")
        await host.ok("member:mute", {"member_id": anna_id})
        await hears(boris, silent=True)
        await expect(anna.see("voice-problem")).to_be_visible()
        await shot(anna, "voice-muted")
        await hears(anna)

        # Boris closes his tab, and is seen to be gone.
        await boris.page.close(run_before_unload=False)
        await expect(anna.see("voice-person")).to_have_count(1, timeout=30_000)
        assert (await host.ok("voice:look"))["members"][0]["member_id"] == anna_id
        await anna.see("voice-leave").click()
        await expect(anna.see("voice-join")).to_be_visible()
        assert (await host.ok("voice:look"))["members"] == []


async def test_without_a_microphone_one_can_listen(server: LiveServer, sit: Sit) -> None:
    person = await server.make_user()
    async with Player(server, token=person.access_token) as host:
        party_id, invite = await host.create(media=None)
        link = f"{server.url}/party/{party_id}?invite={invite}"
        await host.join(party_id)
        anna = await sit(width=390, height=780)
        await anna.page.add_init_script(NO_MICROPHONE)
        await anna.page.goto(link)
        await anna.see("guest-name").fill("Anna")
        await anna.see("join").click()
        await anna.see("voice-join").click()
        await expect(anna.see("voice")).to_have_attribute("data-phase", "in")
        await anna.see("voice-mic").click()
        await expect(anna.see("voice-problem")).to_be_visible()
        await expect(anna.see("voice-mic")).to_have_attribute("aria-pressed", "false")
        await shot(anna, "voice-denied-phone")
        await anna.see("voice-settings").click()
        await expect(anna.see("voice-device")).to_be_visible()
        await shot(anna, "voice-settings-phone")
