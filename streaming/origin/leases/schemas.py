"""Streams that are watched now, as JSON."""

from datetime import datetime

from pydantic import BaseModel, Field

from kernel.http.schemas import PageIn
from streaming.origin.leases.model import StreamHolder


class WatchedStreamOut(BaseModel):
    """A stream that is watched now, or was until a minute ago."""

    session_id: str
    episode_id: str
    title: str = Field(description="What is watched, as the player shows it.")
    browser: str | None = Field(description="The player's program, where its User-Agent is known.")
    device: str | None = Field(description="What it runs on, where its User-Agent is known.")
    since: datetime
    current: bool = Field(description="Whether it was started from the sign-in that asks.")

    @classmethod
    def of(cls, holder: StreamHolder, login_id: str) -> "WatchedStreamOut":
        """``login_id``: the sign-in that asks."""
        return cls(
            session_id=holder.session_id,
            episode_id=holder.episode_id,
            title=holder.title,
            browser=holder.browser,
            device=holder.platform,
            since=holder.started_at,
            current=holder.login_id == login_id,
        )


class WatchedStreamsOut(BaseModel):
    """What an account watches, the oldest first."""

    items: list[WatchedStreamOut]
    limit: int | None = Field(description="How many the account may watch at a time; null: any number.")


class WatchedStreamsIn(PageIn):
    """Which page of the streams that are watched."""


class ViewerStreamOut(BaseModel):
    """A stream that somebody watches now."""

    session_id: str
    episode_id: str
    title: str
    user_id: str | None = Field(description="Null for somebody signed out.")
    nickname: str | None
    browser: str | None
    device: str | None
    since: datetime


class ViewerStreamsOut(BaseModel):
    """What everybody watches, the newest first."""

    items: list[ViewerStreamOut]
    total: int
    page: int
    page_size: int
