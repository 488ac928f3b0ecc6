"""Packagers in SQL."""

from collections.abc import Sequence

from sqlalchemy import Column, LargeBinary, String, Table, select

from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata
from streaming.keys.packagers.model import MAX_NAME_CHARS, Packager

packager_table = Table(
    "packagers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
)

mapper_registry.map_imperatively(Packager, packager_table)


class SqlPackagers:
    """Packagers behind the ``Packagers`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, packager: Packager) -> None:
        """Written with the next flush."""
        self._session.add(packager)

    async def all(self) -> Sequence[Packager]:
        """By id, and so by age."""
        return (await self._session.scalars(select(Packager).order_by(packager_table.c.id))).all()

    async def get(self, packager_id: str) -> Packager | None:
        """By primary key."""
        return await self._session.get(Packager, packager_id)

    async def by_token(self, token_hash: bytes) -> Packager | None:
        """By its unique index."""
        query = select(Packager).where(packager_table.c.token_hash == token_hash)
        return (await self._session.scalars(query)).one_or_none()

    async def remove(self, packager: Packager) -> None:
        """Deleted with the next flush."""
        await self._session.delete(packager)
