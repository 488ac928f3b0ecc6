"""What the tables of promos and of ads have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Generic

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Integer,
    Table,
    TypeDecorator,
    delete,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.db import Id, Json, UnitOfWork, UtcDateTime
from streaming.ads.audience import Audience, FrequencyCap
from streaming.ads.campaign import CampaignState
from streaming.ads.usecases import C


class AudienceJson(TypeDecorator[Audience]):
    """Its lists by name; empty ones are left out."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Audience | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else {name: list(one) for name, one in asdict(value).items() if one}

    def process_result_value(self, value: Any, dialect: Dialect) -> Audience | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else Audience(**{name: tuple(one) for name, one in value.items()})


class CapJson(TypeDecorator[FrequencyCap]):
    """Both numbers."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: FrequencyCap | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> FrequencyCap | None:  # noqa: ARG002 - signature
        """See ``TypeDecorator``."""
        return None if value is None else FrequencyCap(**value)


def campaign_columns() -> list[Column[Any]]:
    """Those that promos and ads have alike."""
    return [
        Column("id", Id, primary_key=True),
        Column("starts_at", UtcDateTime, nullable=False),
        Column("ends_at", UtcDateTime),
        Column("weight", Integer, nullable=False),
        Column("audience", AudienceJson, nullable=False),
        Column("cap", CapJson, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("is_stopped", Boolean, nullable=False),
        Column("version", Integer, nullable=False),
    ]


class SqlCampaigns(Generic[C]):
    """One kind of them behind the ``Campaigns`` port."""

    kind: type[C]
    table: Table
    """With :func:`campaign_columns`."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, campaign: C) -> None:
        """Written with the next flush."""
        self._session.add(campaign)

    async def get(self, campaign_id: str) -> C | None:
        """By primary key."""
        return await self._session.get(self.kind, campaign_id)

    async def count(self) -> int:
        """Of the whole table."""
        return await self._count(true())

    async def remove(self, campaign: C) -> None:
        """What was counted goes by its foreign keys."""
        await self._session.delete(campaign)

    async def _page(self, wanted: ColumnElement[bool], limit: int, offset: int) -> tuple[Sequence[C], int]:
        """By id, and so by age: the newest first."""
        query = select(self.kind).where(wanted).order_by(self.table.c.id.desc()).limit(limit).offset(offset)
        return (await self._session.scalars(query)).all(), await self._count(wanted)

    async def _running(self, now: datetime, wanted: ColumnElement[bool]) -> Sequence[C]:
        """By id."""
        running = in_state(self.table, CampaignState.RUNNING, now) & wanted
        return (await self._session.scalars(select(self.kind).where(running).order_by(self.table.c.id))).all()

    async def _count(self, wanted: ColumnElement[bool]) -> int:
        return await self._session.scalar(select(func.count()).select_from(self.table).where(wanted)) or 0


class SqlViews:
    """Who saw what behind the ``Views`` port, in a table with an index of ``viewer`` and one of moments."""

    table: Table
    campaign_id: ColumnElement[str]
    """The column that says what was seen."""
    at: ColumnElement[datetime]
    """The column that says when."""
    is_view: ColumnElement[bool] = true()
    """Which rows are views."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def seen(self, viewer: str, campaign_ids: Sequence[str], since: datetime) -> Mapping[str, Sequence[datetime]]:
        """By the index of viewers."""
        found: dict[str, list[datetime]] = {}
        wanted = (self.table.c.viewer == viewer, self.campaign_id.in_(campaign_ids), self.at > since, self.is_view)
        for campaign_id, at in await self._session.execute(select(self.campaign_id, self.at).where(*wanted)):
            found.setdefault(campaign_id, []).append(at)
        return found

    async def forget_before(self, moment: datetime) -> None:
        """By the index of moments."""
        await self._session.execute(delete(self.table).where(self.at < moment))

    async def forget_viewer(self, viewer: str) -> None:
        """By the index of viewers."""
        await self._session.execute(delete(self.table).where(self.table.c.viewer == viewer))


def in_state(table: Table, state: CampaignState | None, now: datetime) -> ColumnElement[bool]:
    """As ``state_of`` says, for a table with ``starts_at``, ``ends_at`` and ``is_stopped``."""
    c = table.c
    if state is None:
        return true()
    going = or_(c.ends_at.is_(None), c.ends_at > now)
    match state:
        case CampaignState.ENDED:
            return c.ends_at <= now
        case CampaignState.STOPPED:
            return going & (c.is_stopped == true())
        case CampaignState.SCHEDULED:
            return going & (c.is_stopped == false()) & (c.starts_at > now)
        case CampaignState.RUNNING:
            return going & (c.is_stopped == false()) & (c.starts_at <= now)


def insert_into(session: AsyncSession, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: both databases have the clause, under one name each."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


async def rows_of(session: AsyncSession, statement: Any) -> int:
    """How many rows a statement wrote."""
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount
