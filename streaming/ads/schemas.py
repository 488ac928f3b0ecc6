"""What requests about promos and ads have in common."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from kernel.access import Role
from streaming.ads.audience import GUEST, MAX_CAP, MAX_CAP_DAYS, MAX_TARGETS, Audience, FrequencyCap
from streaming.ads.campaign import MAX_WEIGHT, Campaign, CampaignState


def _one_line(text: str) -> str:
    if any(letter < " " or letter == "\x7f" for letter in text):
        raise ValueError("must be one line of text")
    return text


OneLine = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_one_line)]
"""Text without control characters, which no database and no XML document would take."""


def _known_role(role: str) -> str:
    if role != GUEST and role not in set(Role):
        raise ValueError(f"must be {GUEST} or a role")
    return role


Target = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$")
]


class AudienceIn(BaseModel):
    """Whom something is for: what is empty asks for nothing, the others must all fit."""

    model_config = ConfigDict(extra="forbid")

    roles: list[Annotated[str, AfterValidator(_known_role)]] = Field(
        default_factory=list, max_length=5, description="`guest` is whoever has not signed in."
    )
    languages: list[Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]] = Field(
        default_factory=list, max_length=MAX_TARGETS, description="Primary subtags of BCP 47: `en`, `ru`."
    )
    regions: list[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]] = Field(
        default_factory=list, max_length=MAX_TARGETS, description="ISO 3166-1 alpha-2."
    )
    kinds: list[Target] = Field(default_factory=list, max_length=MAX_TARGETS, description="Types of releases: `MOVIE`.")
    genres: list[Target] = Field(default_factory=list, max_length=MAX_TARGETS, description="Slugs; one of them fits.")
    release_ids: list[Annotated[str, StringConstraints(max_length=36, pattern="^[0-9a-f-]{36}$")]] = Field(
        default_factory=list, max_length=MAX_TARGETS
    )

    def value(self) -> Audience:
        return Audience(**{name: tuple(dict.fromkeys(values)) for name, values in self.model_dump().items()})

    @classmethod
    def of(cls, audience: Audience) -> "AudienceIn":
        return cls(**{name: list(values) for name, values in asdict(audience).items()})


class CapIn(BaseModel):
    """How often one viewer sees it; 0 of both: as often as it comes."""

    model_config = ConfigDict(extra="forbid")

    impressions: int = Field(0, ge=0, le=MAX_CAP)
    days: int = Field(0, ge=0, le=MAX_CAP_DAYS)

    def value(self) -> FrequencyCap:
        return FrequencyCap(self.impressions, self.days)

    @classmethod
    def of(cls, cap: FrequencyCap) -> "CapIn":
        return cls(impressions=cap.impressions, days=cap.days)


class CampaignIn(BaseModel):
    """What administrators write of promos and ads alike."""

    model_config = ConfigDict(extra="forbid")

    starts_at: AwareDatetime
    ends_at: Annotated[AwareDatetime | None, Field(description="`null`: until it is stopped.")] = None
    weight: Annotated[int, Field(ge=1, le=MAX_WEIGHT, description="Its share among those in the same place.")] = 100
    audience: AudienceIn = Field(default_factory=AudienceIn)
    cap: CapIn = Field(default_factory=CapIn)

    def said(self) -> dict[str, Any]:
        """What a draft is made of, by name."""
        return {**dict(self), "audience": self.audience.value(), "cap": self.cap.value()}


class CampaignOut(BaseModel):
    """What administrators read of both."""

    id: str
    starts_at: datetime
    ends_at: datetime | None
    weight: int
    audience: AudienceIn
    cap: CapIn
    state: CampaignState
    created_at: datetime
    updated_at: datetime
    version: int


def told(campaign: Campaign[Any], now: datetime) -> dict[str, Any]:
    """The fields of a :class:`CampaignOut` and all that was said of it, by name; its state as of ``now``."""
    return {
        **{name: getattr(campaign, name) for name in campaign.FACTS},
        "id": campaign.id,
        "audience": AudienceIn.of(campaign.audience),
        "cap": CapIn.of(campaign.cap),
        "state": campaign.state(now),
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
        "version": campaign.version,
    }
