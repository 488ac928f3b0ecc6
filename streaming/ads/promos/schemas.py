"""Promos as JSON."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kernel.http.schemas import PageIn
from streaming.ads.audience import MAX_VIEWER_CHARS
from streaming.ads.campaign import CampaignState
from streaming.ads.links import MAX_LINK_CHARS
from streaming.ads.promos.model import (
    MAX_ACTION_CHARS,
    MAX_NAME_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    Placement,
    Promo,
    PromoDraft,
    PromoImage,
)
from streaming.ads.promos.usecases import DayCount, PromoDeed, Shown
from streaming.ads.schemas import CampaignIn, CampaignOut, OneLine, told
from streaming.ads.tickets import MAX_TICKET_CHARS

MAX_DEEDS: Final = 50
"""In one request: the pages of an hour in one tab."""
USUAL_REPORT_DAYS: Final = 28


class PromoIn(CampaignIn):
    """A promo as administrators write it."""

    name: Annotated[OneLine, Field(min_length=1, max_length=MAX_NAME_CHARS, description="For administrators alone.")]
    placement: Placement
    title: Annotated[OneLine, Field(min_length=1, max_length=MAX_TITLE_CHARS)]
    text: Annotated[OneLine, Field(max_length=MAX_TEXT_CHARS)] = ""
    action: Annotated[
        OneLine, Field(max_length=MAX_ACTION_CHARS, description="On the button; empty: the client's own word.")
    ] = ""
    link: Annotated[OneLine, Field(min_length=1, max_length=MAX_LINK_CHARS, description="`/path` here, or `https://`.")]

    def draft(self) -> PromoDraft:
        return PromoDraft(**self.said())


class PromoImageFileOut(BaseModel):
    """One width of a picture."""

    url: str
    width_px: int


class PromoImageOut(BaseModel):
    """A picture in several widths, ascending."""

    files: list[PromoImageFileOut]
    width_px: int
    height_px: int
    preview: str = Field(description="ThumbHash, in base64.")

    @classmethod
    def of(cls, image: PromoImage | None) -> "PromoImageOut | None":
        if image is None:
            return None
        files = [PromoImageFileOut(url=url, width_px=width) for width, url in sorted(image.urls.items())]
        return cls(files=files, width_px=image.width_px, height_px=image.height_px, preview=image.preview)


class PromoOut(CampaignOut):
    """A promo, for administrators."""

    name: str
    placement: Placement
    title: str
    text: str
    action: str
    link: str
    image: PromoImageOut | None
    impressions: int = Field(description="Since it was made.")
    clicks: int

    @classmethod
    def of(cls, promo: Promo, now: datetime, counted: tuple[int, int] = (0, 0)) -> Self:
        """Its state as of ``now``; ``counted``: impressions and clicks, none for a new one."""
        impressions, clicks = counted
        return cls(**told(promo, now), image=PromoImageOut.of(promo.image), impressions=impressions, clicks=clicks)


class PromosIn(PageIn):
    """Which promos."""

    state: CampaignState | None = None
    placement: Placement | None = None


class PromoPage(BaseModel):
    """A page of promos, the newest first."""

    items: list[PromoOut]
    total: int
    page: int
    page_size: int


class ShownIn(BaseModel):
    """Where promos are to be shown, and who looks."""

    placement: Placement
    release: Annotated[str | None, Field(max_length=200, description="On the page of a release: its id or alias.")] = (
        None
    )
    language: Annotated[str | None, Field(max_length=35, description="BCP 47, of the page.")] = None
    viewer: Annotated[
        str,
        StringConstraints(max_length=MAX_VIEWER_CHARS, pattern="^[A-Za-z0-9-]*$"),
        Field(description="Signed out: a random name that the browser keeps for itself."),
    ] = ""


class ShownPromoOut(BaseModel):
    """A promo as readers get it."""

    id: str
    title: str
    text: str
    action: str
    link: str
    image: PromoImageOut | None
    ticket: str = Field(description="For `POST /promos/events`; good for a day.")

    @classmethod
    def of(cls, shown: Shown) -> Self:
        promo = shown.promo
        return cls(
            id=promo.id,
            title=promo.title,
            text=promo.text,
            action=promo.action,
            link=promo.link,
            image=PromoImageOut.of(promo.image),
            ticket=shown.ticket,
        )


class ShownPromosOut(BaseModel):
    """What is shown in a place, the first first."""

    items: list[ShownPromoOut]


class PromoDeedIn(BaseModel):
    """Somebody saw a promo, or followed it."""

    model_config = ConfigDict(extra="forbid")

    kind: PromoDeed
    ticket: Annotated[str, Field(max_length=MAX_TICKET_CHARS)]


class PromoDeedsIn(BaseModel):
    """What happened since the last time.  Telling it twice counts it once."""

    model_config = ConfigDict(extra="forbid")

    events: Annotated[list[PromoDeedIn], Field(min_length=1, max_length=MAX_DEEDS)]


class PromoDeedsOut(BaseModel):
    """How many of them were new."""

    counted: int


class PromoReportIn(BaseModel):
    """Which days (UTC), both included; without them the last four weeks."""

    first: date | None = None
    last: date | None = None

    def days(self, now: datetime) -> tuple[date, date]:
        last = self.last or now.astimezone(UTC).date()
        return self.first or last - timedelta(days=USUAL_REPORT_DAYS - 1), last


class DayCountOut(BaseModel):
    """What was counted on one day (UTC)."""

    day: date
    impressions: int
    clicks: int


class PromoReportOut(BaseModel):
    """Each day, and the sum."""

    days: list[DayCountOut]
    impressions: int
    clicks: int

    @classmethod
    def of(cls, days: list[DayCount]) -> Self:
        return cls(
            days=[DayCountOut(day=one.day, impressions=one.impressions, clicks=one.clicks) for one in days],
            impressions=sum(one.impressions for one in days),
            clicks=sum(one.clicks for one in days),
        )
