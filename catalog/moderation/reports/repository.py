"""Reports in SQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    Column,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.sql import ColumnElement

from catalog.moderation.cursor import Cursor
from catalog.moderation.limits import NOTE_MAX, TITLE_MAX
from catalog.moderation.reports.model import Report, ReportReason, ReportState, ReportSubject
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

report_table = Table(
    "report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reporter_id", Id, nullable=False),
    Column("kind", text_enum(ReportSubject, length=20), nullable=False),
    Column("target_id", Id, nullable=False),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("reason", text_enum(ReportReason, length=20), nullable=False),
    Column("text", String(NOTE_MAX), nullable=False),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("state", text_enum(ReportState, length=20), nullable=False),
    Column("closed_by", Id),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(NOTE_MAX), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("reporter_id", "kind", "target_id"),
    Index("ix_report_inbox", "state", "filed_at", "id"),
)

mapper_registry.map_imperatively(Report, report_table, version_id_col=report_table.c.version)


class SqlReports:
    """Reports of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, report_id: str) -> Report | None:
        """By primary key."""
        return await self._session.get(Report, report_id)

    async def by(self, reporter_id: str, kind: ReportSubject, target_id: str) -> Report | None:
        """By the unique key of reporter, kind and thing."""
        c = report_table.c
        found = await self._session.execute(
            select(Report).where(c.reporter_id == reporter_id, c.kind == kind, c.target_id == target_id)
        )
        return found.scalar_one_or_none()

    def add(self, report: Report) -> None:
        """Written with the next flush."""
        self._session.add(report)

    async def page(
        self,
        *,
        states: Sequence[ReportState],
        kind: ReportSubject | None,
        reporter_id: str | None,
        after: Cursor | None,
        limit: int,
    ) -> list[Report]:
        """By keyset: (filed at, id) beyond the cursor."""
        c = report_table.c
        conditions: list[ColumnElement[bool]] = [c.state.in_(states)]
        if kind is not None:
            conditions.append(c.kind == kind)
        if reporter_id is not None:
            conditions.append(c.reporter_id == reporter_id)
        if after is not None:
            conditions.append(tuple_(c.filed_at, c.id) > tuple_(literal(after.at, UtcDateTime), literal(after.id, Id)))
        found = await self._session.execute(select(Report).where(*conditions).order_by(c.filed_at, c.id).limit(limit))
        return list(found.scalars())

    async def open_by_kind(self) -> Mapping[str, int]:
        """Kinds without any are left out."""
        c = report_table.c
        found = await self._session.execute(
            select(c.kind, func.count().label("number")).where(c.state == ReportState.OPEN).group_by(c.kind)
        )
        return {row.kind.value: row.number for row in found}
