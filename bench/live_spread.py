"""How far apart several pages see a live channel: ``python -m bench.live_spread [--json] [--seconds N] [--viewers N]``.

The pages read the time burnt into the picture from each frame that they show: of a party around the channel, which plays by
Low-Latency HLS and steers by EXT-X-PROGRAM-DATE-TIME, and of the channel's own page by WHEP, which nobody steers.  How far apart they are at a
moment is the oldest picture less the newest.  Encoder, server, all decoders and this script share the machine.
"""

import argparse
import asyncio
import tempfile
from bisect import bisect
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import aiohttp
from playwright.async_api import Page

from bench._burnt_in import Reading, Sample, Stage, load, on_stage, percentile, read
from bench.figures import figure, show
from kernel import log as logs
from tests.support.chromium import until

VIEWERS: Final = 3
RUN_S: Final = 30.0
SETTLE_S: Final = 20.0
"""A party begins at the present as the server knows it, and its players find there by playing a little faster or slower."""
MAX_GAP_MS: Final = 200.0
"""Between two frames of one page; a page that shows nothing for longer does not play at that moment."""
PLAYS: Final = "(({ paused, readyState }) => readyState > 2 && !paused)(document.querySelector('video') ?? {})"
TARGET_MS: Final = {"party, by EXT-X-PROGRAM-DATE-TIME": 40.0, "WHEP": 100.0}


async def measure(folder: Path, seconds: float, viewers: int) -> list[dict[str, Any]]:
    """All figures."""
    rows: list[dict[str, Any]] = []
    async with on_stage(folder) as stage:
        for way, pages, selector in (
            ("party, by EXT-X-PROGRAM-DATE-TIME", party, "video"),
            ("WHEP", Stage.watching, "[data-testid=live-video]"),
        ):
            watching = await pages(stage, viewers)
            await asyncio.sleep(SETTLE_S)
            rows += figures(f"{way}, {viewers} pages", await read(watching, seconds, selector), TARGET_MS[way])
            for page in watching:
                await page.context.close()
    return rows


async def party(stage: Stage, count: int) -> list[Page]:
    """So many guests of a party around the channel, from the moment on when all see it."""
    async with aiohttp.ClientSession(
        f"{stage.server.url}/api/v1/", headers=stage.owner.headers, raise_for_status=True
    ) as session:
        wish = {"title": "Spread", "access": "public", "media": {"channel_id": stage.channel_id}}
        async with session.post("parties", json=wish) as answer:
            party_id = (await answer.json())["party_id"]
        invite = {"role": "member", "expires_in_s": 3600, "max_uses": count}
        async with session.post(f"parties/{party_id}/invites", json=invite) as answer:
            url = (await answer.json())["invite_url"]
    pages = [await stage.page(url) for _ in range(count)]
    for number, page in enumerate(pages):
        await page.get_by_test_id("guest-name").fill(f"Guest {number}")
        await page.get_by_test_id("join").click()
    for page in pages:
        await until(page, PLAYS)
    return pages


def figures(name: str, readings: Sequence[Reading], target_ms: float) -> list[dict[str, Any]]:
    """Of what several pages showed over the same time."""
    moments = [at for at, _ in readings[0].samples]
    apart = [spread_at(at, [one.samples for one in readings]) for at in moments]
    known = sorted(one for one in apart if one is not None)
    assert known, f"{name}: the pages never played together"
    return [
        figure(f"{name}: apart, p50", percentile(known, 0.5), "ms"),
        figure(f"{name}: apart, p95", percentile(known, 0.95), "ms", target_ms),
        figure(f"{name}: moments at which one of them showed nothing new", 100 * (1 - len(known) / len(apart)), "%"),
        figure(f"{name}: glass to glass, p50 of all", percentile(sorted(ages(readings)), 0.5), "ms"),
        load() | {"figure": f"{name}: {load()['figure']}"},
    ]


def ages(readings: Sequence[Reading]) -> list[float]:
    """How old the pictures of all pages were."""
    return [age for one in readings for _, age in one.samples]


def spread_at(at_ms: float, pages: Sequence[Sequence[Sample]]) -> float | None:
    """How far apart the pages were at a moment; ``None`` where one of them did not play."""
    there: list[float] = []
    for samples in pages:
        after = bisect(samples, at_ms, key=lambda sample: sample[0])
        if after == 0 or after == len(samples):
            return None
        (from_ms, low_ms), (to_ms, high_ms) = samples[after - 1], samples[after]
        if to_ms - from_ms > MAX_GAP_MS:
            return None
        # Between two frames that are shown on time the age is the same; what is left is when each is shown.
        there.append(low_ms + (high_ms - low_ms) * (at_ms - from_ms) / max(to_ms - from_ms, 1e-9))
    return max(there) - min(there)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how far apart several pages see a live channel.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument("--seconds", type=float, default=RUN_S, help="of each way of watching")
    parser.add_argument("--viewers", type=int, default=VIEWERS, help="pages that watch together")
    arguments = parser.parse_args()
    logs.configure(level="error", json=None)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        rows = asyncio.run(measure(Path(folder), arguments.seconds, arguments.viewers))
    show(rows, as_json=arguments.json)


if __name__ == "__main__":
    main()
