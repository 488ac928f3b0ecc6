"""Blocked reloads of a live channel, woken: ``python -m bench.live_reloads [--json] [--players N]``.

N players hold a request for the next part of a channel's playlist (rfc8216bis §6.2.5.2) on a connection each, over the real routes.
When the part is there, all are answered with the playlist that was put together once.  Taken is the time from the packet that ended the
part until each player has the whole answer.  The players are a process of their own, which on a small machine shares the cores.
"""

import argparse
import asyncio
import dataclasses
import json
import os
import re
import select
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web
from prometheus_client import REGISTRY

from bench.figures import figure, show
from kernel.clock import SystemClock
from kernel.ids import new_id
from streaming.live.llhls.adapters.sink import HlsSink
from streaming.live.llhls.adapters.station import LiveHls
from streaming.live.llhls.playlist import next_part
from streaming.live.model import ChannelId
from streaming.origin.access.token import Keyring
from tests.support.media.clips import Clip, make_clip
from tests.support.media.rtp_packets import PICTURE, SOUND, TimedPacket, rtp_of

PLAYERS = 1000
ROUNDS = 7
TARGET_MS = 50
"""99 of 100 players have the playlist so long after the part is there."""


async def everybody(_channel_id: str, _login_id: str | None) -> None:
    """May watch."""


class _Publisher:
    def request_key_frame(self) -> None: ...


class Feed:
    """A clip, sent over and over in its own time, one packet at a call."""

    def __init__(self, sink: HlsSink, packets: list[TimedPacket], seconds: float) -> None:
        self._sink = sink
        self._packets = self._endless(packets, seconds)
        self._begin_ms = time.monotonic() * 1000

    def _endless(self, packets: list[TimedPacket], seconds: float) -> Iterator[TimedPacket]:
        numbers = {PICTURE.kind: 0, SOUND.kind: 0}
        round_ms = 0.0
        while True:
            for each in packets:
                kind = each.track.kind
                timestamp = each.packet.timestamp + round(round_ms * each.track.clock_rate / 1000)
                packet = dataclasses.replace(
                    each.packet, sequence=numbers[kind] & 0xFFFF, timestamp=timestamp & 0xFFFFFFFF
                )
                numbers[kind] += 1
                yield TimedPacket(each.at_ms + round_ms, each.track, packet)
            round_ms += seconds * 1000

    async def until(self, msn: int, part: int) -> None:
        """Send until this part of the picture is there."""
        while (video := self._sink.feeds.get("video")) is None or video.rendition.edge() < (msn, part):
            each = next(self._packets)
            wait_s = (self._begin_ms + each.at_ms) / 1000 - time.monotonic()
            await asyncio.sleep(max(wait_s, 0))
            self._sink.packet(each.track, each.packet, self._begin_ms + each.at_ms)


def players(port: int, count: int, commands: int, results: int) -> None:
    """The other process: ask on all connections for what it is told, say when each had its answer."""
    poll = select.epoll()
    sockets = {}
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", port))
        sockets[one.fileno()] = one
        poll.register(one.fileno(), select.EPOLLIN)
    os.write(results, b"ready\n")
    while path := os.read(commands, 1000).decode().strip():
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        for one in sockets.values():
            one.sendall(request)
        os.write(results, b"asked\n")
        had: list[float] = []
        got = dict.fromkeys(sockets, b"")
        while len(had) < count:
            for number, _ in poll.poll():
                got[number] += sockets[number].recv(65536)
                head, end, body = got[number].partition(b"\r\n\r\n")
                length = re.search(rb"Content-Length: (\d+)", head)
                if end and length is not None and len(body) >= int(length[1]):
                    assert head.startswith(b"HTTP/1.1 200"), head
                    had.append(time.monotonic())
                    got[number] = b""
        os.write(results, json.dumps(had).encode() + b"\n")
    os._exit(0)


async def run(count: int) -> dict[str, float]:
    """The figures of one channel."""
    with tempfile.TemporaryDirectory() as folder:
        packets = rtp_of(make_clip(Path(folder), Clip(fps=30)))
    live_hls = LiveHls(SystemClock(), Keyring.of([b"k" * 32]), everybody)
    app = web.Application()
    app.cleanup_ctx.append(live_hls.running)
    app.router.add_get("/llhls/{token}/{channel}/{path:.+}", live_hls.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    port = runner.addresses[0][1]
    channel_id = ChannelId(new_id())
    sink = live_hls.open(channel_id, _Publisher())[0]
    assert isinstance(sink, HlsSink)
    base = live_hls.address(channel_id, None).rpartition("/")[0]

    commands, command = os.pipe()
    result, results = os.pipe()
    if os.fork() == 0:
        os.close(command)
        try:
            players(port, count, commands, results)
        finally:
            os._exit(1)  # the event loop is the parent's
    os.close(commands)
    os.close(results)
    lines = os.fdopen(result, "rb")
    await asyncio.to_thread(lines.readline)

    feed = Feed(sink, packets, 4)
    sink.started([PICTURE, SOUND])
    await feed.until(0, 0)
    video = sink.broadcast.renditions["video"]
    late_ms: list[float] = []
    cpu_us: list[float] = []
    written_ms: list[float] = []
    rendered: list[float] = []
    for _ in range(ROUNDS):
        msn, part = next_part(video)
        # The whole of the next segment away, so that all have asked by then.
        msn, part = msn + 1, 0
        os.write(command, f"{base}/video.m3u8?_HLS_msn={msn}&_HLS_part={part}\n".encode())
        await asyncio.to_thread(lines.readline)
        while sink.feeds["video"].waiting < count:  # noqa: ASYNC110 - what is measured is not to be told of
            await asyncio.sleep(0.01)
        ended: list[float] = []
        before, changed = _rendered(), sink.feeds["video"].changed

        def noted(changed: Any = changed, ended: list[float] = ended, wanted: tuple[int, int] = (msn, part)) -> None:
            if ended or video.edge() < wanted:
                changed()
                return
            ended.append(time.monotonic())
            cpu = time.process_time()
            changed()
            written_ms.append((time.process_time() - cpu) * 1000)

        sink.feeds["video"].changed = noted  # type: ignore[method-assign]
        await feed.until(msn, part)
        cpu = time.process_time()
        had = json.loads(await asyncio.to_thread(lines.readline))
        cpu_us.append((time.process_time() - cpu) * 1e6 / count)
        sink.feeds["video"].changed = changed  # type: ignore[method-assign]
        rendered.append(_rendered() - before)
        late_ms += [(each - ended[0]) * 1000 for each in had]
    os.close(command)
    lines.close()
    await runner.cleanup()
    late_ms.sort()
    return {
        "p50_ms": late_ms[len(late_ms) // 2],
        "p99_ms": late_ms[len(late_ms) * 99 // 100],
        "written_ms": statistics.median(written_ms),
        "cpu_us": statistics.median(cpu_us),
        "rendered": statistics.median(rendered),
    }


def _rendered() -> float:
    return REGISTRY.get_sample_value("ani_live_playlists_rendered_total") or 0


def figures(outcome: dict[str, float], count: int) -> list[dict[str, Any]]:
    """For bench/RESULTS.md."""
    return [
        figure(f"{count} blocked reloads woken, 99 of 100 have the answer", outcome["p99_ms"], "ms", TARGET_MS),
        figure(f"{count} blocked reloads woken, half have the answer", outcome["p50_ms"], "ms"),
        figure(
            "CPU of the server until the last of them is written to the network", outcome["written_ms"], "ms", TARGET_MS
        ),
        figure("CPU of the server for each, all told", outcome["cpu_us"], "µs"),
        figure("playlists put together for all of them", outcome["rendered"], "", 1),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--players", type=int, default=PLAYERS)
    arguments = parser.parse_args()
    show(figures(uvloop.run(run(arguments.players)), arguments.players), as_json=arguments.json)


if __name__ == "__main__":
    main()
