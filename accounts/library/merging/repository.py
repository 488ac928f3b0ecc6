"""Libraries of people who kept one of two releases, or both, in SQL.

Every row that changes is written down before and after.  To undo it each is put back that still is as the merge left it:
what its owner changed since is theirs.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Column, ForeignKey, Row, String, Table, delete, func, insert, select, update

from accounts.library.collections.model import Favorite, ShelfItem, ShelfName
from accounts.library.collections.repository import favorites, shelf_items
from accounts.library.lists.repository import user_list_items, user_lists
from accounts.library.merging.rules import joined_favorite, joined_progress, joined_shelf
from accounts.library.progress.model import Progress
from accounts.library.progress.repository import watch_progress
from accounts.library.repository import library_revisions, next_revisions, upsert
from kernel.db import Id, Json, UnitOfWork, UtcDateTime, metadata

PEOPLE_AT_ONCE: Final = 200
"""Whose rows are read and written together."""
ROWS_AT_ONCE: Final = 500
"""Of those people, in one statement: some 10 ms of the event loop.  One person may have watched thousands of episodes."""

library_merge_rows = Table(
    "library_merge_rows",
    metadata,
    Column("merge_id", Id, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("owner_id", Id, primary_key=True),
    Column("item_id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("before", Json(none_as_null=True)),
    Column("after", Json(none_as_null=True)),
)

T = TypeVar("T")
Values = dict[str, Any]

TABLES: Final[Mapping[str, tuple[Table, str, str]]] = {
    "favorites": (favorites, "user_id", "release_id"),
    "shelves": (shelf_items, "user_id", "release_id"),
    "progress": (watch_progress, "user_id", "episode_id"),
    "lists": (user_list_items, "list_id", "release_id"),
}
"""Kind → its table, whose a row is, and of what."""


class SqlLibraryMerges:
    """Rows of people's libraries, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def merge(
        self, merge_id: str, source_id: str, target_id: str, moved: Collection[str], replaced: Mapping[str, str]
    ) -> int:
        """Take along what is kept of ``source_id``; how many rows changed."""
        count, families = 0, list(_families(moved, replaced))
        for part in _shares(await self._people(source_id, target_id, moved, replaced)):
            revisions = await next_revisions(self._session, part)
            changes = [
                *await self._favorites(part, source_id, target_id),
                *await self._shelves(part, source_id, target_id),
            ]
            await self._write(merge_id, changes, revisions)
            count += len(changes)
            for moving, giving_way in families:
                changes = await self._progress(part, target_id, moving, giving_way)
                await self._write(merge_id, changes, revisions)
                count += len(changes)
        return count + await self._lists(merge_id, source_id, target_id)

    async def follow(self, episode_ids: Sequence[str], release_id: str) -> None:
        """The episodes belong to this release from now on; their viewers' other devices learn of it."""
        c = watch_progress.c
        for episodes in _parts(episode_ids):
            users = sorted(await self._session.scalars(select(c.user_id).where(c.episode_id.in_(episodes)).distinct()))
            for part in _parts(users):
                await next_revisions(self._session, part)
                revision = select(library_revisions.c.revision).where(library_revisions.c.user_id == c.user_id)
                await self._session.execute(
                    update(watch_progress)
                    .where(c.user_id.in_(part), c.episode_id.in_(episodes))
                    .values(release_id=release_id, revision=revision.scalar_subquery())
                )

    async def undo(self, merge_id: str) -> int:
        """Put back every row that still is as the merge left it; how many."""
        c, count = library_merge_rows.c, 0
        query = select(c.user_id, func.count()).where(c.merge_id == merge_id).group_by(c.user_id)
        for part in _shares({row[0]: row[1] for row in await self._session.execute(query)}):
            revisions = await next_revisions(self._session, part)
            for kind in TABLES:
                async for rows in self._journal(merge_id, kind, part):
                    count += await self._restore(kind, rows, revisions)
        await self.forget(merge_id)
        return count

    async def of_user(self, user_id: str) -> Sequence[tuple[str, str, Values | None, Values | None]]:
        """Merge, kind, before and after of all that is written down of one person."""
        c = library_merge_rows.c
        query = select(c.merge_id, c.kind, c.before, c.after).where(c.user_id == user_id).order_by(c.merge_id, c.kind)
        return [(row[0], row[1], row[2], row[3]) for row in await self._session.execute(query)]

    async def forget(self, merge_id: str) -> None:
        """What was written down of a merge that nobody will undo."""
        await self._session.execute(delete(library_merge_rows).where(library_merge_rows.c.merge_id == merge_id))

    async def _journal(self, merge_id: str, kind: str, people: Sequence[str]) -> AsyncIterator[Sequence[Row[Any]]]:
        """What was written down of one kind, a statement at a time."""
        c = library_merge_rows.c
        query = select(library_merge_rows).where(c.merge_id == merge_id, c.kind == kind, c.user_id.in_(people))
        query = query.order_by(c.owner_id, c.item_id).limit(ROWS_AT_ONCE)
        for first in itertools.count(0, ROWS_AT_ONCE):
            rows = (await self._session.execute(query.offset(first))).all()
            if rows:
                yield rows
            if len(rows) < ROWS_AT_ONCE:
                return

    async def _people(
        self, source_id: str, target_id: str, moved: Collection[str], replaced: Mapping[str, str]
    ) -> Mapping[str, int]:
        """Whose libraries are touched, and how many rows of theirs at most."""
        people = Counter[str]()
        for table in (favorites, shelf_items):
            query = select(table.c.user_id).where(table.c.release_id == source_id, ~table.c.removed)
            people.update(await self._session.scalars(query))
        if moved or replaced:
            c = watch_progress.c
            counts = select(c.user_id, func.count()).where(c.release_id.in_((source_id, target_id)))
            people.update({row[0]: row[1] for row in await self._session.execute(counts.group_by(c.user_id))})
        return people

    async def _rows(self, kind: str, people: Collection[str], items: Collection[str]) -> dict[tuple[str, str], Values]:
        table, owner, item = TABLES[kind]
        query = select(table).where(table.c[owner].in_(people), table.c[item].in_(items))
        found = {}
        for row in await self._session.execute(query):
            values = _values(row)
            found[values[owner], values[item]] = values
        return found

    async def _favorites(self, people: Sequence[str], source_id: str, target_id: str) -> list["_Change"]:
        rows, changes = await self._rows("favorites", people, (source_id, target_id)), []
        for user_id in people:
            other, own = rows.get((user_id, source_id)), rows.get((user_id, target_id))
            if other is None or other["removed"]:
                continue
            joined = joined_favorite(target_id, None if own is None else _favorite(own), _favorite(other))
            stays = {**other, "release_id": target_id, "added_at": joined.added_at, "removed": False}
            changes += [
                _Change("favorites", user_id, own, stays),
                _Change("favorites", user_id, other, {**other, "removed": True}),
            ]
        return changes

    async def _shelves(self, people: Sequence[str], source_id: str, target_id: str) -> list["_Change"]:
        rows, changes = await self._rows("shelves", people, (source_id, target_id)), []
        for user_id in people:
            other, own = rows.get((user_id, source_id)), rows.get((user_id, target_id))
            if other is None or other["removed"]:
                continue
            joined = joined_shelf(target_id, None if own is None else _shelf(own), _shelf(other))
            stays = {
                **other,
                "release_id": target_id,
                "shelf": joined.shelf.value,
                "changed_at": joined.changed_at,
                "started_at": joined.started_at,
                "finished_at": joined.finished_at,
                "removed": False,
            }
            changes += [
                _Change("shelves", user_id, own, stays),
                _Change("shelves", user_id, other, {**other, "removed": True}),
            ]
        return changes

    async def _progress(
        self, people: Sequence[str], target_id: str, moved: Collection[str], replaced: Mapping[str, str]
    ) -> list["_Change"]:
        watched: dict[str, dict[str, Values]] = defaultdict(dict)
        rows = await self._rows("progress", people, {*moved, *replaced, *replaced.values()})
        for (user_id, episode_id), values in rows.items():
            watched[user_id][episode_id] = values
        changes: list[_Change] = []
        for user_id, now in watched.items():
            after = {
                one: {**values, "release_id": target_id} if one in moved else values for one, values in now.items()
            }
            for gone in [one for one in now if one in replaced]:
                stays, other = replaced[gone], after[gone]
                if other["removed"]:
                    continue
                own = after.get(stays)
                joined = joined_progress(target_id, stays, None if own is None else Progress(**own), Progress(**other))
                after[stays] = {name: getattr(joined, name) for name in watch_progress.c.keys()}  # noqa: SIM118
                after[gone] = {**other, "removed": True}
            changes += [
                _Change("progress", user_id, now.get(one), values)
                for one, values in after.items()
                if now.get(one) != values
            ]
        return changes

    async def _lists(self, merge_id: str, source_id: str, target_id: str) -> int:
        items, lists = user_list_items.c, user_lists.c
        query = select(user_list_items, lists.owner_id).join(user_lists, lists.id == items.list_id)
        rows = (await self._session.execute(query.where(items.release_id.in_((source_id, target_id))))).all()
        own = {row.list_id for row in rows if row.release_id == target_id}
        changes: list[_Change] = []
        owners: dict[str, str] = {}
        for row in rows:
            if row.release_id != source_id:
                continue
            before = {name: getattr(row, name) for name in user_list_items.c.keys()}  # noqa: SIM118
            owners[row.list_id] = row.owner_id
            changes.append(_Change("lists", row.list_id, before, None))
            if row.list_id not in own:
                changes.append(_Change("lists", row.list_id, None, {**before, "release_id": target_id}))
        for part in _parts(sorted(set(owners.values()))):
            revisions = await next_revisions(self._session, part)
            mine = [change for change in changes if owners[change.owner_id] in revisions]
            await self._write(merge_id, mine, revisions, owners)
        return len(changes)

    async def _write(
        self,
        merge_id: str,
        changes: Sequence["_Change"],
        revisions: Mapping[str, int],
        owners: Mapping[str, str] | None = None,
    ) -> None:
        for kind in TABLES:
            wanted = [(change.owner_id, change.item, change.after) for change in changes if change.kind == kind]
            for part in _parts(wanted, ROWS_AT_ONCE):
                await self._apply(kind, part, revisions, owners)
        for some in _parts(changes, ROWS_AT_ONCE):
            journal = [
                {
                    "merge_id": merge_id,
                    "kind": change.kind,
                    "owner_id": change.owner_id,
                    "item_id": change.item,
                    "user_id": (owners or {}).get(change.owner_id, change.owner_id),
                    "before": _json(change.before),
                    "after": _json(change.after),
                }
                for change in some
            ]
            await self._session.execute(insert(library_merge_rows), journal)

    async def _apply(
        self,
        kind: str,
        wanted: Sequence[tuple[str, str, Values | None]],
        revisions: Mapping[str, int],
        owners: Mapping[str, str] | None = None,
    ) -> None:
        table, owner, item = TABLES[kind]
        gone = [(owner_id, item_id) for owner_id, item_id, values in wanted if values is None]
        for owner_id, item_id in gone:
            await self._session.execute(delete(table).where(table.c[owner] == owner_id, table.c[item] == item_id))
        rows = [values for _, _, values in wanted if values is not None]
        if "revision" in table.c:
            rows = [{**values, "revision": revisions[values["user_id"]]} for values in rows]
        if rows:
            statement = upsert(self._session, table)
            changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
            await self._session.execute(
                statement.on_conflict_do_update(index_elements=[owner, item], set_=changed), rows
            )
        if kind == "lists" and wanted:
            for list_id in {owner_id for owner_id, _, _ in wanted}:
                await self._session.execute(
                    update(user_lists)
                    .where(user_lists.c.id == list_id)
                    .values(version=user_lists.c.version + 1, revision=revisions[(owners or {})[list_id]])
                )

    async def _restore(self, kind: str, journal: Sequence[Row[Any]], revisions: Mapping[str, int]) -> int:
        if not journal:
            return 0
        present = await self._rows(kind, {row.owner_id for row in journal}, {row.item_id for row in journal})
        wanted, owners = [], {}
        for row in journal:
            now = present.get((row.owner_id, row.item_id))
            if _json(now) != _without_revision(row.after):
                continue  # its owner changed it since
            before = None if row.before is None else _parsed(kind, row.before)
            if before is None and kind != "lists" and now is not None:
                before = {**now, "removed": True}  # other devices learn that it is gone
            owners[row.owner_id] = row.user_id
            wanted.append((row.owner_id, row.item_id, before))
        await self._apply(kind, wanted, revisions, owners)
        return len(wanted)


class _Change:
    """A row before and after; ``None`` where there is none."""

    def __init__(self, kind: str, owner_id: str, before: Values | None, after: Values | None) -> None:
        self.kind, self.owner_id, self.before, self.after = kind, owner_id, before, after
        row = after if after is not None else before
        assert row is not None
        self.item: str = row[TABLES[kind][2]]


def _parts(every: Sequence[T], size: int = PEOPLE_AT_ONCE) -> Iterable[Sequence[T]]:
    for first in range(0, len(every), size):
        yield every[first : first + size]


def _shares(people: Mapping[str, int]) -> Iterable[Sequence[str]]:
    """People, in one order everywhere, with no more rows together than a statement takes, unless one has more."""
    share: list[str] = []
    rows = 0
    for user_id, count in sorted(people.items()):
        if share and (rows + count > ROWS_AT_ONCE or len(share) == PEOPLE_AT_ONCE):
            yield share
            share, rows = [], 0
        share.append(user_id)
        rows += count
    if share:
        yield share


def _families(
    moved: Collection[str], replaced: Mapping[str, str]
) -> Iterable[tuple[Collection[str], Mapping[str, str]]]:
    """Episodes that move, and those that give way, so many as a statement takes; two that have to do with each other stay together."""
    gives_way = {stays: gone for gone, stays in replaced.items()}
    for some in _parts([*dict.fromkeys([*moved, *replaced.values()])], ROWS_AT_ONCE // 2):
        yield set(some).intersection(moved), {gives_way[stays]: stays for stays in some if stays in gives_way}


def _values(row: Row[Any]) -> Values:
    return dict(row._mapping)


def _json(values: Values | None) -> Values | None:
    """As it is written down; the revision counts every change, also those that changed nothing here."""
    if values is None:
        return None
    # Names of columns are a kind of text that orjson does not take for keys.
    return {
        str(name): value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if name != "revision"
    }


def _without_revision(values: Values | None) -> Values | None:
    return None if values is None else {name: value for name, value in values.items() if name != "revision"}


def _parsed(kind: str, values: Values) -> Values:
    table = TABLES[kind][0]
    return {
        name: datetime.fromisoformat(value)
        if value is not None and isinstance(table.c[name].type, UtcDateTime)
        else value
        for name, value in values.items()
    }


def _favorite(values: Values) -> Favorite:
    return Favorite(release_id=values["release_id"], added_at=values["added_at"], removed=values["removed"])


def _shelf(values: Values) -> ShelfItem:
    known = {name: value for name, value in values.items() if name not in {"user_id", "shelf"}}
    return replace(ShelfItem(shelf=ShelfName(values["shelf"]), **known))
