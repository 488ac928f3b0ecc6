"""Content keys in the database, encrypted (AES-256-GCM) under keys of the server."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, Integer, RowMapping, String, Table, Text, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import override

from kernel.clock import Clock
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata, text_enum
from kernel.ids import new_id
from kernel.scope import Scope
from kernel.secrets.encryption import SecretBox
from kernel.secrets.reencryption import SecretStore, StoredSecret
from streaming.keys.model import MAX_CONTENT_ID, ContentKey, TrackClass
from streaming.keys.usecases import ContentKeys

content_keys = Table(
    "content_keys",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign key: contents of outside packagers are known nowhere else.
    Column("content_id", String(MAX_CONTENT_ID), nullable=False),
    Column("track_class", text_enum(TrackClass, length=16)),
    Column("period", Integer),
    Column("kid", Id, nullable=False),
    Column("sealed_key", Text, nullable=False),
    Column("iv", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("content_id", "kid"),
    # Keys asked for by their id have no period, and do not clash here: NULL equals nothing.
    UniqueConstraint("content_id", "track_class", "period"),
)

_CLASSES: dict[TrackClass | None, int] = {each: place for place, each in enumerate(TrackClass)}


def bound_to(content_id: str, kid: str) -> str:
    """What a sealed key opens with: it is of no use under another id."""
    return f"content-key:{content_id}:{kid}"


class SqlContentKeys(ContentKeys):
    """Content keys behind the ``ContentKeys`` port.  Raises ``SealBrokenError`` for a key under a secret key that is gone."""

    def __init__(self, uow: UnitOfWork, box: SecretBox, clock: Clock) -> None:
        self._session = uow.session
        self._box = box
        self._clock = clock

    @override
    async def get_or_make(self, content_id: str, track_class: TrackClass, period: int = 0) -> ContentKey:
        c = content_keys.c
        query = select(content_keys).where(c.content_id == content_id, c.track_class == track_class, c.period == period)
        return await self._get_or_make(query, ContentKey.make(content_id, track_class, period))

    @override
    async def get_or_make_for_kid(self, content_id: str, kid: str, track_class: TrackClass | None = None) -> ContentKey:
        query = select(content_keys).where(content_keys.c.content_id == content_id, content_keys.c.kid == kid)
        return await self._get_or_make(query, ContentKey.make(content_id, track_class, None, kid=kid))

    @override
    async def of_content(self, content_id: str) -> Sequence[ContentKey]:
        found = await self._session.execute(select(content_keys).where(content_keys.c.content_id == content_id))
        keys = [self._opened(row) for row in found.mappings()]
        return sorted(keys, key=lambda each: (_CLASSES.get(each.track_class, -1), each.period or 0, each.kid))

    @override
    async def find(self, content_id: str, kids: Collection[str]) -> Sequence[ContentKey]:
        query = select(content_keys).where(content_keys.c.content_id == content_id, content_keys.c.kid.in_(kids))
        return [self._opened(row) for row in (await self._session.execute(query)).mappings()]

    @override
    async def remove(self, content_id: str) -> None:
        await self._session.execute(delete(content_keys).where(content_keys.c.content_id == content_id))

    async def _get_or_make(self, query: Any, fresh: ContentKey) -> ContentKey:
        known = (await self._session.execute(query)).mappings().one_or_none()
        if known is None:
            insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
            statement = insert(content_keys).values(
                id=new_id(),
                content_id=fresh.content_id,
                track_class=fresh.track_class,
                period=fresh.period,
                kid=fresh.kid,
                sealed_key=self._box.seal(fresh.key.hex(), bound=bound_to(fresh.content_id, fresh.kid)),
                iv=fresh.iv.hex(),
                created_at=self._clock.now(),
            )
            # Two packagers may ask at once: the second one waits here for the first, and then reads its key.
            await self._session.execute(statement.on_conflict_do_nothing())
            known = (await self._session.execute(query)).mappings().one()
        return self._opened(known)

    def _opened(self, row: RowMapping) -> ContentKey:
        opened = self._box.open(row["sealed_key"], bound=bound_to(row["content_id"], row["kid"]))
        return ContentKey(
            content_id=row["content_id"],
            track_class=row["track_class"],
            period=row["period"],
            kid=row["kid"],
            key=bytes.fromhex(opened),
            iv=bytes.fromhex(row["iv"]),
        )


class SealedKeys(SecretStore):
    """Content keys, encrypted, as ``kernel.secrets.reencryption`` knows them."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def secrets(self) -> list[StoredSecret]:
        c = content_keys.c
        rows = await self._session.execute(select(c.id, c.sealed_key, c.content_id, c.kid))
        return [StoredSecret(row.id, row.sealed_key, bound_to(row.content_id, row.kid)) for row in rows]

    @override
    async def replace(self, owner_id: str, before: str, after: str) -> None:
        c = content_keys.c
        await self._session.execute(
            update(content_keys).where(c.id == owner_id, c.sealed_key == before).values(sealed_key=after)
        )
