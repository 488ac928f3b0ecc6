"""The library in the database."""

from collections.abc import Collection, Sequence
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
    String,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from typing_extensions import override

from accounts.library.progress.model import (
    AUDIO_LABEL_MAX,
    AUDIO_LANGUAGE_MAX,
    NEVER,
    Audio,
    Progress,
    ProgressRecorded,
)
from accounts.library.progress.usecases import History
from accounts.library.repository import next_revisions, upsert
from kernel.db import Id, UnitOfWork, metadata

LATEST_PAGE = 300
"""Rows looked at in one go for the series watched last: an evening a day for some months."""


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
    Column("audio_language", String(AUDIO_LANGUAGE_MAX)),
    Column("audio_label", String(AUDIO_LABEL_MAX)),
    Index(None, "user_id", "at_ms"),
    Index(None, "user_id", "revision"),
    Index(None, "user_id", "release_id"),
)

continue_dismissals = Table(
    "continue_dismissals",
    metadata,
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("release_id", Id, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)


class SqlHistory(History):
    """Progress behind the ``History`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    @override
    async def store(self, news: Sequence[Progress]) -> list[Progress]:
        # In one order everywhere, so that two batches with the same rows wait for each other instead of deadlocking.
        ordered = sorted(news, key=lambda row: (row.user_id, row.episode_id))
        if not ordered:
            return []
        revisions = await next_revisions(self._session, sorted({row.user_id for row in ordered}))
        rows = [_values(row, revisions[row.user_id]) for row in ordered]
        return [_progress(row) for row in await self._session.execute(self._merge(), rows)]

    def _merge(self) -> Any:
        """:func:`accounts.library.progress.rules.merge` in SQL: ``known`` is the row that is there, ``news`` the one that comes."""
        statement = upsert(self._session, watch_progress)
        known, news = watch_progress.c, statement.excluded
        newer = or_(news.at_ms > known.at_ms, and_(news.at_ms == known.at_ms, news.position_ms > known.position_ms))
        watched_later = news.watched_at_ms > known.watched_at_ms
        unwatched_later = news.unwatched_at_ms > known.unwatched_at_ms
        newest = ("release_id", "position_ms", "duration_ms", "at_ms", "finished", "removed")
        values: dict[str, ColumnElement[Any]] = {name: case((newer, news[name]), else_=known[name]) for name in newest}
        values["watched_at_ms"] = case((watched_later, news.watched_at_ms), else_=known.watched_at_ms)
        values["unwatched_at_ms"] = case((unwatched_later, news.unwatched_at_ms), else_=known.unwatched_at_ms)
        values["completions"] = case(
            (and_(newer, unwatched_later), 0),
            (and_(newer, news.finished, ~known.finished), known.completions + 1),
            (
                and_(~newer, news.completions > known.completions, news.watched_at_ms > known.unwatched_at_ms),
                news.completions,
            ),
            else_=known.completions,
        )
        # As `heard_after`: the label belongs to its language.
        says = and_(newer, news.audio_language.is_not(None))
        for name in ("audio_language", "audio_label"):
            values[name] = case((says, news[name]), else_=known[name])
        values["revision"] = news.revision
        return statement.on_conflict_do_update(
            index_elements=["user_id", "episode_id"],
            set_=values,
            # A report that says nothing new leaves the row, and the revision other devices know, alone.
            where=or_(newer, watched_later, unwatched_later),
        ).returning(*watch_progress.c)

    @override
    async def get(self, user_id: str, episode_id: str) -> Progress | None:
        known = watch_progress.c
        query = select(watch_progress).where(known.user_id == user_id, known.episode_id == episode_id, ~known.removed)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _progress(row)

    @override
    async def page(
        self, user_id: str, *, offset: int, limit: int, release_id: str | None = None
    ) -> tuple[list[Progress], int]:
        known = watch_progress.c
        kept = select(watch_progress).where(known.user_id == user_id, ~known.removed)
        if release_id is not None:
            kept = kept.where(known.release_id == release_id)
        total = await self._session.scalar(select(func.count()).select_from(kept.subquery()))
        newest = kept.order_by(known.at_ms.desc(), known.episode_id.desc()).offset(offset).limit(limit)
        return [_progress(row) for row in await self._session.execute(newest)], total or 0

    @override
    async def watched_counts(self, user_id: str, release_ids: Collection[str]) -> dict[str, int]:
        known = watch_progress.c
        query = (
            select(known.release_id, func.count())
            .where(
                known.user_id == user_id,
                known.release_id.in_(release_ids),
                known.watched_at_ms > known.unwatched_at_ms,
            )
            .group_by(known.release_id)
        )
        return dict((await self._session.execute(query)).all())

    @override
    async def latest(self, user_id: str, *, limit: int) -> list[Progress]:
        known, dismissed = watch_progress.c, continue_dismissals.c
        newest = (
            select(watch_progress)
            .outerjoin(
                continue_dismissals,
                and_(dismissed.user_id == known.user_id, dismissed.release_id == known.release_id),
            )
            .where(known.user_id == user_id, ~known.removed, known.at_ms > func.coalesce(dismissed.at_ms, NEVER))
            .order_by(known.at_ms.desc(), known.episode_id.desc())
            .limit(LATEST_PAGE)
        )
        # Page by page along the index: what somebody watched lately is in the first one, however long their history is.
        found: dict[str, Progress] = {}
        page = [_progress(row) for row in await self._session.execute(newest)]
        while page:
            for row in page:
                found.setdefault(row.release_id, row)
            if len(found) >= limit or len(page) < LATEST_PAGE:
                break
            last = page[-1]
            before = tuple_(known.at_ms, known.episode_id) < tuple_(last.at_ms, literal(last.episode_id, Id()))
            page = [_progress(row) for row in await self._session.execute(newest.where(before))]
        return list(found.values())[:limit]

    @override
    async def of_releases(self, user_id: str, release_ids: Collection[str], *, removed: bool = False) -> list[Progress]:
        known = watch_progress.c
        query = select(watch_progress).where(known.user_id == user_id, known.release_id.in_(release_ids))
        if not removed:
            query = query.where(~known.removed)
        return [_progress(row) for row in await self._session.execute(query)]

    @override
    async def last_audio(self, user_id: str, release_ids: Collection[str]) -> dict[str, Audio]:
        known = watch_progress.c
        place = func.row_number().over(
            partition_by=known.release_id, order_by=(known.at_ms.desc(), known.episode_id.desc())
        )
        heard = (
            select(known.release_id, known.audio_language, known.audio_label, place.label("place"))
            .where(known.user_id == user_id, known.release_id.in_(release_ids), known.audio_language.is_not(None))
            .subquery()
        )
        rows = await self._session.execute(select(heard).where(heard.c.place == 1))
        return {row.release_id: Audio(row.audio_language, row.audio_label or "") for row in rows}

    @override
    async def dismiss(self, user_id: str, release_id: str, at_ms: int) -> None:
        statement = upsert(self._session, continue_dismissals).values(
            user_id=user_id, release_id=release_id, at_ms=at_ms
        )
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["user_id", "release_id"], set_={"at_ms": at_ms})
        )

    @override
    async def dismissed(self, user_id: str, release_ids: Collection[str]) -> dict[str, int]:
        c = continue_dismissals.c
        query = select(c.release_id, c.at_ms).where(c.user_id == user_id, c.release_id.in_(release_ids))
        return {row.release_id: row.at_ms for row in await self._session.execute(query)}

    @override
    async def dismissals(self, user_id: str) -> dict[str, int]:
        c = continue_dismissals.c
        query = select(c.release_id, c.at_ms).where(c.user_id == user_id).order_by(c.at_ms, c.release_id)
        return {row.release_id: row.at_ms for row in await self._session.execute(query)}

    @override
    async def changes(self, user_id: str, since: int, limit: int) -> list[Progress]:
        known = watch_progress.c
        query = select(watch_progress).where(known.user_id == user_id, known.revision > since)
        rows = await self._session.execute(query.order_by(known.revision, known.episode_id).limit(limit))
        return [_progress(row) for row in rows]

    @override
    def announce(self, event: ProgressRecorded) -> None:
        self._uow.record(event)


_FIELDS = tuple(column.name for column in watch_progress.c)


def _values(row: Progress, revision: int) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS} | {"revision": revision}


def _progress(row: Row[Any]) -> Progress:
    return Progress(**row._mapping)
