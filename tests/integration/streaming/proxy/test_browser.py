"""hls.js in Chromium plays a source through the proxy to its end, and the picture is looked at: red would be an ad."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from server.services import Services
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.integration.streaming.proxy.test_sources import play, publish, register
from tests.support.people import Person

HLS_JS = Path(__file__).parents[4] / "web" / "node_modules" / "hls.js" / "dist" / "hls.min.js"

PLAYER = """
async (url) => {
  const video = document.body.appendChild(document.createElement("video"));
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  video.muted = true;
  video.playbackRate = 2;
  const seen = { red: 0, green: 0, other: 0, stalls: 0, errors: [] };
  const look = () => {
    canvas.drawImage(video, 0, 0, 1, 1);
    const [red, green] = canvas.getImageData(0, 0, 1, 1).data;
    if (red > 100 && green < 100) seen.red += 1;
    else if (green > 80) seen.green += 1;
    else seen.other += 1;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  const hls = new Hls();
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) seen.errors.push(data.details); });
  video.addEventListener("waiting", () => { if (video.currentTime > 0.5) seen.stalls += 1; });
  hls.loadSource(url);
  hls.attachMedia(video);
  await new Promise((resolve) => {
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
    video.addEventListener("ended", resolve);
    setTimeout(resolve, 60000);
  });
  return { ...seen, ended: video.ended, duration: video.duration, time: video.currentTime };
}
"""


@pytest.mark.browser
@pytest.mark.skipif(not HLS_JS.exists(), reason="the packages of the web client are not installed (make web)")
@pytest.mark.parametrize(("policy", "duration_s"), [("delete", 8), ("replace", 12)])
@pytest.mark.parametrize("adapters", ["embedded"], indirect=True)
async def test_hls_js_plays_to_the_end_without_an_ad(
    app_client: AppClient,
    services: Services,
    admin: Person,
    start_upstream: StartUpstream,
    empty_episode: AddEmptyEpisode,
    browser: Browser,
    policy: str,
    duration_s: float,
) -> None:
    upstream, episode_id = await start_upstream("ppaapp"), await empty_episode()
    await register(app_client, admin, upstream, episode_id, policy=policy)
    await publish(services, episode_id)
    url = str(app_client.make_url(await play(app_client, episode_id)))
    page = await browser.new_page()
    await page.add_script_tag(path=HLS_JS)
    played: dict[str, Any] = await page.evaluate(PLAYER, url)
    assert played["errors"] == []
    assert played["red"] == 0
    assert played["ended"], played
    assert played["green"] > 20
    assert played["duration"] == pytest.approx(duration_s, abs=0.3)
    assert played["stalls"] == 0
    if policy == "replace":
        assert played["other"] > 10  # the slate
    assert not [name for name in upstream.asked if name.startswith("a")]
