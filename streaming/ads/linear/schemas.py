"""Ads as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from kernel.http.schemas import PageIn
from streaming.ads.campaign import CampaignState
from streaming.ads.creatives.model import CreativeState
from streaming.ads.linear.model import (
    MAX_ERID_CHARS,
    MAX_OFFSET_MS,
    MAX_SKIP_MS,
    MAX_TAG_CHARS,
    MAX_TITLE_CHARS,
    AdEvent,
    AdPlacement,
    LinearAd,
    LinearAdDraft,
)
from streaming.ads.linear.showing import TagAnswer, TagHealth
from streaming.ads.links import MAX_LINK_CHARS
from streaming.ads.schemas import CampaignIn, CampaignOut, OneLine, told
from streaming.ads.vast.chain import Answer, FoundAd, Resolution

TagUrl = Annotated[
    OneLine,
    Field(
        max_length=MAX_TAG_CHARS,
        description="The address of somebody else's VAST 2.0 to 4.2, which says what is shown; macros such as "
        "`[CACHEBUSTING]` are filled in. Empty with a `creative_episode_id`.",
    ),
]


class LinearAdIn(CampaignIn):
    """An ad as administrators write it."""

    title: Annotated[OneLine, Field(min_length=1, max_length=MAX_TITLE_CHARS)]
    advertiser: Annotated[OneLine, Field(max_length=MAX_TITLE_CHARS, description="Who pays for it; shown with it.")] = (
        ""
    )
    erid: Annotated[OneLine, Field(max_length=MAX_ERID_CHARS, description="Its number in a register of ads.")] = ""
    click_url: Annotated[OneLine, Field(max_length=MAX_LINK_CHARS, description="`/path` here, or `https://`.")] = ""
    creative_episode_id: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f-]{36}$",
            description="The episode, published or not, whose video it is; `null` with a `tag_url`.",
        ),
    ] = None
    tag_url: TagUrl = ""
    placement: AdPlacement
    offset_ms: Annotated[int, Field(ge=0, le=MAX_OFFSET_MS, description="Of a mid-roll: when in the programme.")] = 0
    skip_after_ms: Annotated[int, Field(ge=0, le=MAX_SKIP_MS, description="0: it cannot be skipped.")] = 5_000

    def draft(self) -> LinearAdDraft:
        return LinearAdDraft(**self.said())


class VastAnswerOut(BaseModel):
    """What a tag answered when it was asked last."""

    at: datetime
    shown: int = Field(description="Ads that were shown.")
    preparing: int = Field(description="Ads whose videos are being fetched and made ready, and are shown from then on.")
    code: int = Field(description="The VAST error code of the first thing that went wrong; 0: nothing did.")
    hosts: list[str] = Field(description="The servers that answered, the first one first.")

    @classmethod
    def of(cls, answer: TagAnswer) -> Self:
        return cls(
            at=answer.at,
            shown=answer.shown,
            preparing=answer.preparing,
            code=answer.code,
            hosts=list(answer.hosts),
        )


class CreativesOut(BaseModel):
    """Videos of a tag, of the last week."""

    ready: int
    preparing: int
    failed: int

    @classmethod
    def of(cls, states: Sequence[CreativeState]) -> Self:
        return cls(**{state.value: states.count(state) for state in CreativeState})


class LinearAdOut(CampaignOut):
    """An ad, for administrators."""

    title: str
    advertiser: str
    erid: str
    click_url: str
    creative_episode_id: str | None
    tag_url: str
    placement: AdPlacement
    offset_ms: int
    skip_after_ms: int
    events: dict[str, int] = Field(
        description="How often each event came since it was made: `impression`, `complete`, …"
    )
    last_answer: VastAnswerOut | None = Field(None, description="Of its tag; `null`: it was not asked lately.")
    creatives: CreativesOut | None = Field(None, description="Of its tag.")

    @classmethod
    def of(cls, ad: LinearAd, now: datetime, events: Mapping[AdEvent, int], tag: TagHealth | None = None) -> Self:
        """Its state as of ``now``; ``events``: how many of each were told since it was made."""
        health: dict[str, Any] = {}
        if tag is not None:
            health["creatives"] = CreativesOut.of(tag.creatives)
            health["last_answer"] = None if tag.answer is None else VastAnswerOut.of(tag.answer)
        return cls(**told(ad, now), **health, events={event.value: events.get(event, 0) for event in AdEvent})


class VastTagIn(BaseModel):
    """A tag to be tried."""

    model_config = ConfigDict(extra="forbid")

    tag_url: Annotated[TagUrl, Field(min_length=1)]


class VastServerOut(BaseModel):
    """One answer on the way."""

    host: str
    version: str = Field(description="Of VAST.")
    ads: int = Field(description="That it told of: 0 is none today.")

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(host=answer.host, version=answer.version, ads=answer.ads)


class VastAdOut(BaseModel):
    """An ad that would be shown."""

    title: str
    advertiser: str
    system: str = Field(description="Of ads, as it calls itself.")
    duration_ms: int = Field(description="As it says; 0: it does not.")
    skip_after_ms: int = Field(description="0: it does not say.")
    click_url: str
    media_host: str
    media_type: str
    height_px: int
    companions: int = Field(description="Pictures beside the video, which are not shown here.")
    told: int = Field(description="Addresses that are told of it.")

    @classmethod
    def of(cls, found: FoundAd) -> Self:
        return cls(
            title=found.title,
            advertiser=found.advertiser,
            system=found.system,
            duration_ms=found.duration_ms,
            skip_after_ms=found.skip.of(found.duration_ms) if found.skip else 0,
            click_url=found.click_url[:MAX_LINK_CHARS],
            media_host=urlsplit(found.media.url).hostname or "",
            media_type=found.media.type,
            height_px=found.media.height_px,
            companions=found.companions,
            told=sum(len(urls) for urls in found.tracking.values()),
        )


class VastTriedOut(BaseModel):
    """What a tag answered, from server to server."""

    servers: list[VastServerOut]
    ads: list[VastAdOut] = Field(description="That would be shown, in this order, once their videos are made ready.")
    codes: list[int] = Field(description="VAST error codes of what went wrong on the way.")

    @classmethod
    def of(cls, resolution: Resolution) -> Self:
        return cls(
            servers=[VastServerOut.of(answer) for answer in resolution.answers],
            ads=[VastAdOut.of(found) for found in resolution.ads],
            codes=[int(failure.code) for failure in resolution.failures],
        )


class LinearAdsIn(PageIn):
    """Which ads."""

    state: CampaignState | None = None


class LinearAdPage(BaseModel):
    """A page of ads, the newest first."""

    items: list[LinearAdOut]
    total: int
    page: int
    page_size: int
