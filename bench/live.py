"""Live channels, forwarded: ``python -m bench.live [--json] [--viewers N]``.

One publishes a picture of 2 Mbit/s over the server's real port, N watch.  While the server is measured its clients are a process of
their own, so that the CPU time here is the server's alone; it is what counts, for the machine may be busy.  Times by the clock are
with the clients in the same process, and include their half of each handshake.
"""

import argparse
import asyncio
import os
import select
import statistics
import time
from typing import Any, Final

import uvloop

from bench.figures import figure, show
from kernel.clock import SystemClock
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcSettings
from streaming.live.adapters.connections import RtcConnections
from streaming.live.media.channel import EndReason
from streaming.live.media.hub import LiveHub
from streaming.live.model import ChannelId
from streaming.live.sinks import ManySinks
from tests.support.realtime.live import H264, KEY_FRAME, PICTURE, LiveClient

VIEWERS: Final = 100
NEWCOMERS: Final = 20
RUN_S: Final = 6.0
FRAME_S: Final = 0.04
FRAME_PACKETS: Final = 8
KEY_FRAME_EVERY: Final = 50
PAYLOAD: Final = PICTURE.ljust(1_250, b"x")  # with 25 frames a second: 2 Mbit/s
CHANNEL: Final = ChannelId("0" * 36)
TARGET_VIEWERS: Final = 150
TARGET_FIRST_MS: Final = 500
TARGET_END_MS: Final = 1_000


class Sender:
    """The publisher's packets in their order; a key frame every two seconds."""

    def __init__(self, client: LiveClient) -> None:
        self._client = client
        self.sent = 0
        self.frames = 0

    def frame(self) -> None:
        for index in range(FRAME_PACKETS):
            payload = KEY_FRAME if index == 0 and self.frames % KEY_FRAME_EVERY == 0 else PAYLOAD
            last = index == FRAME_PACKETS - 1
            self.sent += 1
            self._client.send_media(H264, self.sent, self.frames * 3_600, payload, marker=last)
        self.frames += 1


def clients(sender: Sender, viewers: list[LiveClient], result: int) -> None:
    """The other process: send on time, take what comes, write how much both was."""
    poll = select.epoll()
    sockets = {client.socket.fileno(): client.socket for client in viewers}
    for number in sockets:
        poll.register(number, select.EPOLLIN)
    sender.frames += -sender.frames % KEY_FRAME_EVERY  # nobody is forwarded anything before one
    frames = received = 0
    began = time.monotonic()
    while (now := time.monotonic()) < began + RUN_S:
        while frames * FRAME_S < now - began:
            sender.frame()
            frames += 1
        for number, _ in poll.poll(max(began + frames * FRAME_S - time.monotonic(), 0)):
            try:
                while True:
                    sockets[number].recv(2048)
                    received += 1
            except BlockingIOError:
                pass
    os.write(result, str(received).encode())
    os._exit(0)


async def join(hub: LiveHub, kind: str, client: LiveClient) -> float:
    """Publish or watch; when the answer was there, on the clock of ``time.monotonic``."""
    question = {"kind": kind, "channel_id": CHANNEL, "sdp": client.offer, "user_session": None}
    answer = await hub.answer({**question, "takeover": False, "key": None})
    answered = time.monotonic()
    client.take(answer["sdp"])
    await client.connect()
    return answered


async def run(viewers_count: int) -> dict[str, float]:
    """The figures of one channel."""
    server = SharedPortServer(RtcSettings())
    hub = LiveHub(
        node_id="bench",
        connections=RtcConnections(server),
        sinks=ManySinks([]),
        clock=SystemClock(),
        viewers=viewers_count + NEWCOMERS,
        max_kbps=8_000,
    )
    publisher = LiveClient(("video", "h264"))
    await join(hub, "publish", publisher)
    sender = Sender(publisher)
    first_ms = await _first_frames(hub, sender)
    viewers = [LiveClient(("video", "h264"), direction="recvonly") for _ in range(viewers_count)]
    cpu_before = time.process_time()
    for viewer in viewers:
        await join(hub, "watch", viewer)
    join_cpu_ms = (
        (time.process_time() - cpu_before) * 1000 / viewers_count / 2
    )  # the client's half of it is here as well
    for viewer in viewers:
        viewer.send(viewer.check())  # as browsers do all the time: who says nothing for 12 s is gone
    before = _received(hub)
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        clients(sender, viewers, write)
    os.close(write)
    cpu_before = time.process_time()
    await asyncio.to_thread(os.waitpid, child, 0)
    cpu_s = time.process_time() - cpu_before
    received = int(os.read(read, 1000))
    os.close(read)
    forwarded = (_received(hub) - before) * viewers_count
    end_ms = await _taken_down(hub, viewers)
    await hub.close()
    for client in (publisher, *viewers):
        await client.close()
    return {
        "packet_us": cpu_s * 1e6 / forwarded,
        "received_percent": 100 * received / forwarded,
        "join_cpu_ms": join_cpu_ms,
        "first_ms": first_ms,
        "end_ms": end_ms,
    }


def _received(hub: LiveHub) -> int:
    """Packets that the server has of its publisher."""
    return sum(incoming.reception.packets for _, publisher in hub.publishers for incoming in publisher.incoming)


async def _first_frames(hub: LiveHub, sender: Sender) -> float:
    """From the answer to the first packet of the picture, of nineteen of twenty newcomers at most, one after the other while somebody is live."""

    async def live() -> None:
        while True:
            sender.frame()
            await asyncio.sleep(FRAME_S)

    running = asyncio.create_task(live())
    times = []
    for _ in range(NEWCOMERS):
        newcomer = LiveClient(("video", "h264"), direction="recvonly")
        answered = await join(hub, "watch", newcomer)
        asyncio.get_running_loop().add_reader(newcomer.socket.fileno(), newcomer._take_packets)
        await newcomer.until(lambda newcomer=newcomer: newcomer.received)
        times.append((time.monotonic() - answered) * 1000)
        await newcomer.close()
    running.cancel()
    return sorted(times)[int(0.95 * NEWCOMERS) - 1]


async def _taken_down(hub: LiveHub, viewers: list[LiveClient]) -> float:
    """From taking the channel down until the last viewer was told by DTLS."""
    for viewer in viewers:
        asyncio.get_running_loop().add_reader(viewer.socket.fileno(), viewer._take_packets)
        viewer.send(viewer.check())
    await asyncio.sleep(0.5)  # what is still in their sockets
    assert len(hub.viewers) >= len(viewers)
    began = time.monotonic()
    ending = asyncio.create_task(hub.close_channel(CHANNEL, EndReason.TAKEN_DOWN))
    for viewer in viewers:
        await viewer.until(lambda viewer=viewer: viewer.dtls.state == "closed")
    passed_ms = (time.monotonic() - began) * 1000
    await ending
    return passed_ms


def figures(outcome: dict[str, float], viewers: int) -> list[dict[str, Any]]:
    """For bench/RESULTS.md."""
    rate = FRAME_PACKETS / FRAME_S
    a_core = int(1e6 / (outcome["packet_us"] * rate))
    return [
        figure("viewers a core at 2 Mbit/s", a_core, "", TARGET_VIEWERS, least=True),
        figure(f"CPU for one packet to one viewer, {viewers} watching", outcome["packet_us"], "µs"),
        figure(
            "packets that the clients took in time (their process shares the cores)", outcome["received_percent"], "%"
        ),
        figure("CPU for one viewer to join", outcome["join_cpu_ms"], "ms"),
        figure("from the WHEP answer to the first picture, 19 of 20", outcome["first_ms"], "ms", TARGET_FIRST_MS),
        figure(
            f"from the take-down to the end of DTLS at the last of {viewers}", outcome["end_ms"], "ms", TARGET_END_MS
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    arguments = parser.parse_args()
    outcomes = [uvloop.run(run(arguments.viewers)) for _ in range(3)]
    middle = {name: statistics.median(outcome[name] for outcome in outcomes) for name in outcomes[0]}
    show(figures(middle, arguments.viewers), as_json=arguments.json)


if __name__ == "__main__":
    main()
