"""Statistics as JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from accounts.library.collections.model import ShelfName
from accounts.library.statistics.compatibility import MINIMUM_COMMON, Compatibility
from accounts.library.statistics.model import ActiveDay, Profile, Share, Sharing, Statistics

MAX_UTC_OFFSET_MIN = 14 * 60  # Kiribati


class StatisticsIn(BaseModel):
    """The offset of the viewer's clock, by which days begin."""

    utc_offset_min: Annotated[
        int,
        Field(
            ge=-MAX_UTC_OFFSET_MIN,
            le=MAX_UTC_OFFSET_MIN,
            description="Minutes that the reader's clocks are ahead of UTC: days begin by them",
        ),
    ] = 0


class ShareOut(BaseModel):
    """What part of what somebody watched is of one genre, type or year."""

    name: str
    releases: int
    watched_ms: int
    mean_score: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        mean = None if share.mean_score is None else round(share.mean_score, 2)
        return cls(name=share.name, releases=share.releases, watched_ms=share.watched_ms, mean_score=mean)


class LibraryNumbersOut(BaseModel):
    """A library in numbers."""

    collections: dict[ShelfName, int] = Field(description="Shelves with nothing on them are left out")
    releases: int = Field(description="With anything watched or a score")
    episodes: int = Field(description="Watched to the end, each once")
    rewatches: int
    watched_ms: int = Field(description="Time spent, rewatches and what was begun included")
    scores: list[int] = Field(description="How often each score was given: ten numbers, from 1 to 10")
    mean_score: float | None
    genres: list[ShareOut] = Field(description="The longest watched first")
    types: list[ShareOut]
    years: list[ShareOut] = Field(description="The newest first")

    @classmethod
    def of(cls, numbers: Statistics) -> "LibraryNumbersOut":
        return cls(
            collections=dict(numbers.collections),
            releases=numbers.releases,
            episodes=numbers.episodes,
            rewatches=numbers.rewatches,
            watched_ms=numbers.watched_ms,
            scores=list(numbers.scores),
            mean_score=None if numbers.mean_score is None else round(numbers.mean_score, 2),
            genres=[ShareOut.of(share) for share in numbers.genres],
            types=[ShareOut.of(share) for share in numbers.kinds],
            years=[ShareOut.of(share) for share in numbers.years],
        )


class ActiveDayOut(BaseModel):
    """A day on which something was watched."""

    day: date
    episodes: int = Field(description="By when each was watched last")


class StatisticsOut(LibraryNumbersOut):
    """What somebody watched, in numbers."""

    activity: list[ActiveDayOut] = Field(description="The last year; days without anything are left out")

    @classmethod
    def with_activity(cls, numbers: Statistics, days: Sequence[ActiveDay]) -> "StatisticsOut":
        """``days``: those with anything watched, in the order they are shown."""
        return cls(
            **LibraryNumbersOut.of(numbers).model_dump(),
            activity=[ActiveDayOut(day=one.day, episodes=one.episodes) for one in days],
        )


class SharingIn(BaseModel):
    """What of one's statistics others may see."""

    model_config = ConfigDict(extra="forbid", strict=True)

    profile: bool = Field(description="A public page with one's statistics")
    comparison: bool = Field(description="Others who allow it too see how far their taste agrees with one's own")

    def wanted(self) -> Sharing:
        return Sharing(profile=self.profile, comparison=self.comparison)


class SharingOut(BaseModel):
    """What of one's statistics others may see."""

    profile: bool
    comparison: bool

    @classmethod
    def of(cls, sharing: Sharing) -> Self:
        return cls(profile=sharing.profile, comparison=sharing.comparison)


class ProfileOut(BaseModel):
    """Somebody's public page."""

    nickname: str
    avatar_url: str | None
    member_since: datetime
    comparable: bool = Field(description="Whether one may compare one's taste")
    statistics: LibraryNumbersOut

    @classmethod
    def of(cls, profile: Profile) -> Self:
        return cls(
            nickname=profile.nickname,
            avatar_url=profile.avatar_url,
            member_since=profile.member_since,
            comparable=profile.comparable,
            statistics=LibraryNumbersOut.of(profile.statistics),
        )


class CompatibilityOut(BaseModel):
    """How alike the scores of two people are."""

    common: int = Field(description="Releases that both gave a score")
    minimum_common: int = Field(description="From so many on there is a percentage")
    percent: int | None = Field(
        description="From 0 (opposite) over 50 (no relation) to 100 (alike), in steps of 5: the correlation of the common "
        "scores, drawn to 50 where they are few. Null with too few, or where one gave everything the same score"
    )

    @classmethod
    def of(cls, found: Compatibility) -> Self:
        return cls(common=found.common, minimum_common=MINIMUM_COMMON, percent=found.percent)
