"""From one page's canvas to another page's screen over a live channel: ``python -m bench.glass_to_glass [--json] [--seconds N]``.

The time is burnt into the picture that one page of Chromium publishes (640 × 360, 30 a second, H.264 and Opus over WHIP), and read from
what the site's own page shows, by WHEP and by Low-Latency HLS.  Encoder, server, both decoders and this script share the machine.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final

from bench._burnt_in import FRAMES_S, Reading, load, on_stage, percentile, read
from bench.figures import figure, show
from kernel import log as logs

RUN_S: Final = 30.0
SETTLE_S: Final = 15.0
"""Jitter buffers shrink for seconds, and a player of HLS finds to where it wants to be by playing a little faster."""
TARGET_MS: Final = {"WHEP": 300.0, "Low-Latency HLS": 2_000.0}


async def measure(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """All figures."""
    rows: list[dict[str, Any]] = []
    async with on_stage(folder) as stage:
        for way, places in (("WHEP", None), ("Low-Latency HLS", 0)):
            await stage.places(places)
            [page] = await stage.watching(1)
            by_hls = await page.evaluate("document.querySelector('[data-testid=live-video]').srcObject === null")
            assert by_hls is (places == 0), f"it does not watch by {way}"
            await asyncio.sleep(SETTLE_S)
            drawn = await stage.publisher.evaluate("window.__drawn")
            [reading] = await read([page], seconds)
            drawn = await stage.publisher.evaluate("window.__drawn") - drawn
            rows += _figures(way, reading, drawn / seconds, seconds)
            await page.context.close()
    return rows


def _figures(way: str, reading: Reading, drawn_s: float, seconds: float) -> list[dict[str, Any]]:
    ages = reading.ages_ms
    assert ages, f"{way}: nothing could be read, and {reading.unread} frames not"
    return [
        figure(f"{way}: glass to glass, p50", percentile(ages, 0.5), "ms"),
        figure(f"{way}: glass to glass, p95", percentile(ages, 0.95), "ms", TARGET_MS[way]),
        figure(f"{way}: pictures seen a second, of {drawn_s:.1f} drawn ({FRAMES_S} wanted)", len(ages) / seconds, "/s"),
        figure(f"{way}: pictures whose time could not be read", reading.unread, ""),
        load() | {"figure": f"{way}: {load()['figure']}"},
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the delay of a live channel from canvas to screen.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument("--seconds", type=float, default=RUN_S, help="of each way of watching")
    arguments = parser.parse_args()
    logs.configure(level="error", json=None)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        rows = asyncio.run(measure(Path(folder), arguments.seconds))
    show(rows, as_json=arguments.json)


if __name__ == "__main__":
    main()
