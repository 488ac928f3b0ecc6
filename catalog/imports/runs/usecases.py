"""Ordering runs, and carrying them on a chunk at a time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from catalog.imports.applying import usecases as applying
from catalog.imports.applying.model import Action, Outcome
from catalog.imports.applying.relations import relate
from catalog.imports.applying.usecases import ApplyContext, sorted_out
from catalog.imports.conflicts.model import ConflictId, Decision, ImportConflict
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.faults import Fault
from catalog.imports.limits import DIFFS_KEPT, PROBLEMS_KEPT, RUNS_KEPT
from catalog.imports.records.model import BadRow, Batch, Checkpoint, Row
from catalog.imports.runs.model import ImportRun, RunId, RunNotFound, RunRow, RunState, RunUnderWay, Trigger
from catalog.imports.sources import usecases as sources_usecases
from catalog.imports.sources.model import ImportSource
from catalog.imports.sources.usecases import Input, Sources
from kernel.changes import shown
from kernel.errors import Conflict, Unavailable
from kernel.ids import new_id

_SHOWN = frozenset({Action.FAILED, Action.CONFLICT, Action.REMOVED})
"""Of a run that changes things; of a dry one everything that it would change is."""
_NOTHING_TO_SEE = frozenset({Action.UNCHANGED, Action.IGNORED, Action.BLACKLISTED})


class Runs(Protocol):
    """Runs and their rows."""

    async def get(self, run_id: str) -> ImportRun | None:
        """``None`` where there is none with this id."""
        ...

    async def active_of(self, source_id: str) -> ImportRun | None:
        """The run of a source that is not over."""
        ...

    def add(self, run: ImportRun) -> None:
        """Keep a new one."""
        ...

    async def page(self, source_id: str | None, *, offset: int, limit: int) -> tuple[Sequence[ImportRun], int]:
        """The newest first, of one source or of all, and how many there are."""
        ...

    async def rows(
        self, run_id: str, action: Action | None, *, offset: int, limit: int
    ) -> tuple[Sequence[RunRow], int]:
        """The kept rows of a run, or those that came to ``action``, in their order, and how many there are."""
        ...

    async def keep_rows(self, rows: Sequence[RunRow]) -> None:
        """Keep rows to show."""
        ...

    async def taken(self, run_id: str) -> Mapping[str, RunRow]:
        """Key → row, without its changes, of the kept rows of a run whose records are releases, or would be."""
        ...

    async def foresee(self, relations: Mapping[str, Sequence[Sequence[str | None]]]) -> None:
        """Row → the relations that its record would have made, from now on."""
        ...

    async def drop_rows(self, row_ids: Collection[str]) -> None:
        """There is nothing to see in these after all."""
        ...

    async def forget_old(self, source_id: str, keep: int) -> None:
        """Forget all but the newest runs of a source."""
        ...

    async def flush(self) -> None:
        """Write what was changed so far."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What a run works with in one transaction."""

    sources: Sources
    runs: Runs
    conflicts: Conflicts
    apply: ApplyContext
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered."""

    source_id: str
    given: Input
    trigger: Trigger
    dry: bool = False
    publish: bool | None = None
    """``None``: as the source says."""
    started_by: str | None = None
    lost_worker: str = ""
    """A process that is known to be gone: whoever asks looked."""


async def order(sources: Sources, runs: Runs, wanted: Order, now: datetime) -> ImportRun:
    """A run to begin, or one of the same that lost its process, to go on with.

    Raises ``ImportSourceNotFound``, ``SourceStopped``, ``SourceResting``, ``AllStopped``, :class:`RunUnderWay`.
    """
    source = await sources_usecases.get(sources, wanted.source_id)
    await sources_usecases.ensure_not_all_stopped(sources)
    source.ensure_may_run(now)
    publish = source.publish if wanted.publish is None else wanted.publish
    active = await runs.active_of(source.id)
    if active is not None:
        gone = bool(wanted.lost_worker) and active.worker == wanted.lost_worker
        if not (gone or active.is_lost(now)):
            raise RunUnderWay
        same = active.dry == wanted.dry and active.publish == publish and active.given.digest == wanted.given.digest
        if same:
            active.take(wanted.given)
            return active
        active.end(RunState.STOPPED, now, reason=Fault("Its process was lost.", "process_lost"))
        await runs.flush()
    run = ImportRun.order(
        RunId(new_id()),
        source.id,
        wanted.given,
        trigger=wanted.trigger,
        dry=wanted.dry,
        publish=publish,
        started_by=wanted.started_by,
        after=Checkpoint(mark=source.mark, mark_id=source.mark_id),
        now=now,
    )
    runs.add(run)
    return run


async def get(runs: Runs, run_id: str) -> ImportRun:
    """Raises :class:`RunNotFound`."""
    found = await runs.get(run_id)
    if found is None:
        raise RunNotFound
    return found


async def begin(
    sources: Sources, runs: Runs, run_id: str, worker: str, now: datetime
) -> tuple[ImportRun, ImportSource]:
    """``worker`` reads from now on.  Raises :class:`RunNotFound`, ``RunTakenOver``."""
    run = await get(runs, run_id)
    run.begin(worker, now)
    return run, await sources_usecases.get(sources, run.source_id)


async def may_go_on(sources: Sources, runs: Runs, run_id: str, worker: str, now: datetime) -> bool:
    """Whether the next rows are to be read; ends the run where it was stopped.  Raises ``RunTakenOver``."""
    run = await get(runs, run_id)
    run.ensure_worker(worker)
    source = await sources_usecases.get(sources, run.source_id)
    if run.stop_requested or source.stopped or await sources.all_stopped():
        run.end(RunState.STOPPED, now)
        return False
    return True


async def advance(
    context: RunContext, run_id: str, worker: str, batch: Batch, rows: Sequence[Row]
) -> Sequence[Outcome]:
    """Apply a batch, of which ``rows`` could be read, and remember how far the run is, in one transaction.

    Raises ``RunTakenOver``.
    """
    outcomes = await worked_out(context.apply, rows)
    await store(context, run_id, worker, batch, outcomes)
    return outcomes


async def worked_out(context: ApplyContext, rows: Sequence[Row]) -> list[Outcome]:
    """What the rows come to."""
    done, fresh = await sorted_out(context, rows)
    return done + (await applying.apply(context, fresh) if fresh else [])


async def store(context: RunContext, run_id: str, worker: str, batch: Batch, outcomes: Sequence[Outcome]) -> None:
    """Remember what a batch came to.  Raises ``RunTakenOver``."""
    run = await get(context.runs, run_id)
    run.ensure_worker(worker)
    bad = [row for row in batch.rows if isinstance(row, BadRow)]
    counts = Counter(outcome.action for outcome in outcomes)
    counts[Action.FAILED] += len(bad)
    run.advance(counts, batch.checkpoint, batch.total, context.now)
    if not run.dry:
        await _lay_before(context, run.source_id, outcomes)
    room = (DIFFS_KEPT if run.dry else PROBLEMS_KEPT) - run.rows_kept
    rows = [_bad(run, row) for row in bad] + [_row(run, each) for each in outcomes if _is_shown(run, each)]
    await context.runs.keep_rows(rows[:room])
    run.rows_kept += len(rows[:room])


async def relate_some(context: RunContext, run_id: str, worker: str) -> bool:
    """Make a few of the relations that records said; false: there are none left.  Raises ``RunTakenOver``."""
    run = await get(context.runs, run_id)
    run.ensure_worker(worker)
    done, refused = await relate(context.apply.relating, run.source_id)
    if not done:
        return False
    run.advance({Action.FAILED: len(refused)}, run.reached, None, context.now)
    rows = [_row(run, each) for each in refused][: max(PROBLEMS_KEPT - run.rows_kept, 0)]
    await context.runs.keep_rows(rows)
    run.rows_kept += len(rows)
    return True


async def _lay_before(context: RunContext, source_id: str, outcomes: Sequence[Outcome]) -> None:
    touched = {
        each.key: each
        for each in outcomes
        if each.doubt is not None or each.action in {Action.CREATED, Action.UPDATED, Action.UNCHANGED}
    }
    if not touched:
        return
    waiting = await context.conflicts.open_of(source_id, touched.keys())
    for key, outcome in touched.items():
        conflict = waiting.get(key)
        if outcome.doubt is None:
            if conflict is not None:
                conflict.decide(Decision.SETTLED, context.now, release_id=outcome.release_id)
            continue
        row, what = outcome.doubt
        if conflict is not None:
            conflict.again(row.record, row.digest, what, context.now)
        else:
            context.conflicts.add(
                ImportConflict.of(ConflictId(new_id()), source_id, row.record, row.digest, what, context.now)
            )


def _is_shown(run: ImportRun, outcome: Outcome) -> bool:
    if not run.dry:
        return outcome.action in _SHOWN
    # What has nothing to see is dropped once all relations are known, of which it may be the other end.
    return outcome.action not in _NOTHING_TO_SEE or outcome.says is not None or outcome.links


def _row(run: ImportRun, outcome: Outcome) -> RunRow:
    changes = {name: (shown(change.before), shown(change.after)) for name, change in outcome.changes.items()}
    return RunRow(
        id=new_id(),
        run_id=run.id,
        key=outcome.key,
        title=outcome.title,
        action=outcome.action,
        release_id=outcome.release_id,
        message=outcome.message[:500],
        changes=changes if run.dry else {},
        relations=None if outcome.says is None else [[one.kind.value, one.key] for one in outcome.says],
    )


def _bad(run: ImportRun, row: BadRow) -> RunRow:
    return RunRow(new_id(), run.id, row.place[:200], "", Action.FAILED, None, row.why.stored(), {})


async def finish(sources: Sources, runs: Runs, run_id: str, worker: str, now: datetime) -> None:
    """It was read to the end.  Raises ``RunTakenOver``."""
    run = await get(runs, run_id)
    run.ensure_worker(worker)
    source = await sources_usecases.get(sources, run.source_id)
    if not run.dry:
        source.succeeded(run.reached, now)
    run.end(RunState.SUCCEEDED, now)
    await runs.flush()
    await runs.forget_old(source.id, RUNS_KEPT)


async def due_runs(sources: Sources, runs: Runs, now: datetime) -> list[ImportRun]:
    """Runs for the sources whose timetable says so; one that cannot be read now is due again by its timetable."""
    ordered = []
    for source in await sources.due(now):
        wanted = Order(source_id=source.id, given=Input(), trigger=Trigger.TIMETABLE)
        with suppress(Conflict, Unavailable):  # it rests, is stopped, or is being read: its page says so
            ordered.append(await order(sources, runs, wanted, now))
        source.plan_next(now)
    return ordered


async def fail(sources: Sources, runs: Runs, run_id: str, worker: str, reason: Fault, now: datetime) -> None:
    """It could not be read further; what was done stays.  Raises ``RunTakenOver``."""
    run = await get(runs, run_id)
    run.ensure_worker(worker)
    (await sources_usecases.get(sources, run.source_id)).failed(reason, now)
    run.end(RunState.FAILED, now, reason=reason)


def without_unreadable(batch: Batch) -> list[Row]:
    """The rows of ``batch`` that are records."""
    return [row for row in batch.rows if isinstance(row, Row)]


def joined(batches: Sequence[Batch]) -> Batch:
    """Batches that came one after another as one."""
    rows = [row for batch in batches for row in batch.rows]
    return replace(batches[-1], rows=rows)


def put_back(batch: Batch, rows: Sequence[Row]) -> Batch:
    """``batch`` with ``rows`` in the place of its readable ones: what is stored of them is what was applied."""
    others = [row for row in batch.rows if isinstance(row, BadRow)]
    return replace(batch, rows=[*rows, *others])
