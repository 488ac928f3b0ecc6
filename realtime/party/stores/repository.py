"""The party in the database: the document and its log.

``party`` and ``party_member`` hold the document (members one by one, so that a join does not rewrite 2,500 others),
``party_log`` its log in embedded mode.  Chat and the clock are in ``repository_chat.py``, invites in ``repository_invites.py``.
Every write takes a batch and makes one transaction of it; see :mod:`kernel.concurrency.group_commit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase
from typing_extensions import override

from kernel.db import Id, Json, UtcDateTime, metadata
from kernel.events import Event
from kernel.scope import Container, Scope
from realtime.party.codec import from_json, member_to_json, to_json
from realtime.party.domain.events import PartyClosed, PartyCreated
from realtime.party.domain.model import Member, MemberId, Party
from realtime.party.ports import LOG_LENGTH, Change, LogEntry, PartyIndex, PartySummary

party_table = sa.Table(
    "party",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("document", Json, nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("access", sa.String(12), nullable=False),
    sa.Column("members_count", sa.Integer, nullable=False),
    sa.Column("chat_seq", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Index("ix_party_open", "closed", "access", "members_count"),
)

member_table = sa.Table(
    "party_member",
    metadata,
    sa.Column("party_id", Id, sa.ForeignKey("party.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("member_id", sa.String(64), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("document", Json, nullable=False),
)

log_table = sa.Table(
    "party_log",
    metadata,
    sa.Column("party_id", Id, sa.ForeignKey("party.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", Json, nullable=False),
)


class SqlParties(PartyIndex):
    """The document and its log."""

    def __init__(self, container: Container, *, with_log: bool) -> None:
        """``with_log``: also keep the log here (embedded mode); in a cluster it lives in Valkey."""
        self._container = container
        self._with_log = with_log

    async def create(self, party: Party) -> None:
        """Store a new party, durably."""
        async with self._container.scope(write=True) as scope:
            await self.insert(scope, party)

    async def insert(self, scope: Scope, party: Party) -> None:
        """Store a new party in somebody's transaction."""
        host = party.members.get(party.founder_id)
        scope.uow.record(
            PartyCreated(at=scope.clock.now(), party_id=party.party_id, host_user_id=host.user_id if host else None)
        )
        row = _party_row(party, party.connected_count, scope.clock.now())
        await scope.uow.session.execute(sa.insert(party_table).values(**row))

    async def load(self, party_id: str) -> Party | None:
        """The document with its members, ``None`` where there is none."""
        async with self._container.scope(write=False) as scope:
            session = scope.uow.session
            document = await session.scalar(sa.select(party_table.c.document).where(party_table.c.id == party_id))
            if document is None:
                return None
            members = await session.execute(
                sa.select(member_table.c.member_id, member_table.c.document).where(member_table.c.party_id == party_id)
            )
            return from_json(document, {row.member_id: row.document for row in members})

    async def log_since(self, party_id: str, version: int) -> list[LogEntry]:
        """The entries after ``version``, oldest first."""
        async with self._container.scope(write=False) as scope:
            rows = await scope.uow.session.execute(
                sa.select(log_table.c.version, log_table.c.body)
                .where(log_table.c.party_id == party_id, log_table.c.version > version)
                .order_by(log_table.c.version)
                .limit(LOG_LENGTH)
            )
            return [LogEntry(version=row.version, body=row.body) for row in rows]

    async def write(self, changes: Sequence[Change]) -> list[None]:
        """Store changes in order, in one transaction; those of one party are folded into one."""
        now = self._container.clock.now()
        statements = _statements(self._container.database.engine.dialect.name)
        work: list[tuple[UpdateBase, list[Row]]] = []
        ended: list[Event] = []
        for folded in _by_party(changes).values():
            latest = folded[-1].party
            work.append((statements.party, [_party_row(latest, folded[-1].connected_count, now)]))
            kept, gone = _member_rows(folded)
            work += [(statements.member, kept), (statements.member_gone, gone)]
            if self._with_log:
                entries = [entry for change in folded for entry in change.entries]
                work += [(statements.log, _log_rows(latest, entries)), (statements.log_old, _log_ends(latest, entries))]
            if latest.closed is not None:
                ended.append(PartyClosed(at=now, party_id=latest.party_id, reason=latest.closed))
        work = [(statement, rows) for statement, rows in work if rows]
        if not ended:
            await self._container.database.write(work)
        else:
            async with self._container.scope(write=True) as scope:
                for event in ended:
                    scope.uow.record(event)
                scope.uow.with_commit(work)
        return [None] * len(changes)

    @override
    async def public(self, *, limit: int, offset: int) -> tuple[Sequence[PartySummary], int]:
        listed = sa.and_(party_table.c.closed.is_(False), party_table.c.access == "public")
        async with self._container.scope(write=False) as scope:
            session = scope.uow.session
            total = await session.scalar(sa.select(sa.func.count()).select_from(party_table).where(listed))
            rows = await session.execute(
                sa.select(party_table)
                .where(listed)
                .order_by(party_table.c.members_count.desc(), party_table.c.id.desc())
                .limit(limit)
                .offset(offset)
            )
            return [_summary(row._mapping) for row in rows], total or 0

    @override
    async def abandoned(self, *, before_ms: int, limit: int) -> list[str]:
        before = datetime.fromtimestamp(before_ms / 1000, UTC)
        async with self._container.scope(write=False) as scope:
            rows = await scope.uow.session.scalars(
                sa.select(party_table.c.id)
                .where(party_table.c.closed.is_(False), party_table.c.saved_at < before)
                .order_by(party_table.c.saved_at)
                .limit(limit)
            )
            return list(rows)

    @override
    async def forget_closed(self, *, before_ms: int, limit: int) -> int:
        before = datetime.fromtimestamp(before_ms / 1000, UTC)
        over = sa.select(party_table.c.id).where(party_table.c.closed, party_table.c.saved_at < before).limit(limit)
        async with self._container.scope(write=True) as scope:
            gone = await scope.uow.session.scalars(
                sa.delete(party_table).where(party_table.c.id.in_(over.scalar_subquery())).returning(party_table.c.id)
            )
            return len(gone.all())


# Inside -------------------------------------------------------------------------------------------------------------


def upsert(session: AsyncSession, table: sa.Table) -> Any:
    """``INSERT`` with ``on_conflict_do_update``, which both databases have under the same name."""
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _by_party(changes: Sequence[Change]) -> dict[str, list[Change]]:
    grouped: dict[str, list[Change]] = {}
    for change in changes:
        grouped.setdefault(change.party.party_id, []).append(change)
    return grouped


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Statements:
    """What :meth:`SqlParties.write` executes; the parameters have the names of their columns, with an underscore in a condition."""

    party: UpdateBase
    member: UpdateBase
    member_gone: UpdateBase
    log: UpdateBase
    log_old: UpdateBase


@cache
def _statements(dialect: str) -> _Statements:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    party, member = insert(party_table), insert(member_table)
    columns = [column.name for column in party_table.c if column.name not in ("id", "created_at", "chat_seq")]
    return _Statements(
        party=party.on_conflict_do_update(
            index_elements=[party_table.c.id],
            set_={name: party.excluded[name] for name in columns},
            where=party_table.c.revision < party.excluded.revision,  # another node's snapshot may be newer
        ),
        member=member.on_conflict_do_update(
            index_elements=[member_table.c.party_id, member_table.c.member_id],
            set_={"revision": member.excluded.revision, "document": member.excluded.document},
            where=member_table.c.revision <= member.excluded.revision,
        ),
        member_gone=sa.delete(member_table).where(
            member_table.c.party_id == sa.bindparam("_party_id"),
            member_table.c.member_id == sa.bindparam("_member_id"),
            member_table.c.revision <= sa.bindparam("_revision"),
        ),
        log=sa.insert(log_table),
        log_old=sa.delete(log_table).where(
            log_table.c.party_id == sa.bindparam("_party_id"), log_table.c.version <= sa.bindparam("_version")
        ),
    )


def _member_rows(changes: Sequence[Change]) -> tuple[list[Row], list[Row]]:
    """Of the members that changed, as they are last, and of those that are gone."""
    latest: dict[MemberId, tuple[int, Member | None]] = {}
    for change in changes:
        revision = change.party.revision
        latest.update({key: (revision, change.party.members[key]) for key in change.changed})
        latest.update(dict.fromkeys(change.gone, (revision, None)))
    party_id = changes[-1].party.party_id
    kept = [
        {"party_id": party_id, "member_id": key, "revision": revision, "document": member_to_json(member)}
        for key, (revision, member) in latest.items()
        if member is not None
    ]
    newest = changes[-1].party.revision
    gone = [
        {"_party_id": party_id, "_member_id": key, "_revision": newest}
        for key, (_, member) in latest.items()
        if member is None
    ]
    return kept, gone


def _log_rows(party: Party, entries: Sequence[LogEntry]) -> list[Row]:
    return [{"party_id": party.party_id, "version": entry.version, "body": entry.body} for entry in entries]


def _log_ends(party: Party, entries: Sequence[LogEntry]) -> list[Row]:
    """Up to where the log is no longer wanted, now and then; a tenth too many does no harm."""
    if not any(entry.version % (LOG_LENGTH // 10) == 0 for entry in entries):
        return []
    return [{"_party_id": party.party_id, "_version": entries[-1].version - LOG_LENGTH}]


def _party_row(party: Party, connected_count: int, now: datetime) -> Row:
    return {
        "id": party.party_id,
        "revision": party.revision,
        "document": to_json(party, members=False),
        "title": party.settings.title,
        "access": party.settings.access.value,
        "members_count": connected_count,
        "chat_seq": 0,
        "created_at": now,
        "saved_at": now,
        "closed": party.closed is not None,
    }


def _summary(row: Any) -> PartySummary:
    return PartySummary(
        party_id=row["id"],
        title=row["title"],
        access=row["access"],
        members_count=row["members_count"],
        created_at_ms=int(row["created_at"].timestamp() * 1000),
        media=row["document"].get("playback", {}).get("media"),
    )
