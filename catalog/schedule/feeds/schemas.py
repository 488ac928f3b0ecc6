"""The JSON of calendars."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog.releases.schemas import Strict
from catalog.schedule.feeds.model import LABEL_MAX, CalendarFeed


class FeedIn(Strict):
    """What its owner knows an address by, such as the device that reads it."""

    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LABEL_MAX)] = ""


class FeedOut(BaseModel):
    """A calendar address somebody made; the address itself is told once."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    label: str
    created_at: datetime


class FeedWithAddressOut(FeedOut):
    """With the address, which is told this once."""

    url: str = Field(description="For calendar programs. Whoever has it reads what its owner follows.")

    @classmethod
    def with_address(cls, feed: CalendarFeed, url: str) -> Self:
        """``url`` holds the secret, of which only a hash is kept."""
        return cls(id=feed.id, label=feed.label, created_at=feed.created_at, url=url)


class FeedsOut(BaseModel):
    """The calendar addresses of somebody."""

    items: list[FeedOut]
