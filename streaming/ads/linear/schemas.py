"""Ads as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from kernel.http.schemas import PageIn
from streaming.ads.campaign import CampaignState
from streaming.ads.linear.model import (
    MAX_ERID_CHARS,
    MAX_OFFSET_MS,
    MAX_SKIP_MS,
    MAX_TITLE_CHARS,
    AdEvent,
    AdPlacement,
    LinearAd,
    LinearAdDraft,
)
from streaming.ads.links import MAX_LINK_CHARS
from streaming.ads.schemas import CampaignIn, CampaignOut, OneLine, told


class LinearAdIn(CampaignIn):
    """An ad as administrators write it."""

    title: Annotated[OneLine, Field(min_length=1, max_length=MAX_TITLE_CHARS)]
    advertiser: Annotated[OneLine, Field(max_length=MAX_TITLE_CHARS, description="Who pays for it; shown with it.")] = (
        ""
    )
    erid: Annotated[OneLine, Field(max_length=MAX_ERID_CHARS, description="Its number in a register of ads.")] = ""
    click_url: Annotated[OneLine, Field(max_length=MAX_LINK_CHARS, description="`/path` here, or `https://`.")] = ""
    creative_episode_id: Annotated[
        str, Field(pattern="^[0-9a-f-]{36}$", description="The episode, published or not, whose video it is.")
    ]
    placement: AdPlacement
    offset_ms: Annotated[int, Field(ge=0, le=MAX_OFFSET_MS, description="Of a mid-roll: when in the programme.")] = 0
    skip_after_ms: Annotated[int, Field(ge=0, le=MAX_SKIP_MS, description="0: it cannot be skipped.")] = 5_000

    def draft(self) -> LinearAdDraft:
        return LinearAdDraft(**self.said())


class LinearAdOut(CampaignOut):
    """An ad, for administrators."""

    title: str
    advertiser: str
    erid: str
    click_url: str
    creative_episode_id: str
    placement: AdPlacement
    offset_ms: int
    skip_after_ms: int
    events: dict[str, int] = Field(
        description="How often each event came since it was made: `impression`, `complete`, …"
    )

    @classmethod
    def of(cls, ad: LinearAd, now: datetime, events: Mapping[AdEvent, int]) -> Self:
        """Its state as of ``now``; ``events``: how many of each were told since it was made."""
        return cls(**told(ad, now), events={event.value: events.get(event, 0) for event in AdEvent})


class LinearAdsIn(PageIn):
    """Which ads."""

    state: CampaignState | None = None


class LinearAdPage(BaseModel):
    """A page of ads, the newest first."""

    items: list[LinearAdOut]
    total: int
    page: int
    page_size: int
