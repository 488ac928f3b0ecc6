"""The JSON of sources."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog.imports.faults import Fault
from catalog.imports.sources.model import SLUG_MAX, TITLE_MAX, ImportSource, SourceDraft, SourceKind


class ImportSourceIn(BaseModel):
    """A source as an administrator describes it."""

    model_config = ConfigDict(extra="forbid")

    slug: Annotated[
        str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=SLUG_MAX, description="What commands call it.")
    ]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX)]
    kind: SourceKind
    url: Annotated[str, Field(max_length=2000, description="Where it answers; empty for files that are uploaded.")] = ""
    token: Annotated[
        str | None, Field(max_length=500, description="What it lets us in with. Never shown; left out, it stays.")
    ] = None
    cron: Annotated[
        str, Field(max_length=100, description="minute hour day month weekday, such as `30 4 * * *`; empty: by hand.")
    ] = ""
    time_zone: Annotated[str, Field(max_length=60, pattern="^[A-Za-z0-9_+/-]+$")] = "UTC"
    publish: Annotated[bool, Field(description="Show what it makes to viewers at once; otherwise as drafts.")] = False
    options: Annotated[
        dict[Annotated[str, Field(max_length=60)], str | int | bool | dict[str, str]],
        Field(max_length=20, description="What its kind needs to know beside."),
    ] = {}

    def draft(self) -> SourceDraft:
        return SourceDraft(
            slug=self.slug,
            title=self.title,
            kind=self.kind,
            url=self.url.strip(),
            cron=self.cron.strip(),
            time_zone=self.time_zone,
            publish=self.publish,
            options=self.options,
        )


class FaultOut(BaseModel):
    """What went wrong, for pages in any language."""

    code: str
    params: dict[str, str | int]

    @classmethod
    def of(cls, fault: Fault | None) -> "FaultOut | None":
        """Nothing for what has no code: it was stored by a former version, and is a sentence alone."""
        return cls(code=fault.code, params=dict(fault.params)) if fault is not None and fault.code else None


class ImportSourceOut(BaseModel):
    """A source, its timetable and its health."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    slug: str
    title: str
    kind: SourceKind
    url: str
    has_token: bool
    cron: str
    time_zone: str
    publish: bool
    options: dict[str, Any]
    stopped: bool
    next_run_at: datetime | None
    failures: Annotated[int, Field(description="In a row.")]
    resting_until: datetime | None
    last_error: str
    fault: Annotated[FaultOut | None, Field(description="Of `last_error`.")]
    last_success_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, source: ImportSource) -> "ImportSourceOut":
        ours = {
            "has_token": bool(source.sealed_token),
            "last_error": source.fault.text if source.fault else "",
            "fault": FaultOut.of(source.fault),
        }
        return cls(**{name: getattr(source, name) for name in cls.model_fields if name not in ours}, **ours)


class ImportSourcesOut(BaseModel):
    """All sources, and whether all are stopped."""

    items: list[ImportSourceOut]
    all_stopped: bool


class StoppedIO(BaseModel):
    """Whether it is stopped."""

    model_config = ConfigDict(extra="forbid")

    stopped: bool


class ImportFileIn(BaseModel):
    """Of an uploaded file."""

    name: Annotated[str, Field(max_length=255)] = ""
