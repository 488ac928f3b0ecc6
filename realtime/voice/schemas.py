"""What clients send about voice."""

from typing import Annotated

from pydantic import Field

from realtime.gateway.adapters.events import Payload

MAX_SDP_CHARACTERS = 32_768
"""Chromium's offer of four sections has 8,000; a message may have 64 KiB."""

SessionId = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class JoinVoiceIn(Payload):
    """``voice:join``."""

    resume: SessionId | None = None
    """The session that was going on when the socket was lost."""


class OfferIn(Payload):
    """``voice:offer``."""

    session_id: SessionId
    sdp: Annotated[str, Field(min_length=1, max_length=MAX_SDP_CHARACTERS)]


class MuteVoiceIn(Payload):
    """``voice:mute``: one's own microphone."""

    muted: bool
