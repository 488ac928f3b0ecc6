"""Tokens for MediaMTX, as JSON."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from streaming.live.mediamtx.model import MediaAction


class MediaTokenIn(BaseModel):
    """What a token is to be for."""

    action: MediaAction


class MediaTokenOut(BaseModel):
    """A token for one channel and one thing to do there."""

    token: Annotated[str, Field(description="`Authorization: Bearer` at MediaMTX; good for nothing else.")]
    expires_at: Annotated[datetime, Field(description="Until when a session can be begun with it.")]
    action: MediaAction
    path: Annotated[str, Field(description="Name of the channel at MediaMTX.")]
    whip_url: Annotated[str | None, Field(description="Where to publish; `null` for viewers.")] = None
    whep_url: Annotated[str | None, Field(description="Where to watch over WebRTC; `null` for publishers.")] = None
    hls_url: Annotated[str | None, Field(description="Where to watch by HLS, if there is such an address.")] = None


class KeySetOut(BaseModel):
    """A JWK Set (RFC 7517 §5)."""

    keys: list[dict[str, Any]]
