"""The main job in real browsers: an operator adds a video, friends open a link, and all watch it in step."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route, expect

from tests.acceptance.viewers import PATIENCE_S, Party, Sit, Viewer, skew_ms
from tests.conftest import AddEpisode, StartServer
from tests.support.media.episodes import IngestedEpisode
from tests.support.realtime.party import Player
from tests.support.servers.live_server import LiveServer

CLIP_S = 90

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
async def server(live_server: StartServer) -> LiveServer:
    return await live_server()


@pytest.fixture
async def episode(server: LiveServer, ingested_episode: AddEpisode, clip: Callable[..., Path]) -> IngestedEpisode:
    return await ingested_episode(server, source=clip(seconds=CLIP_S))


@pytest.fixture
async def party(server: LiveServer, episode: IngestedEpisode) -> Party:
    return await Party.open(server, episode.episode_id)


async def two_in(party: Party, sit: Sit) -> tuple[Viewer, Viewer]:
    anna, boris = await sit(), await sit()
    await anna.join(await party.link(), "Anna")
    await boris.join(await party.link(), "Boris")
    return anna, boris


async def started(anna: Viewer, boris: Viewer) -> None:
    await anna.press("k")
    await asyncio.gather(anna.playing(), boris.playing())
    await asyncio.gather(anna.in_step(), boris.in_step())


async def test_the_ingested_file_plays_from_the_catalogue(
    server: LiveServer, episode: IngestedEpisode, sit: Sit
) -> None:
    viewer = await sit()
    await viewer.page.goto(server.url)
    await viewer.see("release-card").first.click()
    await viewer.see("play-release").click()
    await viewer.playing()
    await viewer.until("document.querySelector('video').currentTime > 2")
    assert await viewer.video("videoHeight") > 0
    assert await viewer.video("webkitAudioDecodedByteCount") > 0, "there is sound"
    await viewer.press("k")
    await viewer.paused()
    await viewer.press("5")
    await viewer.until(f"Math.abs(document.querySelector('video').currentTime - {CLIP_S / 2}) < 1")
    await viewer.see("settings").click()
    await viewer.see("quality-menu").click()
    await expect(viewer.page.get_by_role("menuitemradio").first).to_be_visible()


async def test_play_pause_seek_and_rate_arrive_everywhere(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    assert abs(await skew_ms(anna, boris)) < 100

    await boris.press("k")
    await asyncio.gather(anna.paused(), boris.paused())
    await anna.until("document.querySelector('video').paused && !document.querySelector('video').seeking")
    await asyncio.sleep(1)
    assert abs(await anna.position_ms() - await boris.position_ms()) < 100, "a pause is at one frame for all"

    await boris.press("5")
    for viewer in (anna, boris):
        await viewer.until(f"Math.abs(document.querySelector('video').currentTime - {CLIP_S / 2}) < 0.2")

    await anna.press(">")
    await anna.press("k")
    await asyncio.gather(anna.playing(), boris.playing())
    for viewer in (anna, boris):
        await viewer.until("document.querySelector('video').playbackRate > 1.1")
    await asyncio.gather(anna.in_step(), boris.in_step())
    await expect(boris.see("activity").filter(has_text="Anna").first).to_be_visible()


async def test_who_looks_at_the_people_sees_how_their_players_are(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    await expect(anna.see("members-count")).to_have_text("2")
    await anna.see("tab-people").click()
    other = anna.see("member").filter(has_text="Boris")
    await expect(other.get_by_test_id("member-drift")).to_be_visible()
    await expect(other.get_by_test_id("member-state")).to_have_text("playing", ignore_case=True)
    await boris.press("k")
    await expect(other.get_by_test_id("member-state")).to_have_text("ready", ignore_case=True)
    await boris.page.close()
    await expect(anna.see("members-count")).to_have_text("1")


async def test_one_who_is_a_second_off_comes_back_without_a_seek_storm(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    seeks = (await boris.hook("corrections()"))["seeks"]
    await boris.until("document.querySelector('video').currentTime > 3")
    await boris.page.evaluate("document.querySelector('video').currentTime -= 1")
    await boris.until("__ani.drift_ms() !== null && __ani.drift_ms() < -700")
    await boris.in_step(within_ms=60)
    assert (await boris.hook("corrections()"))["seeks"] - seeks <= 1
    assert not await anna.video("paused"), "nobody else noticed"


async def test_a_late_joiner_is_in_step_and_pauses_nobody(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    for viewer in (anna, boris):
        await viewer.page.evaluate(
            "window.pauses = 0, document.querySelector('video').addEventListener('pause', () => window.pauses++)"
        )
    chris = await sit(width=390, height=844)
    await chris.join(await party.link(), "Chris")
    await chris.playing()
    await chris.in_step()
    assert abs(await skew_ms(anna, chris)) < 150
    for viewer in (anna, boris):
        assert await viewer.page.evaluate("window.pauses") == 0
    assert await chris.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


@pytest.mark.parametrize("adapters", ["embedded", pytest.param("cluster", marks=pytest.mark.cluster)])
async def test_a_party_survives_the_servers_death(
    adapters: str, live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], sit: Sit
) -> None:
    server = await live_server(adapters=adapters)
    episode = await ingested_episode(server, source=clip(seconds=CLIP_S))
    party = await Party.open(server, episode.episode_id)
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    await anna.say("before")
    await boris.reads("before")
    version = await anna.hook("version()")

    await server.kill9()
    await expect(anna.see("reconnecting")).to_be_visible(timeout=PATIENCE_S * 1000)
    assert not await anna.video("paused"), "the picture goes on meanwhile"
    await server.start()

    for viewer in (anna, boris):
        await expect(viewer.see("reconnecting")).to_be_hidden(timeout=PATIENCE_S * 1000)
    await asyncio.gather(anna.in_step(), boris.in_step())
    await boris.press("k")
    await asyncio.gather(anna.paused(), boris.paused())
    assert await anna.hook("version()") > version
    await boris.say("after")
    await anna.reads("after")
    for viewer in (anna, boris):
        for text in ("before", "after"):
            assert await viewer.see("chat-text").filter(has_text=text).count() == 1, "nothing lost, nothing twice"
    await expect(anna.see("member")).to_have_count(2)


@pytest.mark.cluster
async def test_two_servers_are_one_party(
    live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], sit: Sit
) -> None:
    first = await live_server(adapters="cluster")
    second = await live_server(share=first)
    episode = await ingested_episode(first, source=clip(seconds=CLIP_S))
    party = await Party.open(first, episode.episode_id)
    anna, boris = await sit(), await sit()
    await anna.join(await party.link(), "Anna")
    await boris.join((await party.link()).replace(first.url, second.url), "Boris")
    await started(anna, boris)
    assert abs(await skew_ms(anna, boris)) < 150
    await boris.press("k")
    await asyncio.gather(anna.paused(), boris.paused())
    await anna.say("across")
    await boris.reads("across")


HOSTILE = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "{{constructor.constructor('window.hacked=1')()}}",
    "javascript:window.hacked=1",
    "😀👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0301\u0301",
    "שלום עולם \u202e abc",
    "x" * 2_000,
]


async def test_what_comes_next_is_chosen_together(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await boris.see("tab-next").click()
    await boris.see("queue-add").click()
    await boris.see("queue-pick").first.click()
    await expect(anna.see("queue-count")).to_have_text("1")
    await anna.see("tab-next").click()
    await anna.see("queue-vote").click()
    await expect(boris.see("queue-vote")).to_have_text("1")
    await anna.press("5")
    await boris.until(f"Math.abs(document.querySelector('video').currentTime - {CLIP_S / 2}) < 0.2")
    await anna.see("queue-next").click()
    await expect(boris.see("queue-item")).to_have_count(0)
    await asyncio.gather(anna.playing(), boris.playing())
    await boris.until(f"document.querySelector('video').currentTime < {CLIP_S / 4}")


async def test_hostile_chat_is_only_text(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    width = await boris.page.evaluate("document.documentElement.scrollWidth")
    for number, text in enumerate(HOSTILE, start=1):
        await anna.say(text)
        await expect(boris.see("chat-text")).to_have_count(number, timeout=PATIENCE_S * 1000)
    shown = await boris.see("chat-text").all_text_contents()
    assert [text.strip() for text in shown] == HOSTILE
    for viewer in (anna, boris):
        assert await viewer.page.evaluate("window.hacked") is None
        assert await viewer.page.locator("[data-testid=chat-messages] :is(script, img)").count() == 0
    assert await boris.page.evaluate("document.documentElement.scrollWidth") == width, "long words wrap"

    await anna.see("chat-input").fill("y" * 10_000)
    await anna.see("chat-send").click()
    await anna.say("still here")
    await boris.reads("still here")
    await expect(boris.see("chat-text")).to_have_count(len(HOSTILE) + 1)


async def test_a_signed_in_viewer_goes_on_where_they_stopped(
    live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], sit: Sit
) -> None:
    server = await live_server()
    # Shorter films are not resumed: five minutes is the least (platform semantics, from Jellyfin).
    episode = await ingested_episode(server, source=clip(seconds=310, fps=5, audio=False))
    viewer = await sit()
    await viewer.page.goto(f"{server.url}/register")
    await viewer.see("email").fill("anna@example.org")
    await viewer.see("nickname").fill("Anna")
    await viewer.see("password").fill("correct horse battery staple")
    await viewer.see("submit").click()
    await expect(viewer.see("account-name")).to_have_text("Anna", timeout=PATIENCE_S * 1000)

    await viewer.page.goto(f"{server.url}/watch/{episode.episode_id}")
    await viewer.playing()
    await viewer.press("5")
    await viewer.until("document.querySelector('video').currentTime > 156")
    await viewer.press("k")
    await viewer.paused()
    stopped_ms = await viewer.position_ms()
    await viewer.page.goto(server.url)
    await expect(viewer.see("continue-item").first).to_be_visible(timeout=PATIENCE_S * 1000)
    await server.kill9()
    await server.start()

    await viewer.page.goto(f"{server.url}/watch/{episode.episode_id}")
    await viewer.see("resume-continue").click()
    await viewer.playing()
    assert abs(await viewer.position_ms() - stopped_ms) < 5_000
    await expect(viewer.see("resume")).to_have_count(0)

    # Whoever comes by "Resume" has answered already.
    await viewer.page.goto(server.url)
    await viewer.see("continue-item").first.click()
    await viewer.playing()
    await expect(viewer.see("resume")).to_have_count(0)
    assert await viewer.position_ms() > stopped_ms - 5_000


async def test_a_joiner_without_a_picture_moves_nobody(party: Party, sit: Sit) -> None:
    anna, boris = await sit(), await sit()
    await anna.join(await party.link(), "Anna")
    await anna.press("5")
    await anna.until(f"Math.abs(document.querySelector('video').currentTime - {CLIP_S / 2}) < 1")

    async def slowly(route: Route) -> None:
        await asyncio.sleep(20)
        with contextlib.suppress(PlaywrightError):  # the page has gone meanwhile
            await route.continue_()

    await boris.page.route("**/*.m4s", slowly)
    await boris.page.goto(await party.link())
    await boris.see("guest-name").fill("Boris")
    await boris.see("join").click()
    await boris.until("window.__ani?.locked()")
    assert await boris.video("readyState") <= 1
    for _ in range(3):
        await boris.press("ArrowRight")
    await anna.until(f"Math.abs(document.querySelector('video').currentTime - {CLIP_S / 2 + 15}) < 1")
    await boris.press("k")
    await anna.playing()
    await boris.see("pause").wait_for()
    await boris.press("k")
    await anna.paused()
    assert await anna.position_ms() > (CLIP_S / 2 + 14) * 1000
    await boris.page.unroute_all(behavior="ignoreErrors")


async def test_a_pause_by_the_system_is_never_fought(party: Party, sit: Sit) -> None:
    anna, boris = await two_in(party, sit)
    await started(anna, boris)
    await boris.page.evaluate("document.querySelector('video').pause()")  # as a headset or a call does
    await asyncio.gather(anna.paused(), boris.paused())
    await boris.page.evaluate("document.querySelector('video').play()")
    await asyncio.gather(anna.playing(), boris.playing())

    # Who may not decide for all rests alone, is told so, and comes back when they want to.
    async with Player(party.server, token=party.headers["Authorization"].removeprefix("Bearer ")) as host:
        await host.join(party.party_id)
        await host.command("settings", control="host")
    await boris.until("document.querySelector('[data-testid=pause]').disabled")
    await boris.page.evaluate("document.querySelector('video').pause()")
    await boris.see("aside").wait_for()
    await boris.page.evaluate(
        "window.started = 0; document.querySelector('video').addEventListener('play', () => window.started += 1)"
    )
    at_ms = await anna.position_ms()
    await anna.until(
        f"document.querySelector('video').currentTime * 1000 > {at_ms + 2_000}"
    )  # eight looks of the follower
    assert await boris.page.evaluate("window.started") == 0
    assert await anna.video("paused") is False
    await boris.see("rejoin").click()
    await boris.playing()
    await asyncio.gather(anna.in_step(), boris.in_step())
    await expect(boris.see("aside")).to_have_count(0)
