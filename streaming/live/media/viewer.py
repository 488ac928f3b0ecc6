"""One viewer of a channel, whose session outlives the publishers."""

from collections.abc import Sequence
from typing import Protocol

from kernel.clock import Clock
from kernel.rtc.feedback import parse_feedback
from kernel.rtc.rtp import RtpPacket
from streaming.live.media.outgoing import OutgoingStream
from streaming.live.media.ports import ViewerConnection
from streaming.live.media.publisher import IncomingTrack
from streaming.live.model import MediaKind


class Room(Protocol):
    """What a viewer watches."""

    def request_key_frame(self) -> None:
        """See :class:`~streaming.live.model.LiveSource`."""
        ...


class Viewer:
    """A :class:`~streaming.live.media.ports.PacketHandler`; give it its connection with :meth:`connected_by` first."""

    def __init__(self, room: Room, clock: Clock, *, user_session: str | None, has_hls: bool = False) -> None:
        """``user_session``: of whom, where they are signed in; ``has_hls``: the node that they asked has the channel as Low-Latency HLS too."""
        self._room = room
        self._clock = clock
        self.user_session = user_session
        self.has_hls = has_hls
        self.since_ms = clock.monotonic_ms()
        self.sent_over_ms: float | None = None
        """Since when it is to go on by Low-Latency HLS, where it is to."""
        self._connection: ViewerConnection | None = None
        self._streams: dict[MediaKind, OutgoingStream] = {}
        self._shown = False
        self._awaits_key_frame = True

    def connected_by(self, connection: ViewerConnection) -> None:
        """How it is reached; again when it has answered an offer of ours."""
        self._connection = connection
        self._streams = {kind: OutgoingStream(agreed) for kind, agreed in connection.streams.items()}

    @property
    def connection(self) -> ViewerConnection:
        """See :meth:`connected_by`."""
        assert self._connection is not None
        return self._connection

    @property
    def lost(self) -> float | None:
        """Of what was sent to it, by its last reports: the worse of its streams, 0 to 1."""
        return max((one.lost for one in self._streams.values() if one.lost is not None), default=None)

    def publisher_changed(self) -> None:
        """Pictures go on with a key frame."""
        self._awaits_key_frame = True

    def forward(self, incoming: IncomingTrack, packet: RtpPacket, now_ms: float, *, begins_key_frame: bool) -> None:
        """Send a packet of the channel on, once there is a key frame before it."""
        stream = self._streams.get(incoming.track.kind)
        connection = self._connection
        if stream is None or connection is None or not connection.peer.ready:
            return
        if incoming.pictures is not None:
            if not self._shown:
                self._shown = True
                if self._show_at_once(stream, incoming, now_ms):
                    return
            if self._awaits_key_frame:
                if not begins_key_frame:
                    return
                self._awaits_key_frame = False
        stream.send(connection.peer, incoming.source, packet, now_ms)

    def _show_at_once(self, stream: OutgoingStream, incoming: IncomingTrack, now_ms: float) -> bool:
        """Send the pictures since the key frame, or it alone as a still until the next one comes; whether they include the present."""
        assert incoming.pictures is not None
        packets, whole = incoming.pictures.packets(), incoming.pictures.whole
        source = incoming.source if whole else ("still", id(self))
        for packet in packets:
            stream.send(self.connection.peer, source, packet, now_ms)
        self._awaits_key_frame = not (whole and packets)
        if self._awaits_key_frame:
            self._room.request_key_frame()
        return not self._awaits_key_frame

    def report(self, incoming: Sequence[IncomingTrack], wall_ms: float) -> None:
        """Tell it where its streams lie on our clock."""
        for one in incoming:
            stream = self._streams.get(one.track.kind)
            if stream is not None and one.reference is not None:
                stream.send_report(self.connection.peer, one.source, one.reference, wall_ms)

    # From the network

    def on_rtp(self, data: bytes) -> None:
        """See :class:`~streaming.live.media.ports.PacketHandler`: viewers have nothing to say."""

    def on_rtcp(self, data: bytes) -> None:
        """See :class:`~streaming.live.media.ports.PacketHandler`."""
        feedback = parse_feedback(data)
        for stream in self._streams.values():
            if stream.ssrc in feedback.lost:
                stream.lost = feedback.lost[stream.ssrc]
            if missing := feedback.missing.get(stream.ssrc):
                stream.send_again(self.connection.peer, missing, self._clock.monotonic_ms())
            if stream.ssrc in feedback.key_frame_wanted:
                self._room.request_key_frame()
