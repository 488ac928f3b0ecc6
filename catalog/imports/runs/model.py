"""A run: one reading of one source, which goes on where it stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from catalog.imports.applying.model import Action
from catalog.imports.faults import STORED_MAX, Fault
from catalog.imports.limits import RUN_LOST_AFTER_S
from catalog.imports.records.model import Checkpoint
from catalog.imports.sources.usecases import Input
from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.events import Event

RunId = NewType("RunId", str)


class RunNotFound(NotFound):
    """There is no such run of an import."""


class RunUnderWay(Conflict):
    """This source is being read already. Wait for that run, or stop it."""


class RunTakenOver(Conflict):
    """Another process goes on with this run."""


class RunState(StrEnum):
    """How far a run of an import is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"


class Trigger(StrEnum):
    """What a run was begun by."""

    PERSON = "person"
    TIMETABLE = "timetable"
    COMMAND = "command"


OVER = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.STOPPED})


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A run of an import ended."""

    run_id: str
    source_id: str
    state: str
    counts: dict[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(eq=False, kw_only=True)
class ImportRun(Entity):
    """How far it is, and what it came to."""

    id: RunId
    source_id: str
    active_source_id: str | None
    """Of a run that is not over; unique, so that a source is read by one run at a time."""
    trigger: Trigger
    dry: bool
    publish: bool
    started_by: str | None
    input: dict[str, Any]
    checkpoint: dict[str, Any]
    counts: dict[str, int]
    created_at: datetime
    state: RunState = RunState.QUEUED
    total: int | None = None
    """Rows that there will be, where the source says so."""
    stop_requested: bool = False
    worker: str = ""
    """Which process reads: one that lost it to another writes no more."""
    job_id: str | None = None
    error: str = ""
    """A stored fault."""
    rows_kept: int = 0
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1

    @classmethod
    def order(
        cls,
        run_id: RunId,
        source_id: str,
        given: Input,
        *,
        trigger: Trigger,
        dry: bool,
        publish: bool,
        started_by: str | None,
        after: Checkpoint,
        now: datetime,
    ) -> "ImportRun":
        """A run that has not begun; ``after`` is where the source's last complete one ended."""
        return cls(
            id=run_id,
            source_id=source_id,
            active_source_id=source_id,
            trigger=trigger,
            dry=dry,
            publish=publish,
            started_by=started_by,
            input={"path": given.path, "name": given.name, "digest": given.digest},
            checkpoint=checkpoint_json(after),
            counts={},
            created_at=now,
        )

    def take(self, given: Input) -> None:
        """The same file may lie elsewhere by now."""
        self.input = {"path": given.path, "name": given.name, "digest": given.digest}

    @property
    def given(self) -> Input:
        """What it reads."""
        return Input(**self.input)

    @property
    def reached(self) -> Checkpoint:
        """How far it is."""
        return Checkpoint(**self.checkpoint)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it, well or not."""
        return self.state in OVER

    def is_lost(self, now: datetime) -> bool:
        """Whether the process that read fell silent."""
        since = self.heartbeat_at or self.created_at
        return not self.is_over and now - since > timedelta(seconds=RUN_LOST_AFTER_S)

    @property
    def share_done(self) -> float:
        """0 to 1; 0 while nobody knows how much there is."""
        if self.state is RunState.SUCCEEDED:
            return 1.0
        return min(self.reached.rows / self.total, 1.0) if self.total else 0.0

    @property
    def fault(self) -> Fault | None:
        """Why it failed or was stopped; nothing of a run that went well."""
        return Fault.read(self.error)

    def begin(self, worker: str, now: datetime) -> None:
        """``worker`` reads from now on; whoever read before writes no more.  Raises :class:`RunTakenOver` for one that is over."""
        if self.is_over:
            raise RunTakenOver
        self.worker, self.state, self.heartbeat_at = worker, RunState.RUNNING, now
        self.started_at = self.started_at or now

    def ensure_worker(self, worker: str) -> None:
        """Raises :class:`RunTakenOver`."""
        if self.worker != worker or self.is_over:
            raise RunTakenOver

    def advance(self, outcomes: Mapping[Action, int], checkpoint: Checkpoint, total: int | None, now: datetime) -> None:
        """These rows are done."""
        self.counts = {
            action.value: count
            for action in Action
            if (count := self.counts.get(action.value, 0) + outcomes.get(action, 0))
        }
        self.checkpoint, self.heartbeat_at = checkpoint_json(checkpoint), now
        self.total = total if total is not None else self.total

    def request_stop(self, now: datetime) -> None:
        """It ends after the rows it is at; one that no process reads ends at once."""
        if self.is_over:
            return
        self.stop_requested = True
        if self.state is RunState.QUEUED or self.is_lost(now):
            self.end(RunState.STOPPED, now)

    def end(self, state: RunState, now: datetime, *, reason: Fault | None = None) -> None:
        """It is over."""
        self.state, self.ended_at, self.active_source_id = state, now, None
        self.error = "" if reason is None else reason.stored()
        self.record(
            ImportFinished(
                at=now,
                run_id=self.id,
                source_id=self.source_id,
                state=state.value,
                counts=dict(self.counts),
                reason="" if reason is None else reason.text[:STORED_MAX],
            )
        )


def checkpoint_json(checkpoint: Checkpoint) -> dict[str, Any]:
    """As it is stored."""
    return {
        "rows": checkpoint.rows,
        "cursor": checkpoint.cursor,
        "mark": checkpoint.mark,
        "mark_id": checkpoint.mark_id,
        "done": checkpoint.done,
    }


_SAID = 2
"""Values of a relation of which nobody knows yet whether it would be made."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row of a run that is worth showing: one that went wrong, or, of a dry run, one that would change something."""

    id: str
    run_id: str
    key: str
    title: str
    action: Action
    release_id: str | None
    message: str
    changes: Mapping[str, tuple[Any, Any]]
    relations: Sequence[Sequence[str | None]] | None = None
    """Of a dry run: kind and key of those that its record says, and once all is read, with title and release, those that would be made."""

    @property
    def foreseen(self) -> list[Sequence[str | None]]:
        """The relations that would be made: kind, key, title, release."""
        return [one for one in self.relations or () if len(one) > _SAID]

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it, or the doubt that somebody decides."""
        return Fault.read(self.message)
