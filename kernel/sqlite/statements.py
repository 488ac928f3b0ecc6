"""Writes that happen many times a second: statements made once, and as few trips to the database as it allows.

Building an ``INSERT … ON CONFLICT`` and having the session execute it costs about a millisecond of the event loop each, whatever is
in it; on SQLite three of them and their trips to the connection's thread were two thirds of what a command in a room cost.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from kernel.sqlite.driver import Connection

Work = Sequence[tuple[UpdateBase, Sequence[Mapping[str, Any]]]]
"""Each statement with the rows it is executed for, by the names of its parameters; at least one row."""

KEPT = 64
"""Compiled statements: more than the program has of this kind."""


async def run_last(session: AsyncSession, work: Work) -> None:
    """Execute these in order, as the last of the session's transaction; they must be without results, and made once.

    The session is still to be committed, which may have happened by then.  Raises what the session itself would.
    """
    if not await run_and_commit(await session.connection(), work):
        for statement, rows in work:
            await session.execute(statement, rows)


async def run_and_commit(connection: AsyncConnection, work: Work, *, beginning: str | None = None) -> bool:
    """Execute these in one trip that ends the transaction; false, and nothing done, where the driver has no such thing.

    ``beginning`` begins it, where SQLAlchemy has not.  Raises what SQLAlchemy would.
    """
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, Connection):
        return False
    dialect = connection.dialect
    scripts = [(_compiled(statement, dialect), rows) for statement, rows in work]
    lines = [(compiled.sql, list(map(compiled.row, rows))) for compiled, rows in scripts]
    try:
        await driver.run_last(lines, beginning=beginning)
    except sqlite3.Error as error:
        text = "; ".join(compiled.sql for compiled, _ in scripts)
        raise DBAPIError.instance(text, None, error, sqlite3.Error, dialect=dialect) from error
    return True


class _Compiled:
    """A statement as the driver takes it."""

    def __init__(self, statement: UpdateBase, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self._binds: list[tuple[str, Callable[[Any], Any] | None]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] if bind is None else bind(values[name]) for name, bind in self._binds)


@lru_cache(maxsize=KEPT)
def _compiled(statement: UpdateBase, dialect: Dialect) -> _Compiled:
    return _Compiled(statement, dialect)
