"""The JSON of schedules."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from catalog.languages.schemas import Localised
from catalog.releases.model import ReleaseType, Season
from catalog.releases.schemas import NamesOut, Storable, Strict, TranslatedOut, Year
from catalog.releases.usecases import TranslatedText
from catalog.schedule.days import BROADCASTER_ZONE, broadcast_clock, broadcast_day, viewer_day, zone_named
from catalog.schedule.listing import ListedAiring, ListedRelease
from catalog.schedule.model import (
    ADDRESS_MAX,
    BREAKS_MAX,
    EPISODES_MAX,
    NOTE_MAX,
    OVERRIDES_MAX,
    SITE_MAX,
    SLOTS_MAX,
    TOGETHER_MAX,
    Schedule,
    ScheduleDraft,
)
from catalog.schedule.recurrence import EARLIEST, LATEST, TEXT_MAX
from catalog.schedule.timetable import AiringState, Break, Override, OverrideKind, Slot

RANGE_MAX_DAYS: Final = 45
"""A month with the weeks it begins and ends in."""

Zone = Annotated[str, Field(max_length=64, description="An IANA time zone.", examples=["Europe/Berlin"])]
Site = Annotated[str, StringConstraints(strip_whitespace=True, max_length=SITE_MAX)]
Ordinal = Annotated[float, Field(ge=0, le=100_000, multiple_of=0.001, allow_inf_nan=False)]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
Day = Annotated[date, Field(ge=EARLIEST.date(), lt=LATEST.date())]


class SlotIO(Strict):
    """One broadcast of a release: its own, or that of a site."""

    model_config = ConfigDict(from_attributes=True)

    site: Annotated[Site, Field(description="Empty for the release's own broadcast, which listings show first.")] = ""
    recurrence: Annotated[
        str,
        Field(
            max_length=TEXT_MAX,
            description="ISO 8601. A start without Z or offset is local to `zone`, with hours up to 30.",
            examples=["R/2026-07-03T25:15/P7D", "R12/2026-07-03T16:15:00Z/P7D"],
        ),
    ]
    regions: list[Annotated[str, Field(max_length=2)]] = Field(
        [], max_length=250, description="ISO 3166-1; empty: unknown."
    )
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=ADDRESS_MAX)] = ""
    first_ordinal: Ordinal = 1
    episodes: Annotated[
        int | None, Field(ge=1, le=EPISODES_MAX, description="In all; without it as many as the release has.")
    ] = None
    together: Annotated[int, Field(ge=1, le=TOGETHER_MAX, description="Episodes each time.")] = 1
    duration_min: Annotated[int, Field(ge=1, le=24 * 60)] | None = None

    def slot(self) -> Slot:
        return Slot(**{**self.model_dump(), "regions": tuple(self.regions)})


class BreakIO(Strict):
    """Broadcast days, the last included, without an episode; what would have aired follows after them."""

    model_config = ConfigDict(from_attributes=True)

    first: Day
    last: Day
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX)] = ""


class OverrideIO(Strict):
    """An episode that airs otherwise than the recurrence says."""

    model_config = ConfigDict(from_attributes=True)

    kind: OverrideKind
    ordinal: Ordinal
    site: Annotated[Site | None, Field(description="The broadcast it is about; null: all of them.")] = None
    airs_at: Annotated[Moment | None, Field(description="Of a moved one; null: nobody knows when.")] = None
    count: Annotated[
        int, Field(ge=1, le=TOGETHER_MAX, description="Of `together`: so many air at the time this one does.")
    ] = 1


class ScheduleIn(Strict):
    """All of a schedule, as an editor says it."""

    zone: Annotated[Zone, Field(description="The broadcaster's.")] = BROADCASTER_ZONE
    slots: list[SlotIO] = Field([], max_length=SLOTS_MAX)
    breaks: list[BreakIO] = Field([], max_length=BREAKS_MAX)
    overrides: list[OverrideIO] = Field([], max_length=OVERRIDES_MAX)

    def draft(self) -> ScheduleDraft:
        return ScheduleDraft(
            slots=tuple(slot.slot() for slot in self.slots),
            zone=self.zone,
            breaks=tuple(Break(pause.first, pause.last, pause.note) for pause in self.breaks),
            overrides=tuple(Override(**override.model_dump()) for override in self.overrides),
        )


class ListedReleaseOut(BaseModel):
    """A release, as listings show it."""

    id: str
    alias: str
    type: ReleaseType
    name: NamesOut
    translation: TranslatedOut | None = Field(None, description="In the reader's language, if there is one.")
    poster_url: str | None
    episodes_total: int | None

    @classmethod
    def of(cls, release: ListedRelease, translation: TranslatedText | None) -> Self:
        """``translation``: in the language asked for; ``None`` where the original's name stands."""
        return cls(
            id=release.release_id,
            alias=release.alias,
            type=ReleaseType(release.type),
            name=NamesOut(main=release.name_main, english=release.name_english, alternative=release.name_alternative),
            translation=None if translation is None else TranslatedOut.model_validate(translation),
            poster_url=release.poster_url,
            episodes_total=release.episodes_total,
        )


class BroadcastTimeOut(BaseModel):
    """When it is on as its broadcaster lists it: what is on at night belongs to the day before."""

    day: date
    clock: str = Field(description="From 05:00 to 28:59.", examples=["25:15"])
    zone: str

    @classmethod
    def of(cls, airing: ListedAiring) -> Self:
        moment, zone = airing.airs_at, airing.zone
        return cls(day=broadcast_day(moment, zone), clock=broadcast_clock(moment, zone), zone=zone.key)


class AiringOut(BaseModel):
    """An episode, when and where it airs."""

    release: ListedReleaseOut
    ordinal: float
    airs_at: datetime
    day: date = Field(description="In the time zone asked for.")
    broadcast: BroadcastTimeOut
    state: AiringState
    planned_at: datetime | None = Field(description="When the recurrence has it; null beside it.")
    site: str
    regions: list[str]
    address: str
    duration_min: int
    episode_id: str | None = Field(description="Where it can be watched here.")

    @classmethod
    def of(cls, airing: ListedAiring, zone: str, translation: TranslatedText | None) -> Self:
        """``zone``: the viewer's, an IANA name, in which the day is told."""
        return cls(
            release=ListedReleaseOut.of(airing.release, translation),
            ordinal=airing.ordinal,
            airs_at=airing.airs_at,
            day=viewer_day(airing.airs_at, zone_named(zone)),
            broadcast=BroadcastTimeOut.of(airing),
            state=airing.state,
            planned_at=airing.planned_at,
            site=airing.site,
            regions=list(airing.regions),
            address=airing.address,
            duration_min=airing.duration_min,
            episode_id=airing.episode_id,
        )


class ScheduleOut(ScheduleIn):
    """A release's schedule, and what comes next."""

    release_id: str
    version: int = Field(description="0 where nobody said anything yet.")
    updated_at: datetime | None
    upcoming: list[AiringOut] = Field(description="The next eight weeks, on each site.")

    @classmethod
    def of(cls, release_id: str, schedule: Schedule | None, upcoming: list[AiringOut]) -> Self:
        """Version 0 and nothing in it where ``schedule`` is ``None``."""
        said: dict[str, Any] = {}
        if schedule is not None:
            said = {
                "zone": schedule.zone,
                "slots": [SlotIO.model_validate(slot) for slot in schedule.slots],
                "breaks": [BreakIO.model_validate(pause) for pause in schedule.breaks],
                "overrides": [OverrideIO.model_validate(override) for override in schedule.overrides],
            }
        return cls(
            release_id=release_id,
            version=0 if schedule is None else schedule.version,
            updated_at=None if schedule is None else schedule.updated_at,
            upcoming=upcoming,
            **said,
        )


class ZonedQuery(Localised, Storable):
    """The time zone in which days begin."""

    tz: Annotated[Zone, Field(description="Whose days are meant.")] = "UTC"


class AiringsQuery(ZonedQuery):
    """Of which broadcasts."""

    mine: Annotated[bool, Field(description="Only what one watches, means to, or likes.")] = False
    sites: Annotated[
        Literal["first", "all"], Field(description="The first broadcast of each release, or each site's own time too.")
    ] = "first"


class ScheduleQuery(AiringsQuery):
    """Which days, both included."""

    since: Annotated[Day, Field(alias="from")]
    until: Annotated[Day, Field(alias="to", description=f"At most {RANGE_MAX_DAYS} days in all.")]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not timedelta() <= self.until - self.since < timedelta(days=RANGE_MAX_DAYS):
            raise ValueError(f"ask for 1 to {RANGE_MAX_DAYS} days")
        return self


class MonthQuery(AiringsQuery):
    """Which month."""

    month: Annotated[str, Field(pattern=r"^(?:19\d\d|20\d\d|21\d\d)-(?:0[1-9]|1[0-2])$", examples=["2026-07"])]

    def days(self) -> tuple[date, date]:
        """The first of the month, and of the next."""
        first = date.fromisoformat(f"{self.month}-01")
        return first, (first + timedelta(days=31)).replace(day=1)


class AiringList(BaseModel):
    """Airings by moment."""

    since: date
    until: date = Field(description="The last day, included.")
    tz: str
    items: list[AiringOut]


class NowOut(BaseModel):
    """What is on at this moment, and around it."""

    at: datetime
    on_air: list[AiringOut]
    recent: list[AiringOut] = Field(description="Of the last 24 hours, the newest first.")
    next: list[AiringOut] = Field(description="Of the next 24 hours.")


class SeasonQuery(ZonedQuery):
    """Which season."""

    year: Year
    season: Season


class SeasonCountOut(BaseModel):
    """A season, and how many releases there are of it."""

    model_config = ConfigDict(from_attributes=True)

    year: int
    season: Season
    releases: int


class SeasonsOut(BaseModel):
    """Seasons that there is something of, the newest first; and which one it is now."""

    year: int
    season: Season
    items: list[SeasonCountOut]


class SeasonTitleOut(BaseModel):
    """A release of a season, and when it is on; nulls where nobody said."""

    release: ListedReleaseOut
    starts_at: datetime | None
    next: AiringOut | None
    broadcast: BroadcastTimeOut | None = Field(description="Of its first episode.")


class SeasonOut(BaseModel):
    """The chart of a season, by name."""

    year: int
    season: Season
    items: list[SeasonTitleOut]
