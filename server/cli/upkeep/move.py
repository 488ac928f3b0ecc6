"""`ani db move`: everything from one database into another, from SQLite to PostgreSQL or back.

All rows go in one transaction of the target, and the source takes no writes meanwhile: interrupted at any moment, the target is
empty still and the source as it was, and the same command begins anew.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import LargeBinary, Table, Text, func, insert, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations
from kernel.db import Database, metadata
from kernel.errors import Conflict, Invalid

Show = Callable[[str, float], None]

ROWS_AT_ONCE: Final = 1_000
"""Read, and sent to the target: a few hundred kilobytes."""
BYTES_AT_ONCE: Final = 16 * 1024**2
"""Of what may be large: pictures up to a megabyte, subtitles up to four."""


class SameDatabase(Invalid):
    """Both are the same database."""


class NothingToMove(Invalid):
    """{database} holds nothing of Ani's."""


class OtherStep(Conflict):
    """The source is at step {step}, and this version of Ani needs {head}. Run `ani migrate` on it first."""


class TargetNotEmpty(Conflict):
    """The target holds data already: {found}. Name an empty database."""


class CountsDiffer(Conflict):
    """Nothing was moved: {table} has {before} rows in the source, and {after} arrived."""


async def move(source: Database, target: Database, show: Show) -> dict[str, int]:
    """Carry every row over; how many of each table, those with none left out.

    Raises :class:`SameDatabase`, :class:`NothingToMove`, :class:`OtherStep`, :class:`TargetNotEmpty`, :class:`CountsDiffer`,
    ``DatabaseForeign``, ``DatabaseNewer``, ``DatabaseAway``.
    """
    if source.url == target.url:
        raise SameDatabase
    step = await migrations.present(source)
    if step is None:
        raise NothingToMove(database=_place(source))
    if step != migrations.head():
        raise OtherStep(step=step, head=migrations.head())
    show("Tables", 0)
    await migrations.upgrade(target)
    tables = metadata.sorted_tables  # what is referred to comes before what refers
    async with _still(source) as old, target.engine.connect() as new:
        new = await new.execution_options(writes=True)
        if not target.is_sqlite:
            # Of two that move at once, the second finds what the first brought.
            names = ", ".join(f'"{table.name}"' for table in tables)
            await new.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
        await _ensure_empty(new, tables)
        before = {table: await _count(old, table) for table in tables}
        total, done = max(1, sum(before.values())), 0
        for table in tables:
            async for rows in _rows(old, table):
                await new.execute(insert(table), rows)
                done += len(rows)
                show(table.name, done / total)
            if not target.is_sqlite:
                await _continue_sequence(new, table)
        for table, count in before.items():
            arrived = await _count(new, table)
            if arrived != count:
                raise CountsDiffer(table=table.name, before=count, after=arrived)
        await new.commit()
    show("Done", 1)
    return {table.name: count for table, count in before.items() if count}


@asynccontextmanager
async def _still(database: Database) -> AsyncIterator[AsyncConnection]:
    """The database as it is now, for as long as the block lasts; nobody writes into one of SQLite meanwhile."""
    async with database.engine.connect() as connection:
        if database.is_sqlite:
            connection = await connection.execution_options(writes=True)
        else:
            connection = await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        await connection.rollback()


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """The rows of a table in the order of its key, in pieces; as values of Python, which both databases' types know."""
    key = list(table.primary_key.columns)
    query = select(table).order_by(*key)
    size = await _rows_at_once(connection, table)
    rows: list[dict[str, Any]] = []
    while True:
        # From where the last piece ended, by the key: an offset would read everything before it once more.
        last = [literal(rows[-1][column.name], column.type) for column in key] if rows else []
        more = query.where(tuple_(*key) > tuple_(*last)) if rows else query
        rows = [dict(row) for row in (await connection.execute(more.limit(size))).mappings()]
        if rows:
            yield rows
        if len(rows) < size:
            return


async def _rows_at_once(connection: AsyncConnection, table: Table) -> int:
    """Fewer where a row may be large."""
    large = [func.max(func.length(column)) for column in table.columns if isinstance(column.type, LargeBinary | Text)]
    if not large:
        return ROWS_AT_ONCE
    longest = (await connection.execute(select(*large))).one()
    return max(1, min(ROWS_AT_ONCE, BYTES_AT_ONCE // max(1, sum(length or 0 for length in longest))))


async def _count(connection: AsyncConnection, table: Table) -> int:
    return await connection.scalar(select(func.count()).select_from(table)) or 0


async def _ensure_empty(connection: AsyncConnection, tables: Sequence[Table]) -> None:
    found = [table.name for table in tables if await connection.scalar(select(1).select_from(table).limit(1))]
    if found:
        raise TargetNotEmpty(found=", ".join(found[:5]) + (" …" if len(found) > 5 else ""))


async def _continue_sequence(connection: AsyncConnection, table: Table) -> None:
    """Rows that were given their numbers do not move PostgreSQL's counter."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = await connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
    if sequence is not None:
        highest = await connection.scalar(select(func.max(column)))
        await connection.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _place(database: Database) -> str:
    """Where it is, without its password."""
    return database.engine.url.render_as_string(hide_password=True)
