"""Files that were read and wait for their owner's word, in the database."""

import asyncio
import zlib
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, delete, select, union, update
from typing_extensions import override

from accounts.library.collections.repository import favorites, shelf_items
from accounts.library.lists.repository import user_list_items, user_lists
from accounts.library.progress.repository import watch_progress
from accounts.library.transfer.adapters.exporter import ShelvedReleases
from accounts.library.transfer.document import Document
from accounts.library.transfer.matching import Match
from accounts.library.transfer.plan import Policy
from accounts.library.transfer.usecases import Import, ImportNotFound, Imports, Result
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

library_imports = Table(
    "library_imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    # Compressed JSON: read whole or not at all, and up to 16 MiB of it.
    Column("document", LargeBinary, nullable=False),
    Column("matches", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("policy", String(8), nullable=False),
    Column("choices", Json, nullable=False),
    Column("job_id", Id),
    Column("result", Json, nullable=False),
    Index(None, "user_id", "created_at"),
)

_DOCUMENT: Final = TypeAdapter(Document)
_MATCHES: Final = TypeAdapter(tuple[Match, ...])
_RESULT: Final = TypeAdapter(Result)


class SqlImports(Imports):
    """Waiting files behind the ``Imports`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    @override
    async def add(self, row: Import, *, keep: int) -> None:
        document = await asyncio.to_thread(_packed, _DOCUMENT, row.document)
        matches = await asyncio.to_thread(_packed, _MATCHES, row.matches)
        others = select(library_imports.c.id).where(library_imports.c.user_id == row.user_id)
        newest = others.order_by(library_imports.c.created_at.desc()).limit(keep - 1)
        stay = (await self._session.scalars(newest)).all()
        idle = [row_id for row_id in (await self._session.scalars(others.where(_idle()))).all() if row_id not in stay]
        await self._session.execute(delete(library_imports).where(library_imports.c.id.in_(idle)))
        await self._session.execute(
            library_imports.insert().values(
                id=row.id,
                user_id=row.user_id,
                document=document,
                matches=matches,
                created_at=row.created_at,
                expires_at=row.expires_at,
                policy=row.policy.value,
                choices={},
                result=asdict(row.result),
            )
        )

    @override
    async def get(self, user_id: str, import_id: str) -> Import | None:
        query = select(library_imports).where(library_imports.c.id == import_id, library_imports.c.user_id == user_id)
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return Import(
            id=row.id,
            user_id=row.user_id,
            document=await asyncio.to_thread(_unpacked, _DOCUMENT, row.document),
            matches=await asyncio.to_thread(_unpacked, _MATCHES, row.matches),
            created_at=row.created_at,
            expires_at=row.expires_at,
            policy=Policy(row.policy),
            choices={int(number): release_id for number, release_id in row.choices.items()},
            job_id=row.job_id,
            result=_RESULT.validate_python(row.result),
        )

    @override
    async def ordered(self, row: Import) -> None:
        choices = {str(number): release_id for number, release_id in row.choices.items()}
        await self._update(row.id, policy=row.policy.value, choices=choices, job_id=row.job_id)

    @override
    async def result(self, import_id: str) -> Result:
        row = await self._session.execute(select(library_imports.c.result).where(library_imports.c.id == import_id))
        found = row.one_or_none()
        if found is None:
            raise ImportNotFound
        return _RESULT.validate_python(found.result)

    @override
    async def advanced(self, import_id: str, result: Result) -> None:
        await self._update(import_id, result=asdict(result))

    @override
    async def remove(self, import_id: str) -> None:
        await self._session.execute(delete(library_imports).where(library_imports.c.id == import_id))

    @override
    async def forget_expired(self, now: datetime) -> None:
        await self._session.execute(delete(library_imports).where(library_imports.c.expires_at <= now))

    @override
    def announce(self, event: Event) -> None:
        self._uow.record(event)

    async def _update(self, import_id: str, **values: Any) -> None:
        await self._session.execute(update(library_imports).where(library_imports.c.id == import_id).values(**values))


class SqlShelvedReleases(ShelvedReleases):
    """Every release that a library says something of."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def after(self, user_id: str, release_id: str | None, *, limit: int) -> list[str]:
        kept = [
            select(table.c.release_id).where(table.c.user_id == user_id, ~table.c.removed)
            for table in (favorites, shelf_items, watch_progress)
        ]
        listed = (
            select(user_list_items.c.release_id)
            .join(user_lists, user_lists.c.id == user_list_items.c.list_id)
            .where(user_lists.c.owner_id == user_id)
        )
        every = union(*kept, listed).subquery()
        query = select(every.c.release_id).order_by(every.c.release_id).limit(limit)
        if release_id is not None:
            query = query.where(every.c.release_id > release_id)
        return list((await self._session.scalars(query)).all())


def _idle() -> Any:
    # Not begun, or done; a job that lost its worker is picked up again, and finds its file.
    return library_imports.c.job_id.is_(None)


def _packed(kind: TypeAdapter[Any], value: Any) -> bytes:
    return zlib.compress(kind.dump_json(value), level=3)


def _unpacked(kind: TypeAdapter[Any], data: bytes) -> Any:
    return kind.validate_json(zlib.decompress(data))
