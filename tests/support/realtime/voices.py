"""People in voice, with Chromium's WebRTC in this process: one tone each, and what they hear of the others."""

import asyncio
import contextlib
import math
from types import TracebackType
from typing import Any

import numpy as np
import webrtc

from tests.support.realtime.party import Player

RATE = 48_000
FRAME = RATE // 100
DOWNLINKS = 3

with contextlib.suppress(webrtc.InvalidStateError):
    webrtc.allow_loopback()  # before the first connection of this process


class Talker:
    """A member of a party, in voice with a browser's engine."""

    def __init__(self, player: Player, tone_hz: float) -> None:
        self.player = player
        self.tone_hz = tone_hz
        self.answer: dict[str, Any] = {}
        self.pc = webrtc.RTCPeerConnection()
        self._track = webrtc.MediaStreamTrackGenerator("audio")
        self._writer = self._track.writable.get_writer()
        self._heard = [np.zeros(0, np.int16) for _ in range(DOWNLINKS)]
        self._tasks: list[asyncio.Task[None]] = []
        self.talking = True

    async def __aenter__(self) -> "Talker":
        await self.join()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def join(self, *, muted: bool = False, relayed: bool = False) -> None:
        """Come into voice, connected when this returns; ``relayed``: over the TURN server one is told of, and no other way."""
        self.answer = await self.player.ok("voice:join")
        if relayed:
            servers = [
                webrtc.RTCIceServer(urls=item["urls"], username=item["username"], credential=item["credential"])
                for item in self.answer["ice_servers"]
            ]
            self.pc.set_configuration(webrtc.RTCConfiguration(ice_servers=servers, ice_transport_policy="relay"))
        uplink = self.pc.add_transceiver(self._track, webrtc.RTCRtpTransceiverInit(direction="sendonly"))
        downlinks = [
            self.pc.add_transceiver("audio", webrtc.RTCRtpTransceiverInit(direction="recvonly"))
            for _ in range(DOWNLINKS)
        ]
        assert uplink is not None
        await self.negotiate()
        self._tasks.append(asyncio.create_task(self._talk()))
        for index, downlink in enumerate(downlinks):
            self._tasks.append(asyncio.create_task(self._listen(index, downlink.receiver.track)))
        async with asyncio.timeout(20):
            while self.pc.connection_state != "connected":
                await asyncio.sleep(0.02)
        if not muted:
            await self.player.ok("voice:mute", {"muted": False})

    async def negotiate(self) -> None:
        """Offer, and take the answer."""
        await self.pc.set_local_description(await self.pc.create_offer())
        async with asyncio.timeout(20):  # there is no trickling
            while self.pc.ice_gathering_state != "complete":
                await asyncio.sleep(0.02)
        assert self.pc.local_description is not None
        offer = {"session_id": self.answer["session_id"], "sdp": self.pc.local_description.sdp}
        given = await self.player.ok("voice:offer", offer)
        await self.pc.set_remote_description(webrtc.RTCSessionDescriptionInit(type="answer", sdp=given["sdp"]))

    async def stop(self) -> None:
        """Close without a word to the party."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.pc.close()

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        started_s, sent = loop.time(), 0
        while True:
            while sent * 0.01 <= loop.time() - started_s:
                at = np.arange(sent * FRAME, (sent + 1) * FRAME) / RATE
                samples = 12_000 * np.sin(2 * math.pi * self.tone_hz * at) * self.talking
                init = webrtc.AudioDataInit(
                    format="s16",
                    sample_rate=RATE,
                    number_of_frames=FRAME,
                    number_of_channels=1,
                    timestamp=sent * 10_000,
                    data=samples.astype(np.int16).tobytes(),
                )
                await self._writer.write(webrtc.AudioData(init))
                sent += 1
            await asyncio.sleep(0.01)

    async def _listen(self, index: int, track: Any) -> None:
        processor = webrtc.MediaStreamTrackProcessor(webrtc.MediaStreamTrackProcessorInit(track))
        async for data in processor.readable:
            assert isinstance(data, webrtc.AudioData)
            channels = data.number_of_channels
            buffer = bytearray(data.number_of_frames * channels * 2)
            data.copy_to(buffer, webrtc.AudioDataCopyToOptions(plane_index=0, format="s16"))
            rate = data.sample_rate
            data.close()
            assert rate == RATE
            samples = np.frombuffer(buffer, np.int16)[::channels]
            self._heard[index] = np.concatenate([self._heard[index], samples])[-RATE // 2 :]

    def forget(self) -> None:
        """What was heard until now."""
        self._heard = [np.zeros(0, np.int16) for _ in range(DOWNLINKS)]

    def hears(self, tone_hz: float) -> bool:
        """Whether this tone is loud in the last half second of what arrives."""
        return any(_loudness(samples, tone_hz) > 500 for samples in self._heard if len(samples) >= RATE // 5)

    async def waits_to_hear(self, tone_hz: float, timeout_s: float = 20) -> None:
        """Returns when it does."""
        async with asyncio.timeout(timeout_s):
            while not self.hears(tone_hz):
                await asyncio.sleep(0.05)

    async def waits_for_silence(self, tone_hz: float, timeout_s: float = 20) -> None:
        """Returns when this tone is in nothing that arrives any more."""
        async with asyncio.timeout(timeout_s):
            while self.hears(tone_hz):
                await asyncio.sleep(0.05)

    async def waits_for_no_more(self, tone_hz: float, timeout_s: float = 20) -> None:
        """Returns after a third of a second in which this tone did not come, however late what was on its way is heard."""
        async with asyncio.timeout(timeout_s):
            while True:
                self.forget()
                await asyncio.sleep(1 / 3)
                if not self.hears(tone_hz):
                    return


def _loudness(samples: np.ndarray[Any, np.dtype[np.int16]], tone_hz: float) -> float:
    """The amplitude of one tone (Goertzel's sum)."""
    at = np.arange(len(samples)) / RATE
    return float(2 * abs(np.mean(samples * np.exp(-2j * math.pi * tone_hz * at))))
