"""Channels in the database, and what the nodes say of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    select,
    true,
)

from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from streaming.live.channels.model import (
    DESCRIPTION_MAX,
    REASON_MAX,
    SEEN_FOR,
    TITLE_MAX,
    WATCHES_OVER,
    Audience,
    Broadcast,
    Channel,
    ChannelView,
)
from streaming.live.channels.usecases import ChannelFilter

NODE_CHARS = 32

channel_table = Table(
    "live_channels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, nullable=False, index=True),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("description", String(DESCRIPTION_MAX), nullable=False),
    Column("audience", text_enum(Audience, length=16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("key_hash", LargeBinary(32), unique=True),
    Column("key_made_at", UtcDateTime),
    Column("taken_down_at", UtcDateTime),
    Column("taken_down_reason", String(REASON_MAX), nullable=False),
    Column("record_since", UtcDateTime),
    Column("version", Integer, nullable=False),
)
broadcast_table = Table(
    "live_broadcasts",
    metadata,
    Column("channel_id", Id, ForeignKey("live_channels.id", ondelete="CASCADE"), primary_key=True),
    Column("node_id", String(NODE_CHARS), nullable=False, index=True),
    Column("is_live", Boolean, nullable=False),
    Column("began_at", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("viewers", Integer, nullable=False),
)

mapper_registry.map_imperatively(Channel, channel_table, version_id_col=channel_table.c.version)
mapper_registry.map_imperatively(Broadcast, broadcast_table)


class SqlChannels:
    """Channels behind the ``Channels`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, channel: Channel) -> None:
        """Written with the next flush."""
        self._session.add(channel)

    async def get(self, channel_id: str) -> Channel | None:
        """By primary key."""
        return await self._session.get(Channel, channel_id)

    async def lock(self, channel_id: str) -> Channel | None:
        """With a row lock where there are any."""
        return await self._session.get(Channel, channel_id, with_for_update=True)

    async def lock_owner(self, user_id: str) -> int:
        """Counted under a lock on the rows there are: two first channels at once are one too many of ten at most."""
        query = select(channel_table.c.id).where(channel_table.c.owner_id == user_id).with_for_update()
        return len((await self._session.execute(query)).all())

    async def by_key(self, key_hash: bytes) -> Channel | None:
        """By its unique index."""
        query = select(Channel).where(channel_table.c.key_hash == key_hash)
        return (await self._session.scalars(query)).one_or_none()

    async def of_owner(self, user_id: str) -> Sequence[Channel]:
        """By id, and so by age."""
        query = select(Channel).where(channel_table.c.owner_id == user_id).order_by(channel_table.c.id)
        return (await self._session.scalars(query)).all()

    async def many(self, channel_ids: Sequence[str]) -> Sequence[Channel]:
        """By primary key."""
        return (await self._session.scalars(select(Channel).where(channel_table.c.id.in_(channel_ids)))).all()

    async def listed(
        self, wanted: ChannelFilter, now: datetime, offset: int, limit: int
    ) -> tuple[list[ChannelView], int]:
        """One statement for the page, one for the count."""
        carried = and_(broadcast_table.c.channel_id == channel_table.c.id, broadcast_table.c.seen_at > now - SEEN_FOR)
        query = select(Channel, Broadcast).outerjoin(broadcast_table, carried).where(_filter(wanted))
        count: Select[Any] = (
            select(func.count()).select_from(channel_table.outerjoin(broadcast_table, carried)).where(_filter(wanted))
        )
        live_first = func.coalesce(broadcast_table.c.is_live, False).desc()
        page = query.order_by(live_first, channel_table.c.id.desc()).offset(offset).limit(limit)
        rows = (await self._session.execute(page)).all()
        total: int = (await self._session.execute(count)).scalar_one()
        return [ChannelView(channel=row[0], broadcast=row[1]) for row in rows], total

    async def remove(self, channel: Channel) -> None:
        """Deleted with the next flush; what was said of it goes with it."""
        await self._session.delete(channel)

    async def broadcast(self, channel_id: str) -> Broadcast | None:
        """By primary key."""
        return await self._session.get(Broadcast, channel_id)

    async def carried_by(self, node_id: str) -> Sequence[Broadcast]:
        """By its index."""
        query = select(Broadcast).where(broadcast_table.c.node_id == node_id)
        return (await self._session.scalars(query)).all()

    async def say(self, broadcast: Broadcast) -> None:
        """Inserted, or over what is there."""
        await self._session.merge(broadcast)

    async def unsay(self, channel_id: str, node_id: str) -> None:
        """Not what another node said since."""
        await self._session.execute(
            delete(broadcast_table).where(
                broadcast_table.c.channel_id == channel_id, broadcast_table.c.node_id == node_id
            )
        )


def _filter(wanted: ChannelFilter) -> Any:
    c, viewer = channel_table.c, wanted.viewer
    conditions: list[ColumnElement[bool]] = []
    if wanted.live:
        conditions.append(broadcast_table.c.is_live)
    if wanted.mine:
        conditions.append(c.owner_id == (None if viewer is None else viewer.user_id))
    elif not (wanted.everything and viewer is not None and viewer.may(WATCHES_OVER)):
        conditions.append(c.taken_down_at.is_(None))
        if viewer is None:
            conditions.append(c.audience == Audience.PUBLIC)
    return and_(*conditions) if conditions else true()
