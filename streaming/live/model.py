"""What a live channel hands on of the media it gets: tracks, packets, and where they lie on our clock.  Pure.

A consumer (a packager, a recorder) is a :class:`LiveSink`.  It is called on the event loop for each packet of a publisher, in the order of
arrival: packets may be missing, swapped or late.  It must not wait, and must not raise.  Everything in a packet is somebody
else's: a sink reads it with bounds.

One channel outlives its publishers.  Each publisher is one *run*: ``started`` → ``packet``, ``clock`` … → ``ended``, and then perhaps
``started`` again, with other SSRCs, other tracks, and timestamps that have nothing to do with those before.  There is never more than one
run at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol

from kernel.rtc.rtp import RtpPacket

ChannelId = NewType("ChannelId", str)


class MediaKind(StrEnum):
    """What a track carries."""

    AUDIO = "audio"
    VIDEO = "video"


class Codec(StrEnum):
    """How it is encoded, by the name of its RTP payload format."""

    OPUS = "opus"
    """RFC 7587: clock rate 48,000, always two channels in its description."""
    H264 = "H264"
    """RFC 6184, packetization mode 1 (single NAL units, STAP-A, FU-A); no B-frames from browsers."""
    VP8 = "VP8"
    """RFC 7741."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTrack:
    """One stream of a publisher, as the session description has it."""

    kind: MediaKind
    codec: Codec
    clock_rate: int
    """Ticks of RTP timestamps a second."""
    payload_type: int
    """In the packets of this run."""
    channels: int = 0
    """Of sound; 0 for pictures."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """``a=fmtp``, by lower-case name: ``profile-level-id``, ``packetization-mode``, ``sprop-parameter-sets``, ``stereo`` …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReference:
    """One point where a track's timestamps meet our clock; by these, sound and picture of a publisher line up.

    From a sender report (RFC 3550 §6.4.1).  The publisher's clock may be years off: the first report of a run fixes by how much, and
    later ones keep that, so that references of one run never contradict each other.
    """

    rtp_timestamp: int
    """Of this track, modulo 2³²."""
    wall_ms: float
    """Our own clock, milliseconds since 1970 (for ``EXT-X-PROGRAM-DATE-TIME``), when that was captured."""


class LiveSource(Protocol):
    """What a sink may ask of the channel."""

    def request_key_frame(self) -> None:
        """Have the publisher send a key frame soon (RTCP PLI, RFC 4585 §6.3.1); asked more often than twice a second, it is
        dropped.  Browsers send one on request alone: who needs segments asks once for each."""
        ...


class LiveSink(Protocol):
    """Somebody who takes the packets of one channel; see the module for when it is called."""

    def started(self, tracks: Sequence[LiveTrack]) -> None:
        """A publisher sends these tracks from now on: one of sound, one of pictures, or both."""
        ...

    def packet(self, track: LiveTrack, packet: RtpPacket, arrived_ms: float) -> None:
        """A packet of ``track`` (the object that ``started`` gave); ``arrived_ms`` on a clock that only goes on (monotonic)."""
        ...

    def clock(self, track: LiveTrack, reference: ClockReference) -> None:
        """Where the track lies on our clock; the first comes as a rule within a second of the first packet, then every few seconds."""
        ...

    def ended(self) -> None:
        """The publisher is gone.  The channel goes on."""
        ...

    def closed(self) -> None:
        """The channel is gone, was taken down, or has been off for long: let go of everything."""
        ...


class LiveSinks(Protocol):
    """Makes the sinks of a channel when its first publisher comes."""

    def open(self, channel_id: ChannelId, source: LiveSource) -> Sequence[LiveSink]:
        """Raises nothing: a consumer that cannot work now says so in the log and is left out."""
        ...
