"""One publisher of a channel: what it sends, how well that arrives, and what it is asked for."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from kernel.clock import Clock
from kernel.rtc.feedback import bitrate_limit, nack, parse_feedback, picture_loss, reference_time
from kernel.rtc.rtp import Reception, RtpPacket, parse_rtp
from streaming.live.media.key_frames import PictureCache
from streaming.live.media.loss import LossDetector
from streaming.live.media.ports import Peer
from streaming.live.media.run_clock import RunClock
from streaming.live.model import ClockReference, LiveTrack, MediaKind

KEY_FRAME_EVERY_MS: Final = 500.0
"""LiveKit's throttle: one key frame serves everybody who wants one, and each costs as much as ten other pictures."""
MAX_PAYLOAD_BYTES: Final = 1_500
SILENT_MS: Final = 2_000.0
"""Without a packet: whoever comes with the same key takes over without asking."""
OTHER_SOURCE_AFTER_MS: Final = 1_000.0
"""A stream goes on from another source when the one before has been silent for so long: an encoder may send several layers, whatever was agreed on,
and packets of two pictures by turns are neither."""
OVER_LIMIT_S: Final = 5
"""Seconds in a row over the limit; encoders overshoot for one or two."""
OVER_LIMIT: Final = 1.25


@dataclass(eq=False, slots=True)
class IncomingTrack:
    """One stream of a publisher."""

    track: LiveTrack
    reception: Reception
    pictures: PictureCache | None
    loss: LossDetector = field(default_factory=LossDetector)
    reference: ClockReference | None = None
    octets: int = 0
    frames: int = 0
    key_frame_ms: float | None = None
    key_frame_interval_ms: float | None = None
    heard_ms: float = 0
    """Its last packet."""
    source: object = None
    """Changes where its packets do not go on from those before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a publisher does, over the last second."""

    video_kbps: int = 0
    audio_kbps: int = 0
    frames_per_s: int = 0
    lost: float = 0.0
    """Of its packets on the way here, 0 to 1; the worse of its streams."""
    jitter_ms: float = 0.0
    """How unevenly its packets come: of sound, which is sent evenly, where there is any."""
    round_trip_ms: float | None = None
    """``None`` where it does not answer what is asked about it."""
    key_frame_interval_ms: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None


class Room(Protocol):
    """Whom a publisher publishes to."""

    def heard(self, incoming: IncomingTrack, packet: RtpPacket, now_ms: float, *, begins_key_frame: bool) -> None:
        """A packet, good as far as anybody can tell without decoding it."""
        ...

    def clock_heard(self, incoming: IncomingTrack) -> None:
        """There is a new :attr:`IncomingTrack.reference`."""
        ...


class Publisher:
    """A :class:`~streaming.live.media.ports.PacketHandler`; give it its connection with :meth:`connected_by` first."""

    def __init__(self, room: Room, clock: Clock, *, max_kbps: int, key: str | None, user_session: str | None) -> None:
        """``key``: the hash of the stream key it came by; ``user_session``: otherwise the sign-in of the owner."""
        self._room = room
        self._clock = clock
        self.max_kbps = max_kbps
        self.key = key
        self.user_session = user_session
        self._own_ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self._peer: Peer | None = None
        self._incoming: dict[int, IncomingTrack] = {}
        self._run_clock = RunClock()
        self._asked_ms = -KEY_FRAME_EVERY_MS
        self._wanted = False
        self._over_s = 0
        self._round_trip_ms: float | None = None
        self.since_ms = clock.now_ms()
        self.heard_ms = clock.monotonic_ms()
        """Last packet of media, or the begin."""
        self.health = Health()

    def connected_by(self, peer: Peer, tracks: Sequence[LiveTrack]) -> None:
        """What it is to be asked over, and what it sends."""
        self._peer = peer
        for track in tracks:
            pictures = PictureCache(track.codec) if track.kind is MediaKind.VIDEO else None
            self._incoming[track.payload_type] = IncomingTrack(track, Reception(track.clock_rate), pictures)

    @property
    def peer(self) -> Peer:
        """See :meth:`connected_by`."""
        assert self._peer is not None
        return self._peer

    @property
    def incoming(self) -> Sequence[IncomingTrack]:
        """Its streams."""
        return list(self._incoming.values())

    @property
    def tracks(self) -> list[LiveTrack]:
        """What they are."""
        return [one.track for one in self._incoming.values()]

    def is_silent(self, now_ms: float) -> bool:
        """Whether it has sent nothing for long enough to be replaced without asking."""
        return self.peer.failed or now_ms - self.heard_ms > SILENT_MS

    # From the network

    def on_rtp(self, data: bytes) -> None:
        """See :class:`~streaming.live.media.ports.PacketHandler`."""
        packet = parse_rtp(data, None)
        incoming = self._incoming.get(packet.payload_type)
        if incoming is None or not 0 < len(packet.payload) <= MAX_PAYLOAD_BYTES:
            return
        now_ms = self._clock.monotonic_ms()
        self.heard_ms = now_ms
        incoming.octets += len(data)
        if packet.ssrc != incoming.reception.ssrc:
            if incoming.reception.ssrc is not None and now_ms - incoming.heard_ms < OTHER_SOURCE_AFTER_MS:
                return
            incoming.source, incoming.loss, incoming.reference = object(), LossDetector(), None
            if incoming.pictures is not None:
                incoming.pictures.clear()
        incoming.heard_ms = now_ms
        incoming.reception.received(packet.ssrc, packet.sequence, packet.timestamp, now_ms)
        begins = False
        if incoming.pictures is not None:
            incoming.frames += packet.marker
            if incoming.loss.received(packet.sequence, now_ms):
                self.want_key_frame(now_ms)
            begins = incoming.pictures.add(packet, now_ms)
            if begins:
                if incoming.key_frame_ms is not None:
                    incoming.key_frame_interval_ms = now_ms - incoming.key_frame_ms
                incoming.key_frame_ms = now_ms
        self._room.heard(incoming, packet, now_ms, begins_key_frame=begins)

    def on_rtcp(self, data: bytes) -> None:
        """See :class:`~streaming.live.media.ports.PacketHandler`."""
        found = parse_feedback(data)
        for echo in found.echoes:
            if echo.ssrc == self._own_ssrc:
                self._round_trip_ms = echo.round_trip_ms(self._clock.monotonic_ms())
        for report in found.senders:
            for incoming in self._incoming.values():
                if incoming.reception.ssrc != report.ssrc:
                    continue
                incoming.reception.sender_report(report.ntp_middle, self._clock.monotonic_ms())
                reference = self._run_clock.heard(report, self._clock.now_ms())
                if reference is not None:
                    incoming.reference = reference
                    self._room.clock_heard(incoming)

    # To it

    def want_key_frame(self, now_ms: float) -> None:
        """Ask for a key frame, now or as soon as the throttle lets us."""
        self._wanted = True
        self._ask_for_key_frame(now_ms)

    def _ask_for_key_frame(self, now_ms: float) -> None:
        if not self._wanted or not self.peer.ready or now_ms - self._asked_ms < KEY_FRAME_EVERY_MS:
            return
        for incoming in self._incoming.values():
            if incoming.pictures is not None and incoming.reception.ssrc is not None:
                self._wanted, self._asked_ms = False, now_ms
                self.peer.send_rtcp(picture_loss(self._own_ssrc, incoming.reception.ssrc))

    def ask_for_missing(self, now_ms: float) -> None:
        """Every few milliseconds: NACKs, and the key frame that could not be asked for before."""
        for incoming in self._incoming.values():
            ssrc = incoming.reception.ssrc
            if incoming.pictures is None or ssrc is None:
                continue
            missing, given_up = incoming.loss.due(now_ms)
            if missing:
                self.peer.send_rtcp(nack(self._own_ssrc, ssrc, missing))
            if given_up:
                self._wanted = True
        self._ask_for_key_frame(now_ms)

    def report(self, now_ms: float) -> bool:
        """Each second: tell it how it arrives and what it may send; false where it has been over its limit for long."""
        video = audio = frames = 0
        interval_ms: float | None = None
        codecs: dict[MediaKind, str] = {}
        ssrcs = []
        for incoming in self._incoming.values():
            report = incoming.reception.report(self._own_ssrc, now_ms)
            if report is not None:
                self.peer.send_rtcp(report)
                codecs[incoming.track.kind] = incoming.track.codec.value
                ssrcs.append(incoming.reception.ssrc or 0)
            kbps, incoming.octets = round(incoming.octets * 8 / 1000), 0
            if incoming.pictures is None:
                audio += kbps
            else:
                video += kbps
                frames, incoming.frames, interval_ms = incoming.frames, 0, incoming.key_frame_interval_ms
        if ssrcs:
            self.peer.send_rtcp(bitrate_limit(self._own_ssrc, self.max_kbps * 1000, ssrcs))
            self.peer.send_rtcp(reference_time(self._own_ssrc, now_ms))
        heard = [one for one in self._incoming.values() if one.reception.ssrc is not None]
        evenly = [one for one in heard if one.pictures is None] or heard
        self.health = Health(
            video_kbps=video,
            audio_kbps=audio,
            frames_per_s=frames,
            lost=max((one.reception.lost for one in self._incoming.values()), default=0.0),
            jitter_ms=max((one.reception.jitter_ms for one in evenly), default=0.0),
            round_trip_ms=self._round_trip_ms,
            key_frame_interval_ms=None if interval_ms is None else round(interval_ms),
            video_codec=codecs.get(MediaKind.VIDEO),
            audio_codec=codecs.get(MediaKind.AUDIO),
        )
        self._over_s = self._over_s + 1 if video + audio > self.max_kbps * OVER_LIMIT else 0
        return self._over_s < OVER_LIMIT_S
