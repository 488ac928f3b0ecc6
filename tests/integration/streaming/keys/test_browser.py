"""Protected videos in Chromium: hls.js, shaka-player and dash.js to the end, by HLS and DASH, with one key, two keys and a key that changes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

import streaming.ingest.jobs
from server.services import Services
from server.settings import Settings
from streaming.keys.model import Protection
from tests.conftest import AddEpisode, AppClient
from tests.integration.streaming.keys.conftest import Protect
from tests.integration.streaming.keys.playing import play
from tests.support.media.episodes import RememberingEngine

pytestmark = pytest.mark.parametrize("adapters", ["embedded"], indirect=True)

MODULES = Path(__file__).parents[4] / "web" / "node_modules"
HLS_JS = MODULES / "hls.js" / "dist" / "hls.min.js"
SHAKA = MODULES / "shaka-player" / "dist" / "shaka-player.compiled.js"
DASH_JS = MODULES / "dashjs" / "dist" / "modern" / "umd" / "dash.all.min.js"

Players = Sequence[tuple[str, str]]
PLAYERS: Final[Players] = (("hls.js", "hls"), ("shaka", "hls"), ("shaka", "dash"), ("dash.js", "dash"))

WATCH = """
async ({ player, url, systems }) => {
  const video = document.body.appendChild(document.createElement("video"));
  // Loading sets a rate back to the default one.
  Object.assign(video, { muted: true, defaultPlaybackRate: 4, playbackRate: 4 });
  const seen = { frames: 0, errors: [] };
  const look = () => { seen.frames += 1; video.requestVideoFrameCallback(look); };
  video.requestVideoFrameCallback(look);
  const ended = new Promise((resolve) => { video.addEventListener("ended", resolve); setTimeout(resolve, 20000); });
  const failed = (error) => seen.errors.push(`${error.details ?? error.code} ${error.data ?? ""}`);
  if (player === "hls.js") {
    const drmSystems = Object.fromEntries(systems.map((each) => [each.key_system, { licenseUrl: each.license_url }]));
    const hls = new Hls(systems.length ? { emeEnabled: true, drmSystems } : {});
    hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) failed(data); });
    hls.loadSource(url);
    hls.attachMedia(video);
    hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  } else if (player === "dash.js") {
    const shown = dashjs.MediaPlayer().create();
    shown.on(dashjs.MediaPlayer.events.ERROR, (event) => failed({ code: event.error.code, data: event.error.message }));
    shown.initialize(video, url, true);
    shown.setProtectionData(Object.fromEntries(systems.map((each) => [each.key_system, { serverURL: each.license_url }])));
  } else {
    shaka.polyfill.installAll();
    const shown = new shaka.Player();
    await shown.attach(video);
    shown.addEventListener("error", (event) => failed(event.detail));
    shown.configure({ drm: { servers: Object.fromEntries(systems.map((each) => [each.key_system, each.license_url])) } });
    await shown.load(url).then(() => video.play()).catch(failed);
  }
  await Promise.race([ended, new Promise((resolve) => {
    const timer = setInterval(() => { if (seen.errors.length) { clearInterval(timer); resolve(); } }, 100);
  })]);
  const heard = video.webkitAudioDecodedByteCount > 0;
  const result = { ...seen, ended: video.ended, heard, encrypted: video.mediaKeys !== null };
  video.remove();
  return result;
}
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A new key with each of the clip's two segments."""
    return settings.model_copy(update={"aes128_rotation_segments": 1})


async def watched(page: Page, playback: dict[str, Any], player: str, kind: str) -> dict[str, Any]:
    drm = playback["drm"]
    url = playback[f"{kind}_url"]
    if drm and (player, kind) == ("shaka", "hls"):
        url = drm["identity_hls_url"]  # it knows no ClearKey in the usual ones, which are hls.js's
    seen: dict[str, Any] = await page.evaluate(
        WATCH, {"player": player, "url": url, "systems": drm["key_systems"] if drm else []}
    )
    return seen


@pytest.mark.browser
@pytest.mark.timeout(400)  # fifteen showings in real time, quadrupled
@pytest.mark.skipif(not SHAKA.exists(), reason="the packages of the web client are not installed (make web)")
async def test_players_of_others(
    app_client: AppClient,
    services: Services,
    ingested_episode: AddEpisode,
    protect: Protect,
    clip: Callable[..., Path],
    engine: RememberingEngine,
    browser: Browser,
) -> None:
    film = await ingested_episode(services)
    silent_source = clip(seconds=8, audio=False)
    silent = await ingested_episode(services, silent_source)
    # Of our origin, because keys are for secure contexts alone; what a page of ours may run is not what is tried here.
    context = await browser.new_context(bypass_csp=True)
    page = await context.new_page()
    await page.goto(str(app_client.make_url("/healthz")))
    await page.add_script_tag(path=HLS_JS)
    await page.add_script_tag(path=SHAKA)
    await page.add_script_tag(path=DASH_JS)

    problems: list[str] = []

    async def watch(
        name: str, playback: dict[str, Any], *, encrypted: bool, sound: bool = True, players: Players = PLAYERS
    ) -> None:
        for player, kind in players:
            if playback[f"{kind}_url"] is None:
                continue
            seen = await watched(page, playback, player, kind)
            good = seen["ended"] and not seen["errors"] and seen["frames"] > 10 and seen["heard"] is sound
            if not good or seen["encrypted"] is not encrypted:
                problems.append(f"{name} in {player} by {kind}: {seen}")

    await watch("nothing", await play(app_client, film), encrypted=False, players=[("dash.js", "dash")])
    for mode in (Protection.AES_128, Protection.CBCS, Protection.CENC):
        await protect(film, mode)
        await watch(mode.value, await play(app_client, film), encrypted=mode.is_common_encryption)
    await streaming.ingest.jobs.ingest(
        services.container, silent_source, silent.episode_id, protection=Protection.CENC, engine=engine
    )
    await watch("cenc with one key", await play(app_client, silent), encrypted=True, sound=False)
    assert problems == []
