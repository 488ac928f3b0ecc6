"""A source: another catalogue that ours is filled from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NewType
from zoneinfo import ZoneInfo

from catalog.imports.faults import STORED_MAX, Fault
from catalog.imports.limits import FAILURES_BEFORE_PAUSE, PAUSE_S
from catalog.imports.records.model import Checkpoint
from catalog.imports.sources.cron import Cron
from kernel.changes import Changes, differences, snapshot
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound, Unavailable
from kernel.events import Event

SourceId = NewType("SourceId", str)

SLUG_MAX: Final = 60
TITLE_MAX: Final = 120
ERROR_MAX: Final = STORED_MAX


class ImportSourceNotFound(NotFound):
    """There is no such source of imports."""


class ImportSlugTaken(Conflict):
    """Another source is called {slug!r} already."""


class BadSource(Invalid):
    """This source cannot be: {why}."""


class SourceStopped(Conflict):
    """This source is stopped. Start it again first."""


class SourceResting(Unavailable):
    """This source failed several times in a row and rests. Try again in {retry_after_s} s."""


class AllStopped(Conflict):
    """All imports are stopped. Let them go on first."""


class SourceKind(StrEnum):
    """How a source speaks."""

    BANGUMI_DATA = "bangumi-data"
    """The file of bangumi-data: ``data.json``, plain or packed by gzip."""
    KODIK = "kodik"
    """An API of Kodik's shape."""
    FEED = "feed"
    """RSS 2.0, as DataLife Engine writes it too."""
    TABLE = "table"
    """CSV, or an array of JSON; ``options.columns`` leads its columns to our fields."""


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What an administrator says of a source."""

    slug: str
    title: str
    kind: SourceKind
    url: str = ""
    cron: str = ""
    """Empty: it runs when somebody says so."""
    time_zone: str = "UTC"
    publish: bool = False
    """Whether what it makes is shown to viewers at once; otherwise it waits as drafts."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What its kind needs to know beside."""


@dataclass(frozen=True, kw_only=True)
class ImportSourceChanged(Event):
    """A source of imports was added or edited."""

    source_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ImportSourceStopped(Event):
    """A source of imports was stopped, or let go on."""

    source_id: str
    stopped: bool


@dataclass(frozen=True, kw_only=True)
class ImportSourceRemoved(Event):
    """A source of imports was removed; what came from it stays."""

    source_id: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class ImportsStopped(Event):
    """All imports were stopped, or let go on."""

    stopped: bool


@dataclass(frozen=True, kw_only=True)
class ImportSourceResting(Event):
    """A source of imports failed several times in a row, and rests for a while."""

    source_id: str
    reason: str
    """An English sentence; readers of other languages have it by the code and its parameters."""
    code: str = ""
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class ImportSource(Entity):
    """A source with its timetable and its health."""

    id: SourceId
    slug: str
    title: str
    kind: SourceKind
    url: str
    options: dict[str, Any]
    cron: str
    time_zone: str
    publish: bool
    created_at: datetime
    updated_at: datetime
    stopped: bool = False
    sealed_token: str = ""
    next_run_at: datetime | None = None
    failures: int = 0
    """In a row."""
    resting_until: datetime | None = None
    last_error: str = ""
    """A stored fault."""
    last_success_at: datetime | None = None
    mark: str = ""
    """The highest ``updated_at`` that was read to the end, as the source writes it."""
    mark_id: str = ""
    version: int = 1

    @classmethod
    def register(cls, source_id: SourceId, draft: SourceDraft, now: datetime) -> "ImportSource":
        """A new source.  Raises ``BadCron``, :class:`BadSource`."""
        source = cls(
            id=source_id,
            slug=draft.slug,
            title=draft.title,
            kind=draft.kind,
            url=draft.url,
            options=dict(draft.options),
            cron=draft.cron,
            time_zone=draft.time_zone,
            publish=draft.publish,
            created_at=now,
            updated_at=now,
        )
        source.plan_next(now)
        source.record(ImportSourceChanged(at=now, source_id=source_id, changes=differences({}, source._facts())))
        return source

    def change(self, draft: SourceDraft, now: datetime) -> None:
        """Replace what is said of it; its kind stays.  Raises ``BadCron``, :class:`BadSource`."""
        if draft.kind is not self.kind:
            raise BadSource(why="its kind cannot change; make another source")
        before = self._facts()
        if draft.url != self.url:
            self.mark = self.mark_id = ""  # another place has its own times
        self.slug, self.title, self.url, self.options = draft.slug, draft.title, draft.url, dict(draft.options)
        self.cron, self.time_zone, self.publish, self.updated_at = draft.cron, draft.time_zone, draft.publish, now
        self.plan_next(now)
        self.record(ImportSourceChanged(at=now, source_id=self.id, changes=differences(before, self._facts())))

    def _facts(self) -> dict[str, Any]:
        return snapshot(self, ("slug", "title", "kind", "url", "cron", "time_zone", "publish"))

    def plan_next(self, now: datetime) -> None:
        """Look up in the timetable when it is due again."""
        if not self.cron:
            self.next_run_at = None
            return
        try:
            zone = ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise BadSource(why=f"there is no time zone {self.time_zone!r}") from None
        self.next_run_at = Cron.parse(self.cron).next_after(now, zone)

    def ensure_may_run(self, now: datetime) -> None:
        """Raises :class:`SourceStopped`, :class:`SourceResting`."""
        if self.stopped:
            raise SourceStopped
        if self.resting_until is not None and self.resting_until > now:
            raise SourceResting(retry_after_s=int((self.resting_until - now).total_seconds()) + 1)

    def stop(self, now: datetime, *, stopped: bool) -> None:
        """Stop it, or let it go on; letting it go on ends its rest."""
        if stopped == self.stopped and not (self.resting_until and not stopped):
            return
        self.stopped = stopped
        if not stopped:
            self.resting_until, self.failures = None, 0
            self.plan_next(now)
        self.updated_at = now
        self.record(ImportSourceStopped(at=now, source_id=self.id, stopped=stopped))

    def succeeded(self, checkpoint: Checkpoint, now: datetime) -> None:
        """It was read to the end."""
        self.failures, self.resting_until, self.last_error, self.last_success_at = 0, None, "", now
        if checkpoint.mark:
            self.mark, self.mark_id = checkpoint.mark, checkpoint.mark_id

    @property
    def fault(self) -> Fault | None:
        """Why it could not be read the last time."""
        return Fault.read(self.last_error)

    def failed(self, reason: Fault, now: datetime) -> None:
        """It could not be read; after three times in a row it rests."""
        self.failures += 1
        self.last_error = reason.stored()
        if self.failures >= FAILURES_BEFORE_PAUSE:
            self.resting_until = now + timedelta(seconds=PAUSE_S)
            self.failures = 0
            kept = self.fault or reason  # as it is stored, and no longer
            self.record(
                ImportSourceResting(
                    at=now, source_id=self.id, reason=kept.text, code=kept.code, params=dict(kept.params)
                )
            )
