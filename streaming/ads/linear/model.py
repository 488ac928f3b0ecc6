"""A linear ad: whose it is, which video, in which break, for whom."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from kernel.changes import Changes
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from streaming.ads.campaign import Campaign, CampaignDraft, facts
from streaming.ads.links import is_safe_link

MAX_ADS: Final = 500
MAX_TITLE_CHARS: Final = 120
MAX_ERID_CHARS: Final = 60
MAX_TAG_CHARS: Final = 2_000
"""Of the address of somebody else's VAST; those of exchanges have a dozen parameters."""
MAX_OFFSET_MS: Final = 12 * 3600 * 1000
MIN_MID_ROLL_MS: Final = 1_000
MAX_SKIP_MS: Final = 600_000
LAST_BREAK_BEFORE_END_MS: Final = 1_000
"""A break so near the end would be one after the programme."""


class LinearAdNotFound(NotFound):
    """There is no such ad."""


class TooManyLinearAds(Conflict):
    """This server has {limit} ads, which is as many as it can have. Delete old ones first."""


class LinearAdOver(Conflict):
    """The time of this ad is over. Give it a later end first."""


class CreativeMissing(Conflict):
    """The episode whose video this ad shows has no video."""


class CreativeEncrypted(Conflict):
    """The video of an ad cannot be encrypted by Common Encryption. Package it as none or as aes-128."""


class AdSourceUnclear(Invalid):
    """An ad is either the video of an episode, or what the address of a tag answers."""


class BadTagUrl(Invalid):
    """This address of a tag cannot be asked: {reason}."""


class LinearAdEndsTooEarly(Invalid):
    """An ad must end after it starts."""


class BadClickUrl(Invalid):
    """An ad leads to an https:// address, to a page of this site, or nowhere."""


class BadAdOffset(Invalid):
    """An ad before the programme has the offset 0, and one within it an offset of at least a second."""


class AdPlacement(StrEnum):
    """In which break an ad is shown."""

    PRE_ROLL = "pre_roll"
    MID_ROLL = "mid_roll"
    """At its offset, in programmes that are longer."""


class AdEvent(StrEnum):
    """What players tell of an ad; the names of VAST 4.2 §3.14, and those of impressions and clicks."""

    IMPRESSION = "impression"
    START = "start"
    FIRST_QUARTILE = "firstQuartile"
    MIDPOINT = "midpoint"
    THIRD_QUARTILE = "thirdQuartile"
    COMPLETE = "complete"
    SKIP = "skip"
    CLICK = "click"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class LinearAdCreated(Event):
    """An administrator added an ad; nobody sees it yet."""

    ad_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class LinearAdEdited(Event):
    """An administrator changed an ad."""

    ad_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LinearAdStarted(Event):
    """An ad is shown from now on, or from when its time comes."""

    ad_id: str


@dataclass(frozen=True, kw_only=True)
class LinearAdStopped(Event):
    """An ad is not shown any more."""

    ad_id: str


@dataclass(frozen=True, kw_only=True)
class LinearAdDeleted(Event):
    """An ad was deleted, with everything that was counted of it."""

    ad_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearAdDraft(CampaignDraft):
    """What administrators say of an ad.

    Raises :class:`BadAdOffset`, :class:`BadClickUrl`, :class:`LinearAdEndsTooEarly`, :class:`AdSourceUnclear`.
    """

    title: str
    advertiser: str
    """Who pays for it, as the law wants it said."""
    erid: str
    """The identifier of a register of ads (in Russia: ERID); empty: none."""
    click_url: str
    creative_episode_id: str | None
    """The episode whose video it is: uploaded, packaged and protected as any other, and published nowhere."""
    tag_url: str
    """Where somebody else's VAST says what is shown; empty: it is a video of ours."""
    placement: AdPlacement
    offset_ms: int
    skip_after_ms: int
    """0: it cannot be skipped."""

    def __post_init__(self) -> None:
        if bool(self.tag_url) == (self.creative_episode_id is not None):
            raise AdSourceUnclear
        if (self.placement is AdPlacement.PRE_ROLL) != (self.offset_ms < MIN_MID_ROLL_MS) or (
            self.placement is AdPlacement.PRE_ROLL and self.offset_ms != 0
        ):
            raise BadAdOffset
        if self.click_url and not is_safe_link(self.click_url):
            raise BadClickUrl
        if self.ends_too_early:
            raise LinearAdEndsTooEarly


@dataclass(eq=False, kw_only=True)
class LinearAd(Campaign[LinearAdDraft]):
    """An ad: a video of the operator's own, or a place for those of an ad server (``Vast`` in AniLiberty's vocabulary)."""

    FACTS: ClassVar[tuple[str, ...]] = facts(LinearAdDraft)
    OVER: ClassVar[type[Conflict]] = LinearAdOver

    title: str
    advertiser: str
    erid: str
    click_url: str
    creative_episode_id: str | None
    tag_url: str
    placement: AdPlacement
    offset_ms: int
    skip_after_ms: int

    @property
    def break_position(self) -> int:
        """What VAST calls it (4.2 §6.5): 1 before the programme, 2 within it."""
        return 1 if self.placement is AdPlacement.PRE_ROLL else 2

    def fits(self, duration_ms: int) -> bool:
        """Whether its break is within a programme of this length."""
        return self.offset_ms < duration_ms - LAST_BREAK_BEFORE_END_MS

    def _created(self, at: datetime) -> Event:
        return LinearAdCreated(at=at, ad_id=self.id, title=self.title)

    def _edited(self, at: datetime, changes: Changes) -> Event:
        return LinearAdEdited(at=at, ad_id=self.id, changes=changes)

    def _started(self, at: datetime) -> Event:
        return LinearAdStarted(at=at, ad_id=self.id)

    def _stopped(self, at: datetime) -> Event:
        return LinearAdStopped(at=at, ad_id=self.id)

    def _deleted(self, at: datetime) -> Event:
        return LinearAdDeleted(at=at, ad_id=self.id, title=self.title)
