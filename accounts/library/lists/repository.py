"""Lists in the database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    delete,
    func,
    select,
)
from typing_extensions import override

from accounts.identity.repository import users
from accounts.library.lists.model import NOTE_MAX, TITLE_MAX, TOKEN_LENGTH, ListItem, UserList, Visibility
from accounts.library.lists.usecases import Lists
from accounts.library.repository import next_revisions, upsert
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.events import Event

user_lists = Table(
    "user_lists",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("description", String, nullable=False),
    Column("visibility", String(8), nullable=False),
    Column("token", String(TOKEN_LENGTH), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index(None, "owner_id", "revision"),
)

user_list_items = Table(
    "user_list_items",
    metadata,
    Column("list_id", Id, ForeignKey("user_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("release_id", Id, primary_key=True, index=True),
    Column("position", BigInteger, nullable=False),
    Column("note", String(NOTE_MAX), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

_COUNT = (
    select(func.count())
    .where(user_list_items.c.list_id == user_lists.c.id)
    .correlate(user_lists)
    .scalar_subquery()
    .label("items_count")
)


class SqlLists(Lists):
    """Lists behind the ``Lists`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._session = uow.session

    @override
    async def next_revision(self, user_id: str) -> int:
        return (await next_revisions(self._session, [user_id]))[user_id]

    @override
    async def get(self, list_id: str) -> UserList | None:
        return await self._one(select(user_lists, _COUNT).where(user_lists.c.id == list_id, ~user_lists.c.removed))

    @override
    async def by_token(self, token: str) -> UserList | None:
        return await self._one(select(user_lists, _COUNT).where(user_lists.c.token == token, ~user_lists.c.removed))

    @override
    async def of_owner(self, user_id: str, *, only: Visibility | None = None) -> list[UserList]:
        query = select(user_lists, _COUNT).where(user_lists.c.owner_id == user_id, ~user_lists.c.removed)
        if only is not None:
            query = query.where(user_lists.c.visibility == only.value)
        query = query.order_by(user_lists.c.updated_at.desc(), user_lists.c.id)
        return [_list(row) for row in await self._session.execute(query)]

    @override
    async def holding(self, user_id: str, release_id: str) -> set[str]:
        query = (
            select(user_list_items.c.list_id)
            .join(user_lists, user_lists.c.id == user_list_items.c.list_id)
            .where(user_lists.c.owner_id == user_id, user_list_items.c.release_id == release_id)
        )
        return set((await self._session.scalars(query)).all())

    @override
    async def changed(self, user_id: str, since: int, limit: int) -> list[UserList]:
        query = select(user_lists, _COUNT).where(user_lists.c.owner_id == user_id, user_lists.c.revision > since)
        query = query.order_by(user_lists.c.revision, user_lists.c.id).limit(limit)
        return [_list(row) for row in await self._session.execute(query)]

    @override
    async def store(self, row: UserList) -> None:
        values = {
            "id": row.id,
            "owner_id": row.owner_id,
            "title": row.title,
            "description": row.description,
            "visibility": row.visibility.value,
            "token": row.token,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "version": row.version,
            "removed": row.removed,
            "revision": row.revision,
        }
        statement = upsert(self._session, user_lists).values(values)
        changed = {name: statement.excluded[name] for name in values if name not in {"id", "owner_id", "created_at"}}
        await self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))

    @override
    async def items(self, list_id: str) -> list[ListItem]:
        return list((await self.items_of([list_id])).get(list_id, ()))

    @override
    async def items_of(self, list_ids: Collection[str]) -> Mapping[str, Sequence[ListItem]]:
        query = select(user_list_items).where(user_list_items.c.list_id.in_(list_ids))
        query = query.order_by(user_list_items.c.list_id, user_list_items.c.position, user_list_items.c.release_id)
        found: dict[str, list[ListItem]] = {}
        for row in await self._session.execute(query):
            item = ListItem(release_id=row.release_id, position=row.position, note=row.note, added_at=row.added_at)
            found.setdefault(row.list_id, []).append(item)
        return found

    @override
    async def store_items(self, list_id: str, items: Sequence[ListItem]) -> None:
        statement = upsert(self._session, user_list_items)
        changed = {name: statement.excluded[name] for name in ("position", "note", "added_at")}
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["list_id", "release_id"], set_=changed),
            [
                {
                    "list_id": list_id,
                    "release_id": item.release_id,
                    "position": item.position,
                    "note": item.note,
                    "added_at": item.added_at,
                }
                for item in items
            ],
        )

    @override
    async def remove_items(self, list_id: str, release_ids: Collection[str]) -> None:
        await self._session.execute(
            delete(user_list_items).where(
                user_list_items.c.list_id == list_id, user_list_items.c.release_id.in_(release_ids)
            )
        )

    @override
    async def owner_name(self, user_id: str) -> str | None:
        query = select(users.c.nickname).where(users.c.id == user_id, users.c.banned_at.is_(None))
        return await self._session.scalar(query)

    @override
    def announce(self, event: Event) -> None:
        self._uow.record(event)

    async def _one(self, query: Select[Any]) -> UserList | None:
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _list(row)


def _list(row: Row[Any]) -> UserList:
    values = dict(row._mapping)
    return UserList(**values | {"visibility": Visibility(row.visibility)})
