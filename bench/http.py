"""Playlists and segments a second: ``python -m bench.http [--edge] [--json]``.

The application against an aiohttp handler that answers nothing, and the nginx edge in front of it against nginx serving the
same files without asking anybody; one process or worker each, on the same machine in the same run, taking turns.

Two rates are taken of each: answers a second as the load generator saw them, which suffers from whatever else the machine
does, and answers per second of the serving process's own CPU time, which hardly does.  One process that is kept busy gives
as much as its CPU time allows, so the comparisons are made of the second.
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
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bench._load import generator, requests_per_s
from kernel import log
from server.boot import open_services
from server.local_stack import Nginx, render
from server.local_stack.service import accepts_connections, free_port
from streaming.ingest.engine import Engine
from tests.support.media.clips import Clip, make_clip
from tests.support.media.episodes import add_episode
from tests.support.servers.live_server import LiveServer

ROUNDS = 3
TURN_S = 2.0
START_TIMEOUT_S = 300
SEGMENTS = 360
"""Of a 24-minute episode at 4 s: the length of the playlist decides what sending it costs."""
SEGMENT_BYTES = 1024 * 1024
SECRET = "shared by the edge and the application in this run"

APP_TARGET = 0.75
EDGE_TARGET = 0.9

TEMPLATE = Path(__file__).parents[1] / "nginx" / "nginx.conf.template"

STATIC = """
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 8192; }
http {
    types { application/vnd.apple.mpegurl m3u8; video/iso.segment m4s; }
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 10000;
    open_file_cache max=20000 inactive=60s;
    open_file_cache_valid 60s;
    server { listen ${ANI_LISTEN}; root ${ANI_MEDIA_DIR}; }
}
"""
"""nginx and nothing else: the same files, with the same file cache and sendfile as at the edge."""


def serve_nothing(port: int) -> None:
    """The empty handler, in a process of its own, until it is ended."""
    import uvloop

    async def nothing(_request: web.Request) -> web.Response:
        return web.Response()

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/", nothing)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        await asyncio.Event().wait()

    uvloop.run(serve())


async def prepare(server: LiveServer, clips: Path) -> tuple[str, str]:
    """Ingest a clip, lengthen its playlist to an episode's and give it a segment of 1 MiB; its asset and a stream's address."""
    async with open_services(server.settings()) as services:
        clip = make_clip(clips, Clip(seconds=4))
        episode = await add_episode(services, clip, Engine())
        folder = services.storage.path(episode.asset_id)
    playlist = next(iter(sorted(folder.glob("v*/main.m3u8"))))
    head, first, _ = playlist.read_text().partition("#EXTINF")
    segments = "".join(f"{first}:4.000,\n{number:05}.m4s\n" for number in range(1, SEGMENTS + 1))
    (folder / "v-bench").mkdir()
    (folder / "v-bench" / "main.m3u8").write_text(f"{head}{segments}#EXT-X-ENDLIST\n")
    (folder / "v-bench" / "1.m4s").write_bytes(bytes(SEGMENT_BYTES))
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/api/v1/episodes/{episode.episode_id}/playback", json={}) as answer,
    ):
        answer.raise_for_status()
        return episode.asset_id, (await answer.json())["hls_url"].rpartition("/")[0]


@dataclass
class Measured:
    """What one address gave, by round."""

    per_s: list[float] = field(default_factory=list)
    per_cpu_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.per_s)

    def against(self, other: "Measured") -> float:
        """Answers per CPU second, as a multiple of the other's; the best round of each, for disturbance only takes away."""
        return max(self.per_cpu_s) / max(other.per_cpu_s)


def compare(targets: dict[str, tuple[int, str]], show: Callable[[str], None]) -> dict[str, Measured]:
    """Each address, with the pid of who serves it, every round in turn."""
    for _, url in targets.values():
        requests_per_s(url, 3)  # warm: caches filled, connections to the application open
    measured = {name: Measured() for name in targets}
    for _ in range(ROUNDS):
        for name, (pid, url) in targets.items():
            before = cpu_s(pid)
            rate = requests_per_s(url, TURN_S)
            cpu_share = (cpu_s(pid) - before) / TURN_S
            measured[name].per_s.append(rate)
            measured[name].per_cpu_s.append(rate / cpu_share)
            show(f"{name}: {rate:,.0f}/s, {cpu_share / rate * 1e6:.1f} µs of CPU each")
    return measured


def cpu_s(pid: int) -> float:
    """CPU time that a process and its children have used, from /proc (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for each in [str(pid), *children]:
        # The name in parentheses may hold spaces; user and system time are fields 14 and 15 (proc(5)).
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def measure(folder: Path, show: Callable[[str], None], *, edge_alone: bool) -> list[dict[str, Any]]:
    with ExitStack() as stack:
        server = LiveServer(folder / "server", {"ANI_TRUSTED_PROXIES": "1", "ANI_EDGE_SECRET": SECRET})
        await server.start()
        try:
            asset_id, stream = await prepare(server, folder)
            edge_text = TEMPLATE.read_text()
            variables = {
                "ANI_UPSTREAM": f"127.0.0.1:{server.port}",
                "ANI_RESOLVER": "127.0.0.1",
                "ANI_MEDIA_DIR": str(server.settings().media_dir),
                "ANI_GRANTS_DIR": str(server.settings().grants_dir),
                "ANI_EDGE_SECRET": SECRET,
                "ANI_RUN_DIR": ".",
                "ANI_WORKERS": "1",
            }
            (edge_pid, edge), (static_pid, static) = (nginx(stack, text, variables) for text in (edge_text, STATIC))
            asking_pid, asking = nginx(stack, edge_text, {**variables, "ANI_GRANTS_DIR": "/none"})
            targets = {}
            if not edge_alone:
                empty_pid, empty = empty_handler(stack)
                targets = {
                    "empty": (empty_pid, f"{empty}/"),
                    "media": (server.pid, f"{server.url}{stream}/v-bench/main.m3u8"),
                    "master": (server.pid, f"{server.url}{stream}/master.m3u8"),
                    "app segment": (server.pid, f"{server.url}{stream}/v-bench/1.m4s"),
                }
            rates = await asyncio.to_thread(
                compare,
                {
                    **targets,
                    "static": (static_pid, f"{static}/{asset_id}/v-bench/main.m3u8"),
                    "edge": (edge_pid, f"{edge}{stream}/v-bench/main.m3u8"),
                    "asking": (asking_pid, f"{asking}{stream}/v-bench/main.m3u8"),
                    "static segment": (static_pid, f"{static}/{asset_id}/v-bench/1.m4s"),
                    "edge segment": (edge_pid, f"{edge}{stream}/v-bench/1.m4s"),
                },
                show,
            )
        finally:
            await server.stop()
    against_empty, against_static = "– against the empty handler, by CPU time", "– against nginx alone, by CPU time"
    of_edge = [
        figure("The same media playlist from nginx alone, unprotected", rates["static"].rate, "req/s"),
        figure("– through the edge, by a grant", rates["edge"].rate, "req/s"),
        figure(against_static, rates["edge"].against(rates["static"]), "×", EDGE_TARGET),
        figure("– through an edge that sees no grants and asks", rates["asking"].rate, "req/s"),
        figure(against_static, rates["asking"].against(rates["static"]), "×"),
        figure("Segment of 1 MiB from nginx alone, unprotected", rates["static segment"].rate, "req/s"),
        figure("– through the edge, by a grant", rates["edge segment"].rate, "req/s"),
        figure(against_static, rates["edge segment"].against(rates["static segment"]), "×", EDGE_TARGET),
    ]
    if edge_alone:
        return of_edge
    return [
        figure(f"Empty aiohttp handler (load: {generator()})", rates["empty"].rate, "req/s"),
        figure(f"Media playlist of {SEGMENTS} segments from the application", rates["media"].rate, "req/s"),
        figure(against_empty, rates["media"].against(rates["empty"]), "×", APP_TARGET),
        figure("Multivariant playlist from the application", rates["master"].rate, "req/s"),
        figure(against_empty, rates["master"].against(rates["empty"]), "×", APP_TARGET),
        *of_edge,
        figure("Segment of 1 MiB from the application", rates["app segment"].rate, "req/s"),
    ]


def nginx(stack: ExitStack, template: str, variables: dict[str, str]) -> tuple[int, str]:
    """A running nginx with one worker; its pid and address."""
    port = free_port()
    text = render(template, {**variables, "ANI_LISTEN": f"127.0.0.1:{port}"})
    running = stack.enter_context(Nginx(text, port=port))
    return running.pid, f"http://127.0.0.1:{port}"


def empty_handler(stack: ExitStack) -> tuple[int, str]:
    """The empty handler in a running process; its pid and address."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.http", "--empty", str(port)])
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not accepts_connections(port):
        if time.monotonic() > deadline:
            raise TimeoutError("the empty handler did not start")
        time.sleep(0.05)
    return process.pid, f"http://127.0.0.1:{port}"


def figure(name: str, value: float, unit: str, target: float | None = None) -> dict[str, Any]:
    return {
        "figure": name,
        "value": round(value, 2 if unit == "×" else 0),
        "unit": unit,
        "target": "" if target is None else f"≥ {target:g}",
        "ok": None if target is None else value >= target,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--edge", action="store_true", help="nginx alone, without the application's own answers")
    parser.add_argument("--empty", type=int, metavar="PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.empty:
        serve_nothing(arguments.empty)
        return

    def show(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    log.configure(level="warning", json=False)  # standard output is for the figures
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), show, edge_alone=arguments.edge))
    if arguments.json:
        print(json.dumps(figures))
        return
    for each in figures:
        mark = {True: "ok", False: "MISSED", None: ""}[each["ok"]]
        print(f"{each['figure']:55} {each['value']:>12,} {each['unit']:6} {each['target']:8} {mark}")


if __name__ == "__main__":
    main()
