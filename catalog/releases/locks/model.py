"""Fields of a release that only people change."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kernel.changes import Changes
from kernel.events import Event


class LockedField(StrEnum):
    """What can be locked."""

    TYPE = "type"
    NAME = "name"
    NAMES = "names"
    YEAR = "year"
    SEASON = "season"
    DESCRIPTION = "description"
    AGE_RATING = "age_rating"
    IS_ONGOING = "is_ongoing"
    EPISODES_TOTAL = "episodes_total"
    EXTERNAL_IDS = "external_ids"
    GENRES = "genres"
    TRAILERS = "trailers"


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked field, and who locked it."""

    field: LockedField
    locked_by: str | None
    locked_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReleaseLocksChanged(Event):
    """Fields of a release were locked against imports, or given free."""

    release_id: str
    changes: Changes = field(default_factory=dict)
