"""hls.js in Chromium plays a source through the proxy to its end, and the picture is looked at: red would be an ad."""

from typing import Any

import pytest
from playwright.async_api import Browser

from server.services import Services
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import AddEmptyEpisode, StartUpstream
from tests.integration.streaming.proxy.sources import HLS_JS, PLAYER, play, publish, register
from tests.support.people import Person


@pytest.mark.browser
@pytest.mark.skipif(not HLS_JS.exists(), reason="the packages of the web client are not installed (make web)")
@pytest.mark.parametrize(("policy", "duration_s"), [("delete", 8), ("replace", 12)])
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
