"""Ratings as JSON."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from catalog.ratings import trending
from catalog.ratings.model import Ranked, ReleaseStats
from catalog.ratings.weighted import MINIMUM_VOTES, SCORE_MAX, SCORE_MIN
from catalog.releases.schemas import Identifier
from kernel.http.schemas import PageIn

Score = Annotated[int, Field(ge=SCORE_MIN, le=SCORE_MAX)]
MANY = 100
"""Releases asked for at once: as many as a page of the catalogue has."""


class VoteIn(BaseModel):
    """The score somebody gives a release, from 1 to 10."""

    model_config = ConfigDict(extra="forbid", strict=True)

    score: Score


class FiguresOut(BaseModel):
    """What people make of a release, in short."""

    release_id: str
    votes: int
    ranked_votes: int = Field(description="Of people who watched at least a fifth; these make the weighted score.")
    mean: float | None = Field(description="Of all votes; null without any.")
    weighted: float | None = Field(
        description="What the ranking goes by, 1 to 10; null while there are not enough votes."
    )
    members: int = Field(description="People who have it in a collection.")

    @classmethod
    def of(cls, stats: ReleaseStats) -> Self:
        return cls.model_validate(_figures(stats))


def _figures(stats: ReleaseStats) -> dict[str, object]:
    mean = stats.tally.mean
    return {
        "release_id": stats.release_id,
        "votes": stats.tally.votes,
        "ranked_votes": stats.tally.ranked_votes,
        "mean": None if mean is None else round(mean, 2),
        "weighted": None if stats.weighted is None else round(stats.weighted, 2),
        "members": max(0, stats.members),
    }


class RatingOut(FiguresOut):
    """The rating of a release, how its votes are spread, and one's own."""

    histogram: list[int] = Field(description="Votes by score: ten numbers, from 1 to 10.")
    minimum_votes: int = Field(description="Votes of people who watched, from which there is a weighted score.")
    own: int | None = Field(description="One's own vote.")

    @classmethod
    def of_voter(cls, stats: ReleaseStats, own: int | None) -> "RatingOut":
        """``own``: the score of whoever asks, 1 to 10; ``None`` without a vote, and for those who are not signed in."""
        return cls.model_validate(
            {
                **_figures(stats),
                "histogram": list(stats.tally.counts),
                "minimum_votes": MINIMUM_VOTES,
                "own": own,
            }
        )


class RatingsIn(BaseModel):
    """Of which releases."""

    id: Annotated[list[Identifier], Field(min_length=1, max_length=MANY, description="Releases.")]


class RatingsOut(BaseModel):
    """The ratings of several releases."""

    items: list[FiguresOut] = Field(description="Releases that nobody voted for or collected are left out.")


class RankingIn(PageIn):
    """A page of a ranking."""


class RankedOut(FiguresOut):
    """A release in a ranking."""

    place: int = Field(description="From 1.")
    trend: float = Field(description="Recent interest: one vote of today is 1, and half of it in a week.")


class RankingOut(BaseModel):
    """A page of a ranking."""

    items: list[RankedOut]
    total: int
    page: int
    page_size: int

    @classmethod
    def of(cls, ranked: Ranked, query: RankingIn, now: datetime) -> "RankingOut":
        """Trends are as of ``now``; places count on from the pages before."""
        items = [
            RankedOut.model_validate(
                {
                    **_figures(stats),
                    "place": query.offset + number,
                    "trend": round(trending.value(stats.trend, ranked.epoch, now), 2),
                }
            )
            for number, stats in enumerate(ranked.items, 1)
        ]
        return cls(items=items, total=ranked.total, page=query.page, page_size=query.page_size)
