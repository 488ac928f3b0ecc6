"""Stripped playlists and segments against mediaflow-proxy: ``python -m bench.ads_side_by_side [--json]``.

mediaflow-proxy is installed into an environment of its own under the system's folder for temporary files the first time, and kept
there; nothing of it is a dependency of ours.  Both run as one process, fetch from the same upstream on this machine, and are asked by
the same client, taking turns.  Its prefetching of segments is off, for it would only cost it; all else is as it comes.

Cold: every request is for a playlist that was never asked for.  Cached: the same one again.  Besides the rates as the client sees
them, rates for each second of the server's CPU time are compared, which hardly depend on what else the machine does.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

import catalog.releases.episodes.usecases
import catalog.releases.usecases
from bench.http import cpu_s, figure
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from kernel import log
from kernel.access import Role
from server.boot import open_services
from server.local_stack.service import accepts_connections, free_port
from streaming.proxy.playlist.rewrite import UriKind as AddressRole
from streaming.proxy.sealing import Sealer
from tests.support.servers.live_server import LiveServer

RIVAL = "mediaflow-proxy==2.4.9"
SEGMENTS, LONG = 60, 1000
SEGMENT_BYTES = 1024 * 1024
VIEWERS = 20
COLD, COLD_LONG, ROUNDS = 40, 8, 2
CACHED = {"Ani": 300}
"""How often the same playlist is asked for: for p99 of ours, and else as often as a cold one, for the rival keeps none."""
START_S = 60
FACTOR = 5.0


def playlist(segments: int) -> str:
    """A programme with one break in twenty segments."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:6",
        "#EXT-X-MEDIA-SEQUENCE:1",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    for number in range(segments):
        lines += ["#EXT-X-CUE-OUT:6"] if number % 20 == 10 else []
        lines += ["#EXT-X-CUE-IN"] if number % 20 == 11 else []
        lines += ["#EXTINF:6.0,", f"segment-{number}.ts"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def serve_upstream(port: int) -> None:
    """The upstream, in a process of its own, until it is ended."""
    texts = {str(count): playlist(count) for count in (SEGMENTS, LONG)}
    segment = bytes(SEGMENT_BYTES)

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith(".ts"):
            return web.Response(body=segment, content_type="video/mp2t")
        if request.path.endswith("master.m3u8"):
            text = f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\nmedia.m3u8?n={SEGMENTS}\n"
        else:
            text = texts[request.query["n"]]
        return web.Response(text=text, content_type="application/vnd.apple.mpegurl")

    app = web.Application()
    app.router.add_get("/{name}", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


def rival_python() -> Path:
    """The interpreter of an environment that has the rival."""
    folder = Path(tempfile.gettempdir()) / f"ani-bench-{RIVAL.replace('==', '-')}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", RIVAL], check=True, timeout=600)
        (folder / "complete").touch()
    return python


class Contender:
    """A proxy under test."""

    def __init__(self, name: str, pid: int, address: str) -> None:
        self.name = name
        self.pid = pid
        self._address = address

    def url(self, upstream: str, kind: AddressRole) -> str:
        path = "hls/manifest.m3u8" if kind is AddressRole.PLAYLIST else "stream"
        return f"{self._address}/proxy/{path}?d={quote(upstream, safe='')}&api_password=bench"

    def rss_mb(self) -> float:
        """Memory of the process in MB, from /proc (Linux)."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Ours(Contender):
    """Ani, whose addresses are sealed."""

    def __init__(self, server: LiveServer, stream: str, source_id: str) -> None:
        super().__init__("Ani", server.pid, f"{server.url}{stream}")
        self._sealer = Sealer(server.settings().derive_keys("proxy"))
        self._source_id = source_id

    def url(self, upstream: str, kind: AddressRole) -> str:
        ending = "m3u8" if kind is AddressRole.PLAYLIST else "ts"
        return f"{self._address}/p/{self._sealer.seal_url(self._source_id, upstream, kind)}.{ending}"


async def ours(server: LiveServer, upstream: str) -> Ours:
    """Register the upstream with a running server and start a stream of it."""
    async with open_services(server.settings()) as services, services.container.scope(write=True) as scope:
        context = context_of(scope)
        draft = ReleaseDraft("bench", ReleaseType.WEB, Names("Bench"), episodes_total=1)
        release = await catalog.releases.usecases.create_release(context, draft, ())
        episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, EpisodeDraft(ordinal=1))
        await catalog.releases.usecases.publish_release(context, release.id)
    admin = await server.make_user(Role.ADMIN)
    api = f"{server.url}/api/v1"
    async with aiohttp.ClientSession() as session:
        body = {"name": "Bench", "url": f"{upstream}/master.m3u8", "episode_id": episode.id, "policy": "delete"}
        async with session.post(f"{api}/sources", json=body, headers=admin.headers) as answer:
            answer.raise_for_status()
            source_id = (await answer.json())["id"]
        async with asyncio.timeout(START_S):  # the catalogue hears of the media by the outbox
            while True:
                async with session.post(f"{api}/episodes/{episode.id}/release", headers=admin.headers) as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.2)
        async with session.post(f"{api}/episodes/{episode.id}/playback", json={}) as answer:
            answer.raise_for_status()
            return Ours(server, (await answer.json())["hls_url"].rpartition("/")[0], source_id)


class Taken:
    """Requests of one kind to one contender, over all rounds."""

    def __init__(self) -> None:
        self.per_s: list[float] = []
        self.per_cpu_s: list[float] = []
        self.ms: list[float] = []

    def p(self, share: float) -> float:
        return sorted(self.ms)[min(int(len(self.ms) * share), len(self.ms) - 1)]


async def ask(
    session: aiohttp.ClientSession, contender: Contender, urls: Sequence[str], taken: Taken, at_once: int
) -> None:
    """Ask for each of ``urls``, ``at_once`` of them at a time."""
    left = list(reversed(urls))

    async def viewer() -> None:
        while left:
            begin = time.perf_counter()
            async with session.get(left.pop()) as answer:
                answer.raise_for_status()
                async for _ in answer.content.iter_chunked(256 * 1024):
                    pass
            taken.ms.append((time.perf_counter() - begin) * 1000)

    begin, cpu = time.perf_counter(), cpu_s(contender.pid)
    await asyncio.gather(*(viewer() for _ in range(at_once)))
    taken.per_s.append(len(urls) / (time.perf_counter() - begin))
    taken.per_cpu_s.append(len(urls) / max(cpu_s(contender.pid) - cpu, 0.01))


async def compare(contenders: Sequence[Contender], upstream: str) -> list[dict[str, Any]]:
    """All figures, contenders taking turns within each round."""
    kinds = ("cold", "long", "cached", "segments")
    taken = {kind: {contender.name: Taken() for contender in contenders} for kind in kinds}
    memory: dict[str, float] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120)) as session:
        for round_ in range(ROUNDS):
            for who in contenders:

                def fresh(count: int, segments: int, name: str = f"{round_}") -> list[str]:
                    addresses = (f"{upstream}/{segments}-{name}-{n}.m3u8?n={segments}" for n in range(count))
                    return [who.url(address, AddressRole.PLAYLIST) for address in addresses]  # noqa: B023 - used at once

                await ask(session, who, fresh(COLD, SEGMENTS), taken["cold"][who.name], 4)
                await ask(session, who, fresh(COLD_LONG, LONG), taken["long"][who.name], 1)
                await ask(
                    session, who, fresh(1, LONG, "same") * CACHED.get(who.name, COLD_LONG), taken["cached"][who.name], 1
                )
                segment = who.url(f"{upstream}/segment.ts", AddressRole.SEGMENT)
                await ask(session, who, [segment] * (VIEWERS * 5), taken["segments"][who.name], VIEWERS)
                memory[who.name] = max(memory.get(who.name, 0.0), who.rss_mb())
                print(f"round {round_ + 1}, {who.name} done", file=sys.stderr, flush=True)
    own, other = (contender.name for contender in contenders)

    def ratio(kind: str) -> float:
        return max(taken[kind][own].per_cpu_s) / max(taken[kind][other].per_cpu_s)

    def rate(kind: str, name: str) -> float:
        return statistics.median(taken[kind][name].per_s)

    figures: list[dict[str, Any]] = []
    for kind, title, unit in (
        ("cold", f"playlists of {SEGMENTS} segments, cold", "/s"),
        ("long", f"playlists of {LONG} segments, cold", "/s"),
        ("cached", f"playlists of {LONG} segments, cached", "/s"),
        ("segments", f"segments of 1 MiB, {VIEWERS} viewers", "/s"),
    ):
        figures += [figure(f"{name}: {title}", rate(kind, name), unit) for name in (own, other)]
        target = FACTOR if kind != "segments" else None
        figures.append(figure("– times as many for the same CPU time", ratio(kind), "×", target))
    for name in (own, other):
        cold_ms, cached_ms = taken["long"][name].p(0.5), taken["cached"][name].p(0.99)
        figures += [
            at_most(f"{name}: {LONG} segments cold, round trip, median", cold_ms, "ms"),
            at_most(f"{name}: cached, round trip, p99", cached_ms, "ms", 5.0 if name == own else None),
            at_most(f"{name}: memory with {VIEWERS} viewers", memory[name], "MB"),
        ]
    return figures


def at_most(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    """A figure that is better when smaller."""
    met = None if target is None else value <= target
    return {
        "figure": name,
        "value": round(value, 2),
        "unit": unit,
        "target": "" if target is None else f"≤ {target:g}",
        "ok": met,
    }


def started(command: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
    """A process of which nobody reads what it says."""
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


async def measure(folder: Path) -> list[dict[str, Any]]:
    """Start everything, compare, and end everything."""
    ports = free_port(), free_port()
    upstream = f"http://127.0.0.1:{ports[0]}"
    python = await asyncio.to_thread(rival_python)
    environment = {**os.environ, "API_PASSWORD": "bench", "ENABLE_HLS_PREBUFFER": "false"}
    command = [str(python), "-m", "uvicorn", "mediaflow_proxy.main:app", "--host", "127.0.0.1", "--port", str(ports[1])]
    own = [sys.executable, "-m", "bench.ads_side_by_side", "--upstream", str(ports[0])]
    processes = [started(own), started([*command, "--log-level", "critical"], env=environment, cwd=folder)]
    server = LiveServer(folder / "server", {"ANI_PROXY_NETWORKS": "127.0.0.0/8"})
    try:
        deadline = time.monotonic() + START_S
        while not all(accepts_connections(port) for port in ports):
            if time.monotonic() > deadline:
                raise TimeoutError("the upstream or mediaflow-proxy did not start")
            await asyncio.sleep(0.1)
        await server.start()
        rival = Contender("mediaflow-proxy", processes[1].pid, f"http://127.0.0.1:{ports[1]}")
        return await compare([await ours(server, upstream), rival], upstream)
    finally:
        await server.stop()
        for process in processes:
            process.terminate()
            process.wait(10)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--upstream", type=int, metavar="PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.upstream:
        serve_upstream(arguments.upstream)
        return
    log.configure(level="warning", json=False)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder)))
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for each in figures:
        mark = {True: "ok", False: "MISSED", None: ""}[each["ok"]]
        print(f"{each['figure']:60} {each['value']:>12,} {each['unit']:4} {each['target']:8} {mark}")


if __name__ == "__main__":
    main()
