"""What a playlist hints at, and who waits for it."""

import asyncio
import re

from streaming.live.llhls.adapters.feed import RenditionFeed
from tests.integration.streaming.live.llhls.conftest import Channel


def hinted(playlist: str) -> tuple[int, int]:
    match = re.search(r'PRELOAD-HINT:TYPE=PART,URI="video/(\d+)\.(\d+)\.m4s"', playlist)
    assert match is not None
    return int(match[1]), int(match[2])


async def waiting(channel: Channel, count: int) -> RenditionFeed:
    video = channel.sink.feeds["video"]
    async with asyncio.timeout(20):
        while video.waiting < count:
            await asyncio.sleep(0.005)
    return video
