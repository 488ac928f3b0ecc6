"""Telling ad servers what was seen: a bounded queue, a few at a time, each once."""

import asyncio
from collections.abc import Iterable
from typing import Final

from prometheus_client import Counter

from streaming.ads.vast.adapters.client import AdClient, filled

QUEUE_MAX: Final = 5_000
"""At ten for an ad: what five hundred viewers tell at one moment."""
AT_ONCE: Final = 8

BEACONS: Final = Counter("ani_ad_beacons_total", "Beacons of other people's ads", ["outcome"])


class BeaconQueue:
    """Of one process.  What is waiting when it ends is lost, and what is too much is dropped and counted."""

    def __init__(self, client: AdClient) -> None:
        self._client = client
        self._waiting: asyncio.Queue[str] = asyncio.Queue(QUEUE_MAX)

    def put(self, urls: Iterable[str], **values: str) -> None:
        """Call these addresses soon, with their macros filled in; ``values`` such as ``ERRORCODE``."""
        for url in urls:
            try:
                self._waiting.put_nowait(filled(url, **values))
            except asyncio.QueueFull:
                BEACONS.labels("dropped").inc()

    async def run(self) -> None:
        """Until it is cancelled: every process runs this."""
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(self._call(), name=f"ad-beacons:{number}")

    async def _call(self) -> None:
        while True:
            told = await self._client.tell(await self._waiting.get())
            BEACONS.labels("told" if told else "failed").inc()

    @property
    def waiting(self) -> int:
        """How many are still to be called."""
        return self._waiting.qsize()
