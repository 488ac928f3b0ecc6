"""The library in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    and_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from accounts.library.model import Progress, ProgressRecorded
from kernel.db import Id, UnitOfWork, metadata

ROWS_PER_STATEMENT = 1_000
"""Times 12 columns stays well under the 32,766 parameters one statement may have, in both databases."""

library_revisions = Table(
    "library_revisions",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

watch_progress = Table(
    "watch_progress",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    # No foreign keys to the catalogue: it is another feature, and progress outlives an episode taken down for a while.
    Column("episode_id", Id, primary_key=True),
    Column("release_id", Id, nullable=False),
    Column("position_ms", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("watched_at_ms", BigInteger, nullable=False),
    Column("unwatched_at_ms", BigInteger, nullable=False),
    Column("completions", Integer, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index(None, "user_id", "at_ms"),
    Index(None, "user_id", "revision"),
)


class SqlHistory:
    """Progress behind the ``History`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    async def store(self, news: Sequence[Progress]) -> list[Progress]:
        # In one order everywhere, so that two batches with the same rows wait for each other instead of deadlocking.
        ordered = sorted(news, key=lambda row: (row.user_id, row.episode_id))
        revisions = await self._next_revisions(sorted({row.user_id for row in ordered}))
        changed: list[Progress] = []
        for start in range(0, len(ordered), ROWS_PER_STATEMENT):
            rows = [_values(row, revisions[row.user_id]) for row in ordered[start : start + ROWS_PER_STATEMENT]]
            changed += [_progress(row) for row in await self._session.execute(self._merge(rows))]
        return changed

    async def _next_revisions(self, user_ids: Sequence[str]) -> dict[str, int]:
        """One more for each user, and their row locked: whoever commits later has the higher number, without gaps in sight."""
        found: dict[str, int] = {}
        for start in range(0, len(user_ids), ROWS_PER_STATEMENT):
            statement = self._insert(library_revisions).values(
                [{"user_id": user_id, "revision": 1} for user_id in user_ids[start : start + ROWS_PER_STATEMENT]]
            )
            statement = statement.on_conflict_do_update(
                index_elements=["user_id"], set_={"revision": library_revisions.c.revision + 1}
            )
            rows = await self._session.execute(
                statement.returning(library_revisions.c.user_id, library_revisions.c.revision)
            )
            found.update((row.user_id, row.revision) for row in rows)
        return found

    def _merge(self, rows: Sequence[dict[str, Any]]) -> Any:
        """:func:`accounts.library.progress.merge` in SQL: ``known`` is the row that is there, ``news`` the one that comes."""
        statement = self._insert(watch_progress).values(rows)
        known, news = watch_progress.c, statement.excluded
        newer = or_(news.at_ms > known.at_ms, and_(news.at_ms == known.at_ms, news.position_ms > known.position_ms))
        watched_later = news.watched_at_ms > known.watched_at_ms
        newest = ("release_id", "position_ms", "duration_ms", "at_ms", "finished", "removed")
        values: dict[str, ColumnElement[Any]] = {name: case((newer, news[name]), else_=known[name]) for name in newest}
        values["watched_at_ms"] = case((watched_later, news.watched_at_ms), else_=known.watched_at_ms)
        values["completions"] = case(
            (and_(newer, news.finished, ~known.finished), known.completions + 1),
            (and_(~newer, news.completions > known.completions), news.completions),
            else_=known.completions,
        )
        values["revision"] = news.revision
        return statement.on_conflict_do_update(
            index_elements=["user_id", "episode_id"],
            set_=values,
            # A report that says nothing new leaves the row, and the revision other devices know, alone.
            where=or_(newer, watched_later),
        ).returning(*watch_progress.c)

    def _insert(self, table: Table) -> Any:
        # The same statement in both dialects; SQLAlchemy has no common base for ON CONFLICT.
        is_sqlite = self._session.get_bind().dialect.name == "sqlite"
        return sqlite.insert(table) if is_sqlite else postgresql.insert(table)

    async def get(self, user_id: str, episode_id: str) -> Progress | None:
        known = watch_progress.c
        query = select(watch_progress).where(known.user_id == user_id, known.episode_id == episode_id, ~known.removed)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _progress(row)

    async def page(self, user_id: str, *, offset: int, limit: int) -> tuple[list[Progress], int]:
        known = watch_progress.c
        kept = select(watch_progress).where(known.user_id == user_id, ~known.removed)
        total = await self._session.scalar(select(func.count()).select_from(kept.subquery()))
        newest = kept.order_by(known.at_ms.desc(), known.episode_id.desc()).offset(offset).limit(limit)
        return [_progress(row) for row in await self._session.execute(newest)], total or 0

    def announce(self, event: ProgressRecorded) -> None:
        self._uow.record(event)


_FIELDS = tuple(column.name for column in watch_progress.c)


def _values(row: Progress, revision: int) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS} | {"revision": revision}


def _progress(row: Row[Any]) -> Progress:
    return Progress(**{name: getattr(row, name) for name in _FIELDS})
