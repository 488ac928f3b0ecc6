"""Chat and the room clock in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from kernel.db import Id, UtcDateTime, metadata
from kernel.scope import Container
from realtime.party.invites.repository import withdraw_of_member
from realtime.party.ports import ChatLine, Posted
from realtime.party.stores.repository import party_table
from realtime.sync.room_clock import OffsetStore

chat_table = sa.Table(
    "party_chat",
    metadata,
    sa.Column("party_id", Id, sa.ForeignKey("party.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.String(64), nullable=False),
    sa.Column("member_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply_to", sa.String(64)),
    sa.Column("position_ms", sa.BigInteger, nullable=False),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("channel_id", Id),
    sa.Column("programme_ms", sa.BigInteger),
    sa.UniqueConstraint("party_id", "message_id"),
    sa.Index("ix_party_chat_member", "member_id"),
)

clock_table = sa.Table(
    "room_clock",
    metadata,
    sa.Column("boot_id", sa.String(64), primary_key=True),
    sa.Column("offset_ms", sa.Float, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)


class SqlChat:
    """Chat lines; ``write`` is what a group commit calls."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def write(self, lines: Sequence[ChatLine]) -> list[Posted]:
        """Append in order, in one transaction.

        The counter in the party's row is taken under that row's lock, so that on several nodes, too, the order of the numbers
        is the order of the commits, without holes.
        """
        async with self._container.scope(write=True) as scope:
            session = scope.uow.session
            for party_id in sorted(
                {line.party_id for line in lines}
            ):  # one order of locks, so that nodes cannot deadlock
                await session.execute(sa.select(party_table.c.id).where(party_table.c.id == party_id).with_for_update())
            return [await self._append(session, line) for line in lines]

    async def _append(self, session: AsyncSession, line: ChatLine) -> Posted:
        known = await _find_line(session, line.party_id, line.message_id)
        if known is not None:
            return Posted(known, fresh=False)
        seq = await session.scalar(
            sa.update(party_table)
            .where(party_table.c.id == line.party_id)
            .values(chat_seq=party_table.c.chat_seq + 1)
            .returning(party_table.c.chat_seq)
        )
        if seq is None:
            raise LookupError("chat for a party that is not stored")
        numbered = replace(line, seq=seq)
        await session.execute(sa.insert(chat_table).values(**_chat_row(numbered)))
        return Posted(numbered, fresh=True)

    async def since(self, party_id: str, seq: int, *, limit: int) -> list[ChatLine]:
        """What came after ``seq``, oldest first; with more than ``limit``, the newest of them."""
        async with self._container.scope(write=False) as scope:
            rows = await scope.uow.session.execute(
                sa.select(chat_table)
                .where(chat_table.c.party_id == party_id, chat_table.c.seq > seq)
                .order_by(chat_table.c.seq.desc())
                .limit(limit)
            )
            return [_line(row._mapping) for row in rows][::-1]

    async def find(self, party_id: str, message_id: str) -> ChatLine | None:
        """The line, deleted or not."""
        async with self._container.scope(write=False) as scope:
            return await _find_line(scope.uow.session, party_id, message_id)

    async def delete(self, party_id: str, message_id: str) -> None:
        """Empty the text and mark the line; its number stays taken."""
        async with self._container.scope(write=True) as scope:
            await scope.uow.session.execute(
                sa.update(chat_table)
                .where(chat_table.c.party_id == party_id, chat_table.c.message_id == message_id)
                .values(deleted=True, text="")
            )


async def forget_member(session: AsyncSession, member_id: str) -> None:
    """Take back all that somebody said, wherever it was; that something stood there can be seen.  Their invites end."""
    await withdraw_of_member(session, member_id)
    await session.execute(
        sa.update(chat_table).where(chat_table.c.member_id == member_id).values(deleted=True, text="", name="")
    )


async def said_by(session: AsyncSession, member_id: str, limit: int) -> list[ChatLine]:
    """What somebody said wherever it is still there, newest first."""
    rows = await session.execute(
        sa.select(chat_table)
        .where(chat_table.c.member_id == member_id, ~chat_table.c.deleted)
        .order_by(chat_table.c.sent_at.desc(), chat_table.c.seq.desc())
        .limit(limit)
    )
    return [_line(row._mapping) for row in rows]


class SqlClockOffsets(OffsetStore):
    """Where room time stands against the boot clock of this machine, for embedded mode."""

    def __init__(self, container: Container) -> None:
        self._container = container

    @override
    async def load(self, boot_id: str) -> float | None:
        async with self._container.scope(write=False) as scope:
            return await scope.uow.session.scalar(
                sa.select(clock_table.c.offset_ms).where(clock_table.c.boot_id == boot_id)
            )

    async def save(self, boot_id: str, offset_ms: float) -> None:
        """Replaces what earlier boots left."""
        async with self._container.scope(write=True) as scope:
            await scope.uow.session.execute(sa.delete(clock_table))
            await scope.uow.session.execute(
                sa.insert(clock_table).values(boot_id=boot_id, offset_ms=offset_ms, saved_at=scope.clock.now())
            )


# Inside -------------------------------------------------------------------------------------------------------------


async def _find_line(session: AsyncSession, party_id: str, message_id: str) -> ChatLine | None:
    row = (
        await session.execute(
            sa.select(chat_table).where(chat_table.c.party_id == party_id, chat_table.c.message_id == message_id)
        )
    ).first()
    return None if row is None else _line(row._mapping)


def _chat_row(line: ChatLine) -> dict[str, Any]:
    return {
        "party_id": line.party_id,
        "seq": line.seq,
        "message_id": line.message_id,
        "member_id": line.member_id,
        "name": line.name,
        "text": line.text,
        "reply_to": line.reply_to,
        "position_ms": line.position_ms,
        "sent_at": datetime.fromtimestamp(line.sent_at_ms / 1000, UTC),
        "deleted": line.deleted,
        "channel_id": line.channel_id,
        "programme_ms": line.programme_ms,
    }


def _line(row: Any) -> ChatLine:
    return ChatLine(
        party_id=row["party_id"],
        seq=row["seq"],
        message_id=row["message_id"],
        member_id=row["member_id"],
        name=row["name"],
        text=row["text"],
        reply_to=row["reply_to"],
        position_ms=row["position_ms"],
        sent_at_ms=round(row["sent_at"].timestamp() * 1000),
        deleted=row["deleted"],
        channel_id=row["channel_id"],
        programme_ms=row["programme_ms"],
    )
