"""A promo: a picture with a few words and a link, in a place, for a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from kernel.changes import Changes
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from streaming.ads.campaign import Campaign, CampaignDraft, facts
from streaming.ads.links import is_safe_link

MAX_PROMOS: Final = 500
"""In all: each page asks which of those that run is for its reader."""
MAX_NAME_CHARS: Final = 120
MAX_TITLE_CHARS: Final = 80
MAX_TEXT_CHARS: Final = 240
MAX_ACTION_CHARS: Final = 30

WIDTHS_PX: Final = (480, 960, 1600)
"""A phone, a phone's own pixels or a card, and the whole page on a good screen."""
MAX_RATIO: Final = 4.0
"""A strip four times as wide as it is high is a banner still."""


class PromoNotFound(NotFound):
    """There is no such promo."""


class TooManyPromos(Conflict):
    """This server has {limit} promos, which is as many as it can have. Delete old ones first."""


class PromoOver(Conflict):
    """The time of this promo is over. Give it a later end first."""


class PromoEndsTooEarly(Invalid):
    """A promo must end after it starts."""


class BadPromoLink(Invalid):
    """A promo leads to a page of this site, such as /releases/abc, or to an https:// address."""


class TargetNeedsRelease(Invalid):
    """Kinds, genres and releases can be chosen for the page of a release only."""


class Placement(StrEnum):
    """Where promos are shown."""

    HOME_HERO = "home_hero"
    """One, above everything on the home page."""
    HOME_ROW = "home_row"
    """Up to :data:`ROW_SIZE` beside each other on the home page."""
    RELEASE = "release"
    """One, on the page of a release."""


ROW_SIZE: Final = 6
SLOTS: Final = {Placement.HOME_HERO: 1, Placement.HOME_ROW: ROW_SIZE, Placement.RELEASE: 1}
"""How many are shown at once."""


@dataclass(frozen=True, kw_only=True)
class PromoCreated(Event):
    """An administrator wrote a promo; nobody sees it yet."""

    promo_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class PromoEdited(Event):
    """An administrator changed a promo."""

    promo_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PromoStarted(Event):
    """A promo is shown from now on, or from when its time comes."""

    promo_id: str


@dataclass(frozen=True, kw_only=True)
class PromoStopped(Event):
    """A promo is not shown any more."""

    promo_id: str


@dataclass(frozen=True, kw_only=True)
class PromoDeleted(Event):
    """A promo was deleted, with everything that was counted of it."""

    promo_id: str
    title: str


@dataclass(frozen=True, slots=True)
class PromoImage:
    """An uploaded picture, in the widths of :data:`WIDTHS_PX` that it is wide enough for, and its own."""

    urls: Mapping[int, str]
    """Width in pixels → where it is."""
    width_px: int
    height_px: int
    """Of the largest."""
    preview: str
    """ThumbHash, in base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoDraft(CampaignDraft):
    """What administrators say of a promo.

    Raises :class:`BadPromoLink`, :class:`PromoEndsTooEarly`, :class:`TargetNeedsRelease`.
    """

    name: str
    """For administrators."""
    placement: Placement
    title: str
    text: str
    action: str
    """What the button says; empty: what the client says on its own."""
    link: str

    def __post_init__(self) -> None:
        if not is_safe_link(self.link):
            raise BadPromoLink
        if self.ends_too_early:
            raise PromoEndsTooEarly
        if self.audience.needs_release and self.placement is not Placement.RELEASE:
            raise TargetNeedsRelease


@dataclass(eq=False, kw_only=True)
class Promo(Campaign[PromoDraft]):
    """A promo, from its first draft to its report."""

    FACTS: ClassVar[tuple[str, ...]] = facts(PromoDraft)
    OVER: ClassVar[type[Conflict]] = PromoOver

    name: str
    placement: Placement
    title: str
    text: str
    action: str
    link: str
    image: PromoImage | None = None

    def show_image(self, image: PromoImage | None, now: datetime) -> None:
        """Show another picture, or none."""
        before, self.image, self.updated_at = self.image, image, now
        largest = [None if one is None else one.urls[one.width_px] for one in (before, image)]
        self.record(PromoEdited(at=now, promo_id=self.id, changes={"image": (largest[0], largest[1])}))

    def _created(self, at: datetime) -> Event:
        return PromoCreated(at=at, promo_id=self.id, title=self.title)

    def _edited(self, at: datetime, changes: Changes) -> Event:
        return PromoEdited(at=at, promo_id=self.id, changes=changes)

    def _started(self, at: datetime) -> Event:
        return PromoStarted(at=at, promo_id=self.id)

    def _stopped(self, at: datetime) -> Event:
        return PromoStopped(at=at, promo_id=self.id)

    def _deleted(self, at: datetime) -> Event:
        return PromoDeleted(at=at, promo_id=self.id, title=self.title)
