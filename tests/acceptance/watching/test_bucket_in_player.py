"""Watching what lies in a bucket: through the server, by addresses signed for the viewer, and when the bucket answers late."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from kernel.storage.bucket import BucketSettings
from tests.acceptance.viewers import PATIENCE_S, Sit
from tests.conftest import AddEpisode, StartServer
from tests.support.servers.buckets import environment_of
from tests.support.servers.valve import Valve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize("delivery", ["proxy", "redirect"])
async def test_a_film_of_a_bucket(
    live_server: StartServer,
    ingested_episode: AddEpisode,
    clip: Callable[..., Path],
    sit: Sit,
    bucket: BucketSettings,
    delivery: str,
) -> None:
    async with Valve(bucket.endpoint) as valve:
        # Signed for the address by which viewers know it; the server has a way of its own.
        public = {"ANI_S3_DELIVERY": delivery, "ANI_S3_PUBLIC_ENDPOINT": valve.url}
        server = await live_server(**environment_of(bucket), **public)
        # Small files are the server's own to give.
        episode = await ingested_episode(server, clip(seconds=8, width_px=1280, height_px=720))
        viewer = await sit()
        fetched: list[str] = []
        viewer.page.on("requestfinished", lambda request: fetched.append(request.url))
        valve.close_after(0)
        await viewer.page.goto(f"{server.url}/watch/{episode.episode_id}")
        if delivery == "redirect":  # the player asks, and nobody answers for a moment
            await asyncio.wait_for(valve.closed.wait(), PATIENCE_S)
        valve.open()
        await viewer.playing()
        await viewer.until("document.querySelector('video').ended")
        assert any(url.startswith(valve.url) for url in fetched) is (delivery == "redirect")
        assert viewer.complaints == []
