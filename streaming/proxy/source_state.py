"""What one process remembers of the sources it serves."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from streaming.proxy.slates.stream_format import StreamFormat
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions
from streaming.proxy.upstream.adapters.fetch import Document, Fetcher, Upstream
from streaming.proxy.upstream.metrics import Meter


@dataclass(slots=True)
class Output:
    """The playlist of one rendition as it was given out last, and the upstream's answer it was made of."""

    document: Document
    body: bytes
    is_complete: bool
    fresh_s: float
    #: The highest sequence number a blocking reload may ask for (rfc8216bis section 6.2.5.2); 0 where it may not be asked.
    awaited_msn: int = 0


@dataclass(slots=True)
class SourceState:
    """A source in memory, with what its stream has shown so far."""

    source_id: str
    version: int
    mode: AdPolicy
    policy: StripOptions
    upstream: Upstream
    until_s: float
    shared: StreamState = field(default_factory=StreamState)
    stream_formats: dict[str, StreamFormat] = field(default_factory=dict)  # by absolute address of the media playlist
    variants: tuple[str, ...] = ()  # absolute addresses of their media playlists, as listed
    is_primed: bool = False  # what the multivariant playlist says of the others is known
    slates: set[tuple[str, int]] = field(default_factory=set)  # format and length in milliseconds
    renditions: OrderedDict[str, RenditionState] = field(default_factory=OrderedDict)
    outputs: OrderedDict[str, Output] = field(default_factory=OrderedDict)
    variables: dict[str, str] = field(default_factory=dict)
    counted_msn: int = -1  # of a complete playlist: ads up to here were counted
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def meter(self, fetcher: Fetcher) -> Meter:
        """The counts of this source."""
        return fetcher.meter(self.source_id)

    def leader(self, url: str) -> str:
        """The variant whose signals the rendition at ``url`` follows: the one last looked at; empty for a variant."""
        if not self.variants or url in self.variants:
            return ""
        return next((shown for shown in reversed(self.outputs) if shown in self.variants), self.variants[0])
