"""What is shown for a time, to some, so often: what promos and ads have in common.  Pure."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict
from kernel.events import Event
from streaming.ads.audience import Audience, FrequencyCap

MAX_WEIGHT: Final = 1_000


class CampaignState(StrEnum):
    """How far something is that is shown for a time."""

    STOPPED = "stopped"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """What administrators say of each."""

    starts_at: datetime
    ends_at: datetime | None
    """``None``: until it is stopped."""
    weight: int
    audience: Audience
    cap: FrequencyCap

    @property
    def ends_too_early(self) -> bool:
        """Whether it would be over before it begins."""
        return self.ends_at is not None and self.ends_at <= self.starts_at


def facts(draft: type[CampaignDraft]) -> tuple[str, ...]:
    """The names of all that a draft says."""
    return tuple(field.name for field in fields(draft))


D = TypeVar("D", bound=CampaignDraft)


@dataclass(eq=False, kw_only=True)
class Campaign(Entity, Generic[D]):
    """A promo or an ad, from its first draft to its report."""

    FACTS: ClassVar[tuple[str, ...]]
    """What its draft says, and it keeps under the same names."""
    OVER: ClassVar[type[Conflict]]
    """Why it cannot be started any more."""

    id: str
    starts_at: datetime
    ends_at: datetime | None
    weight: int
    audience: Audience
    cap: FrequencyCap
    created_at: datetime
    updated_at: datetime
    is_stopped: bool = True
    """As it is made: nobody sees what is being written."""
    version: int = 1

    @classmethod
    def create(cls, campaign_id: str, draft: D, now: datetime) -> Self:
        """A new one, stopped."""
        said: dict[str, Any] = {name: getattr(draft, name) for name in cls.FACTS}
        created = cls(id=campaign_id, created_at=now, updated_at=now, **said)
        created.record(created._created(now))
        return created

    def edit(self, draft: D, now: datetime) -> None:
        """Make it as the draft says."""
        before = snapshot(self, self.FACTS)
        for name in self.FACTS:
            setattr(self, name, getattr(draft, name))
        changes = differences(before, snapshot(self, self.FACTS))
        if changes:
            self.updated_at = now
            self.record(self._edited(now, changes))

    def start(self, now: datetime) -> None:
        """Show it when its time is.  Raises :attr:`OVER`; a second time changes nothing."""
        if self.ends_at is not None and now >= self.ends_at:
            raise self.OVER
        if self.is_stopped:
            self.is_stopped, self.updated_at = False, now
            self.record(self._started(now))

    def stop(self, now: datetime) -> None:
        """Show it no longer.  A second time changes nothing."""
        if not self.is_stopped:
            self.is_stopped, self.updated_at = True, now
            self.record(self._stopped(now))

    def deleted(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(self._deleted(now))

    def state(self, now: datetime) -> CampaignState:
        """How far it is at a moment; what is over is over, stopped or not."""
        if self.ends_at is not None and now >= self.ends_at:
            return CampaignState.ENDED
        if self.is_stopped:
            return CampaignState.STOPPED
        return CampaignState.RUNNING if now >= self.starts_at else CampaignState.SCHEDULED

    def _created(self, at: datetime) -> Event:
        raise NotImplementedError

    def _edited(self, at: datetime, changes: Changes) -> Event:
        raise NotImplementedError

    def _started(self, at: datetime) -> Event:
        raise NotImplementedError

    def _stopped(self, at: datetime) -> Event:
        raise NotImplementedError

    def _deleted(self, at: datetime) -> Event:
        raise NotImplementedError
