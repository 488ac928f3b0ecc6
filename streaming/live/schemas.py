"""What is asked and answered about channels."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kernel.http.schemas import PageIn
from streaming.live.channels.model import (
    DESCRIPTION_MAX,
    REASON_MAX,
    TITLE_MAX,
    Audience,
    ChannelView,
)
from streaming.live.media.channel import EndReason


def _one_line(text: str) -> str:
    text = text.strip()
    if not text or any(ord(character) < 0x20 for character in text):
        raise ValueError("must be one line of text")
    return text


class ChannelIn(BaseModel):
    """A channel as its owner describes it."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=TITLE_MAX), AfterValidator(_one_line)]
    description: Annotated[str, Field(max_length=DESCRIPTION_MAX)] = ""
    audience: Annotated[Audience, Field(description="`public`: everybody; `members`: who is signed in.")] = (
        Audience.PUBLIC
    )


class ChannelsIn(PageIn):
    """Which channels."""

    mine: Annotated[bool, Field(description="One's own alone.")] = False
    live: Annotated[bool, Field(description="Those alone that are live now.")] = False
    everything: Annotated[bool, Field(description="Also those taken down; for moderators.")] = False


class TakeDownIn(BaseModel):
    """Why a channel is taken down."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[
        str, Field(min_length=1, max_length=REASON_MAX, description="Its owner reads it."), AfterValidator(_one_line)
    ]


class ChannelOut(BaseModel):
    """A live channel."""

    id: str
    title: str
    description: str
    audience: Audience
    owner_id: str
    owner_name: Annotated[str, Field(description="Nickname; empty where the account is gone.")]
    created_at: datetime
    version: Annotated[int, Field(description='For `If-Match`: `"v<version>"`.')]
    is_live: bool
    is_away: Annotated[
        bool,
        Field(
            description="Whether somebody was live a moment ago: viewers are kept, and Low-Latency HLS shows a slate."
        ),
    ]
    live_since: datetime | None
    viewers: Annotated[int, Field(description="Who watches now, to within a few seconds.")]
    whep_url: Annotated[str, Field(description="Where a player posts its offer (draft-ietf-wish-whep-03).")]
    hls_url: Annotated[
        str | None,
        Field(
            description="The same as Low-Latency HLS, for a while; from `GET` of one channel, where the node asked carries it, or knows the address of the one that does."
        ),
    ] = None
    rewind_s: Annotated[
        int,
        Field(description="How far back `hls_url` goes at the moment, in seconds; 0 where viewers may not seek back."),
    ] = 0
    whip_url: Annotated[str | None, Field(description="Where its owner publishes (RFC 9725); nobody else is told.")]
    has_key: Annotated[bool | None, Field(description="Whether there is a stream key; its owner alone is told.")]
    key_made_at: datetime | None
    records: Annotated[
        bool | None, Field(description="Whether what is sent is recorded whenever it is live; its owner alone is told.")
    ]
    taken_down_at: datetime | None
    taken_down_reason: str

    @classmethod
    def of(cls, view: ChannelView, *, owner_name: str, own: bool) -> Self:
        """``own``: for its owner."""
        channel, broadcast = view.channel, view.broadcast
        return cls(
            id=channel.id,
            title=channel.title,
            description=channel.description,
            audience=channel.audience,
            owner_id=channel.owner_id,
            owner_name=owner_name,
            created_at=channel.created_at,
            version=channel.version,
            is_live=view.is_live,
            is_away=view.is_away,
            live_since=broadcast.began_at if broadcast is not None and broadcast.is_live else None,
            viewers=0 if broadcast is None else broadcast.viewers,
            whep_url=f"/api/v1/live/channels/{channel.id}/whep",
            whip_url=f"/api/v1/live/channels/{channel.id}/whip" if own else None,
            has_key=channel.key_hash is not None if own else None,
            key_made_at=channel.key_made_at if own else None,
            records=channel.record_since is not None if own else None,
            taken_down_at=channel.taken_down_at,
            taken_down_reason=channel.taken_down_reason,
        )


class ChannelWithKeyOut(ChannelOut):
    """A channel with its stream key, which is told this once."""

    stream_key: Annotated[
        str, Field(description="Shown this once: `Authorization: Bearer` at `POST /api/v1/live/whip`.")
    ]


class ChannelsOut(BaseModel):
    """A page of channels, those that are live first."""

    items: list[ChannelOut]
    total: int
    page: int
    page_size: int


class PublisherHealthOut(BaseModel):
    """How a publisher does, over the last second."""

    video_kbps: int
    audio_kbps: int
    frames_per_s: int
    lost: Annotated[float, Field(description="Of its packets on the way here, 0 to 1.")]
    jitter_ms: Annotated[float, Field(description="How unevenly its packets come (RFC 3550 §6.4.1).")]
    round_trip_ms: Annotated[float | None, Field(description="`null` where the encoder does not say (RFC 3611).")]
    key_frame_interval_ms: int | None
    video_codec: str | None
    audio_codec: str | None


class ChannelHealthOut(BaseModel):
    """How a channel does."""

    live: bool
    connected: Annotated[bool, Field(description="Whether the publisher's media can arrive.")]
    viewers: Annotated[int, Field(description="Who watches it over WebRTC.")]
    places: Annotated[int, Field(description="How many people the node takes over WebRTC now, in all channels.")]
    waiting: Annotated[
        int, Field(description="Who watches it by Low-Latency HLS until there is a place over WebRTC, and listens.")
    ]
    last_end: Annotated[EndReason | None, Field(description="Why the last publisher is gone.")]
    publisher: PublisherHealthOut | None
    max_kbps: Annotated[int, Field(description="What a publisher may send.")]
