"""Recommendations as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from catalog.languages.schemas import Localised
from catalog.recommendations.algorithms.fitted import ModelRecord
from catalog.recommendations.model import (
    MEMBERS_MAX,
    RECOMMENDATIONS_MAX,
    HiddenRelease,
    Preferences,
    Reason,
    ReasonKind,
    Suggestion,
)
from catalog.releases.model import Release, ReleaseType
from catalog.releases.schemas import NamesOut, ReleaseOut, Strict, TranslatedOut
from catalog.releases.usecases import TranslatedText

Translations = Mapping[str, TranslatedText]


class NamedRelease(BaseModel):
    """A release as it is mentioned."""

    id: str
    alias: str
    name: NamesOut
    translation: TranslatedOut | None = None

    @classmethod
    def of(cls, release: Release, translation: TranslatedText | None) -> "NamedRelease":
        """``translation``: in the language asked for; ``None`` where the original's name stands."""
        return cls(
            id=release.id,
            alias=release.alias,
            name=NamesOut.model_validate(release.name, from_attributes=True),
            translation=None if translation is None else TranslatedOut.model_validate(translation),
        )


class ReasonOut(BaseModel):
    """Why it is in the list."""

    kind: ReasonKind = Field(
        description="`liked_together`: people who like `because` like it too; `alike`: it has `shared` in common with "
        "`because`; `popular`, `recent` and `varied`: nothing is known of the reader's taste, or nothing more fits it."
    )
    because: NamedRelease | None = Field(description="The release that is liked.")
    people: int | None = Field(description="How many like both, or this one; told from 5 on.")
    shared: list[str] = Field(description="Names of genres, tags, studios and people that both have.")

    @classmethod
    def of(cls, reason: Reason, releases: Mapping[str, Release], translated: Translations) -> "ReasonOut":
        """``releases``: by id; a reason that leads to none of them is told without."""
        because = None if reason.because_id is None else releases.get(reason.because_id)
        return cls(
            kind=reason.kind,
            because=None if because is None else NamedRelease.of(because, translated.get(because.id)),
            people=reason.people or None,
            shared=list(reason.shared),
        )


class RecommendationOut(BaseModel):
    """A release recommended to somebody, and why."""

    release: ReleaseOut
    reason: ReasonOut


def shown(
    suggestions: Sequence[Suggestion], releases: Mapping[str, Release], translated: Translations
) -> list[RecommendationOut]:
    """Suggestions with what they name."""
    return [
        RecommendationOut(
            release=ReleaseOut.of(releases[one.release_id], translated.get(one.release_id)),
            reason=ReasonOut.of(one.reason, releases, translated),
        )
        for one in suggestions
    ]


class ModelOut(BaseModel):
    """What is liked together, as it was worked out last."""

    built_at: datetime
    people: int = Field(description="Whose likes it is of.")
    items: int = Field(description="Releases that enough people like to say what is liked with them.")

    @classmethod
    def of(cls, record: ModelRecord) -> "ModelOut":
        return cls(built_at=record.built_at, people=record.people, items=record.items)


class RecommendationsIn(Localised):
    """How many to recommend."""

    limit: Annotated[int, Field(ge=1, le=RECOMMENDATIONS_MAX)] = RECOMMENDATIONS_MAX


class RecommendationsOut(BaseModel):
    """What is recommended, and from what."""

    items: list[RecommendationOut]
    likes: int = Field(description="Releases the reader likes; with none, nothing here is about their taste.")
    model: ModelOut | None = Field(description="`null` before the first night.")


class PreferencesIO(Strict):
    """What may be recommended."""

    sequels: bool = Field(False, description="More of a franchise on one's list, too; of one that was dropped, never.")
    count_dropped: bool = Field(
        True, description="What was dropped after 3 episodes or more counts against what is liked with it."
    )
    minimum_members: Annotated[
        int, Field(ge=0, le=MEMBERS_MAX, description="People who have it in their library, at least.")
    ] = 0
    kinds: list[ReleaseType] = Field(
        default_factory=list, max_length=len(ReleaseType), description="None stands for all."
    )

    @classmethod
    def of(cls, preferences: Preferences) -> "PreferencesIO":
        return cls(
            sequels=preferences.sequels,
            count_dropped=preferences.count_dropped,
            minimum_members=preferences.minimum_members,
            kinds=[ReleaseType(kind) for kind in preferences.kinds],
        )

    def preferences(self) -> Preferences:
        return Preferences(
            sequels=self.sequels,
            count_dropped=self.count_dropped,
            minimum_members=self.minimum_members,
            kinds=tuple(sorted({kind.value for kind in self.kinds})),
        )


class HiddenOut(BaseModel):
    """A release that one does not want recommended."""

    release_id: str
    hidden_at: datetime
    release: NamedRelease | None = Field(description="`null` while viewers cannot see it.")

    @classmethod
    def of(cls, hidden: HiddenRelease, releases: Mapping[str, Release], translated: Translations) -> "HiddenOut":
        """Without a name where the release is not among ``releases``: it is gone, or not to be seen any more."""
        release = releases.get(hidden.release_id)
        named = None if release is None else NamedRelease.of(release, translated.get(release.id))
        return cls(release_id=hidden.release_id, hidden_at=hidden.hidden_at, release=named)


class HiddenPage(BaseModel):
    """A page of what somebody does not want to be recommended."""

    items: list[HiddenOut]
    total: int
    page: int
    page_size: int


class AdminModelOut(BaseModel):
    """The model in the database."""

    model: ModelOut | None
    version: str | None
    took_s: float | None
    items_max: int = Field(description="Releases that take part at most, the most liked ones.")
    likes_min: int = Field(description="People who like a release that takes part, at least.")


class BuildOut(BaseModel):
    """A job; `GET /jobs/{job_id}` says how far it is."""

    job_id: str
