"""The JSON of runs."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from catalog.franchises.relations import RelationKind
from catalog.imports.applying.model import Action
from catalog.imports.runs.model import ImportRun, RunRow, RunState, Trigger
from catalog.imports.sources.schemas import FaultOut
from kernel.http.schemas import PageIn
from kernel.ids import ID_PATTERN


class RunIn(BaseModel):
    """What to do with a source."""

    model_config = ConfigDict(extra="forbid")

    dry: Annotated[bool, Field(description="Change nothing, and say what would be changed.")] = False
    publish: Annotated[bool | None, Field(description="Show new releases at once; left out: as the source says.")] = (
        None
    )


class RunsIn(PageIn):
    """Which runs to list."""

    source_id: Annotated[str | None, Field(pattern=ID_PATTERN)] = None


class RowsIn(PageIn):
    """Which rows of a run to list."""

    action: Action | None = None


class RunOut(BaseModel):
    """A run: how far it is, and what it came to."""

    id: str
    source_id: str
    state: RunState
    trigger: Trigger
    dry: bool
    publish: bool
    started_by: str | None
    file: str
    job_id: str | None
    rows: Annotated[int, Field(description="Read so far.")]
    total: int | None
    progress: Annotated[float, Field(description="0 to 1; 0 while nobody knows how much there is.")]
    counts: dict[Action, int]
    rows_kept: Annotated[int, Field(description="Rows to look at: what would change, of a dry run; what went wrong.")]
    stop_requested: bool
    error: str
    fault: FaultOut | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, run: ImportRun) -> "RunOut":
        return cls(
            id=run.id,
            source_id=run.source_id,
            state=run.state,
            trigger=run.trigger,
            dry=run.dry,
            publish=run.publish,
            started_by=run.started_by,
            file=run.given.name,
            job_id=run.job_id,
            rows=run.reached.rows,
            total=run.total,
            progress=run.share_done,
            counts={Action(name): count for name, count in run.counts.items()},
            rows_kept=run.rows_kept,
            stop_requested=run.stop_requested,
            error=run.fault.text if run.fault else "",
            fault=FaultOut.of(run.fault),
            created_at=run.created_at,
            started_at=run.started_at,
            ended_at=run.ended_at,
        )


class RunsOut(BaseModel):
    """A page of runs, the newest first."""

    items: list[RunOut]
    total: int
    page: int
    page_size: int


class FieldChangeOut(BaseModel):
    """What a run changed, or would change, in a field."""

    field: str
    before: Any
    after: Any


class ForeseenRelationOut(BaseModel):
    """A relation that a dry run would make: the other work is the `kind` of this one."""

    kind: RelationKind
    key: Annotated[str, Field(description="What the source calls the other work.")]
    title: str
    release_id: Annotated[str | None, Field(description="Null where the run would make the other one as well.")]


class RunRowOut(BaseModel):
    """A row of a run."""

    id: str
    key: str
    title: str
    action: Action
    release_id: str | None
    message: str
    fault: FaultOut | None
    changes: list[FieldChangeOut]
    relations: Annotated[
        list[ForeseenRelationOut], Field(description="Of a dry run that was read to the end: those it would make.")
    ]

    @classmethod
    def of(cls, row: RunRow) -> "RunRowOut":
        changes = [FieldChangeOut(field=name, before=pair[0], after=pair[1]) for name, pair in row.changes.items()]
        return cls(
            id=row.id,
            key=row.key,
            title=row.title,
            action=row.action,
            release_id=row.release_id,
            message=row.fault.text if row.fault else "",
            fault=FaultOut.of(row.fault),
            changes=changes,
            relations=[
                ForeseenRelationOut(kind=RelationKind(str(kind)), key=str(key), title=str(title), release_id=release_id)
                for kind, key, title, release_id in row.foreseen
            ],
        )


class RunRowsOut(BaseModel):
    """A page of the rows of a run."""

    items: list[RunRowOut]
    total: int
    page: int
    page_size: int
