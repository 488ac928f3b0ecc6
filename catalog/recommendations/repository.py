"""Choices about recommendations, and the models of what is liked together, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.recommendations.algorithms.fitted import ModelRecord
from catalog.recommendations.model import HiddenRelease, Preferences, RecommendationModelBuilt
from kernel.db import Id, Texts, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

PART_BYTES: Final = 1 << 20
"""Of a stored model in one row: what a driver copies between two looks at the event loop (some ms)."""
MODELS_KEPT: Final = 2
"""The one in use, and the one before it, which a process may be reading."""

preference_table = Table(
    "recommendation_preference",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("sequels", Boolean, nullable=False),
    Column("count_dropped", Boolean, nullable=False),
    Column("minimum_members", Integer, nullable=False),
    Column("kinds", Texts, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)
hidden_table = Table(
    "recommendation_hidden",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("hidden_at", UtcDateTime, nullable=False),
)
model_table = Table(
    "recommendation_model",
    metadata,
    Column("version", Id, primary_key=True),
    Column("built_at", UtcDateTime, nullable=False),
    Column("people", Integer, nullable=False),
    Column("items", Integer, nullable=False),
    Column("took_s", Float, nullable=False),
)
# In pieces, so that no single row is more than a driver hands over in some milliseconds.
model_part_table = Table(
    "recommendation_model_part",
    metadata,
    Column("version", Id, ForeignKey("recommendation_model.version", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)


def upsert(session: AsyncSession, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT: the same in both dialects, but SQLAlchemy has no common base for it."""
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


class SqlChoices:
    """Choices of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def preferences(self, user_id: str) -> Preferences:
        """The usual ones where there is no row."""
        found = await self._session.execute(select(preference_table).where(preference_table.c.user_id == user_id))
        row = found.one_or_none()
        if row is None:
            return Preferences()
        return Preferences(
            sequels=row.sequels,
            count_dropped=row.count_dropped,
            minimum_members=row.minimum_members,
            kinds=row.kinds,
        )

    async def store_preferences(self, user_id: str, preferences: Preferences, now: datetime) -> None:
        """One upsert."""
        values: Mapping[str, Any] = {
            "sequels": preferences.sequels,
            "count_dropped": preferences.count_dropped,
            "minimum_members": preferences.minimum_members,
            "kinds": preferences.kinds,
            "updated_at": now,
        }
        statement = upsert(self._session, preference_table).values(user_id=user_id, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))

    async def hidden_ids(self, user_id: str) -> frozenset[str]:
        """By the primary key."""
        c = hidden_table.c
        return frozenset(await self._session.scalars(select(c.release_id).where(c.user_id == user_id)))

    async def hidden_page(self, user_id: str, *, offset: int, limit: int) -> tuple[list[HiddenRelease], int]:
        """Newest first."""
        c = hidden_table.c
        total = await self._session.scalar(select(func.count()).select_from(hidden_table).where(c.user_id == user_id))
        found = await self._session.execute(
            select(c.release_id, c.hidden_at)
            .where(c.user_id == user_id)
            .order_by(c.hidden_at.desc(), c.release_id)
            .offset(offset)
            .limit(limit)
        )
        return [HiddenRelease(release_id=row.release_id, hidden_at=row.hidden_at) for row in found], total or 0

    async def hide(self, user_id: str, release_id: str, now: datetime) -> bool:
        """One insert; a row that is there stays as it is."""
        one = upsert(self._session, hidden_table).values(user_id=user_id, release_id=release_id, hidden_at=now)
        done = await self._session.execute(one.on_conflict_do_nothing().returning(hidden_table.c.release_id))
        return done.first() is not None

    async def restore(self, user_id: str, release_id: str) -> bool:
        """One delete."""
        c = hidden_table.c
        gone = await self._session.execute(
            delete(hidden_table).where(c.user_id == user_id, c.release_id == release_id).returning(c.release_id)
        )
        return gone.first() is not None

    def announce(self, event: Event) -> None:
        """With this transaction."""
        self._uow.record(event)


class SqlModels:
    """Stored models of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def newest(self) -> ModelRecord | None:
        """What is told of the newest one."""
        found = await self._session.execute(select(model_table).order_by(model_table.c.version.desc()).limit(1))
        row = found.one_or_none()
        return None if row is None else ModelRecord(**row._mapping)

    async def part(self, version: str, position: int) -> bytes | None:
        """One piece of a model; ``None`` behind the last one."""
        c = model_part_table.c
        data: bytes | None = await self._session.scalar(
            select(c.data).where(c.version == version, c.position == position)
        )
        return data

    async def store(self, record: ModelRecord, packed: bytes) -> None:
        """Keep a new one, all of it or nothing, and forget all but :data:`MODELS_KEPT`."""
        values = {field: getattr(record, field) for field in ("version", "built_at", "people", "items", "took_s")}
        await self._session.execute(insert(model_table).values(values))
        for position, begin in enumerate(range(0, len(packed), PART_BYTES)):
            part = {"version": record.version, "position": position, "data": packed[begin : begin + PART_BYTES]}
            await self._session.execute(insert(model_part_table).values(part))
        c = model_table.c
        kept = list(await self._session.scalars(select(c.version).order_by(c.version.desc()).limit(MODELS_KEPT)))
        await self._session.execute(delete(model_part_table).where(model_part_table.c.version.not_in(kept)))
        await self._session.execute(delete(model_table).where(c.version.not_in(kept)))
        self._uow.record(
            RecommendationModelBuilt(
                at=record.built_at, version=record.version, people=record.people, items=record.items
            )
        )
