"""Real RTP: what FFmpeg's own packetiser makes of a clip, caught from a socket of this machine."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from kernel.rtc.rtp import RtpPacket, parse_rtp
from streaming.live.model import Codec, LiveTrack, MediaKind

PICTURE = LiveTrack(kind=MediaKind.VIDEO, codec=Codec.H264, clock_rate=90_000, payload_type=96)
SOUND = LiveTrack(kind=MediaKind.AUDIO, codec=Codec.OPUS, clock_rate=48_000, payload_type=97, channels=2)


@dataclass(frozen=True)
class TimedPacket:
    """A packet, and when it would be sent from the beginning of the clip."""

    at_ms: float
    track: LiveTrack
    packet: RtpPacket


def rtp_of(clip: Path) -> list[TimedPacket]:
    """The picture of ``clip`` as it is, and its sound as Opus."""
    packets = [*_picture(clip), *_sound(clip)]
    return sorted(packets, key=lambda each: each.at_ms)


def _picture(clip: Path) -> list[TimedPacket]:
    packets = []
    with av.open(str(clip)) as source, _rtp_output() as (output, take):
        stream = source.streams.video[0]
        copy = output.add_stream_from_template(stream)
        copy.time_base = stream.time_base
        parameter_sets = b"".join(len(nal).to_bytes(4, "big") + nal for nal in _parameter_sets(stream))
        for packet in source.demux(stream):
            if packet.dts is None:
                continue
            each = av.Packet((parameter_sets if packet.is_keyframe else b"") + bytes(packet))  # as browsers send it
            each.pts, each.dts, each.time_base, each.stream = packet.pts, packet.dts, packet.time_base, copy
            at_ms = float((packet.pts or 0) * (stream.time_base or 0)) * 1000
            output.mux(each)
            packets += [TimedPacket(at_ms, PICTURE, one) for one in take()]
    return packets


def _parameter_sets(stream: av.VideoStream) -> list[bytes]:
    """Out of the configuration record of the file (ISO/IEC 14496-15 §5.3.3.1), which has one of each."""
    record = stream.codec_context.extradata
    assert record is not None
    sps_bytes = int.from_bytes(record[6:8], "big")
    pps_at = 8 + sps_bytes + 3
    return [record[8 : 8 + sps_bytes], record[pps_at : pps_at + int.from_bytes(record[pps_at - 2 : pps_at], "big")]]


def _sound(clip: Path) -> list[TimedPacket]:
    packets = []
    with av.open(str(clip)) as source, _rtp_output() as (output, take):
        if not source.streams.audio:
            return []
        stream = output.add_stream("libopus", rate=48_000)
        stream.time_base = Fraction(1, 48_000)
        resampler = av.AudioResampler(format="s16", layout="stereo", rate=48_000, frame_size=960)
        for frame in source.decode(source.streams.audio[0]):
            for whole in resampler.resample(frame):
                for packet in stream.encode(whole):
                    at_ms = (packet.pts or 0) / 48
                    output.mux(packet)
                    packets += [TimedPacket(at_ms, SOUND, one) for one in take()]
    return packets


@contextlib.contextmanager
def _rtp_output() -> Iterator[tuple[av.container.OutputContainer, Callable[[], list[RtpPacket]]]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)

        def take() -> list[RtpPacket]:
            taken: list[RtpPacket] = []
            while True:
                try:
                    data = receiver.recv(2048)
                except BlockingIOError:
                    return taken
                if not 192 <= data[1] <= 223:
                    taken.append(parse_rtp(data, None))

        port = receiver.getsockname()[1]
        with av.open(f"rtp://127.0.0.1:{port}?pkt_size=1200", "w", format="rtp") as output:
            yield output, take
