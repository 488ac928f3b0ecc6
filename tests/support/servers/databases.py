"""A migrated database for each test, cheap because it is a copy of one that was migrated once."""

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import LRUCache

import kernel.db.database
import migrations
from kernel.db import Database
from kernel.ids import new_id
from server.local_stack import Postgres
from tests.support.shared import alone

TEMPLATE = "migrated"

MEMORY = Path("/dev/shm")
"""Linux's file system in memory, where there is one."""
MEMORY_BYTES = 1_000_000_000
"""Three workers' servers take 150 MB each: 40 MB to begin with, 64 MB of log, some databases of 9 MB. Containers often have
64 MB there in all."""


def memory_folder() -> Path | None:
    """Where PostgreSQL's files may be in memory; ``None`` if nowhere.

    A new database is 700 new files: 40 ms there, and up to 400 ms on a disk, for hundreds of tests.
    """
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES else None


def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread with an event loop of its own: session fixtures have none."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def migrate(url: str) -> None:
    """Bring the database at `url` to the newest step and let go of it."""
    database = Database(url)
    try:
        await migrations.upgrade(database)
    finally:
        await database.close()


class SqliteDatabases:
    """SQLite files copied from a migrated one in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / f"{TEMPLATE}.sqlite3"
        with alone(self._template):
            if not self._template.exists():
                unfinished = folder / f"unfinished-{new_id()}.sqlite3"
                run_apart(migrate(f"sqlite:///{unfinished}"))
                unfinished.rename(self._template)

    def copy_to(self, path: Path) -> str:
        """A fresh database file; returns its address."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


class PostgresDatabases:
    """Databases of a running server copied from a migrated one."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        run_apart(server.create_database(TEMPLATE))
        run_apart(migrate(server.url(TEMPLATE)))

    async def create(self) -> str:
        """A fresh database; returns its address."""
        name = f"test_{new_id()}"
        await self._server.create_database(name, template=TEMPLATE)
        return self._server.url(name)

    async def drop(self, url: str) -> None:
        """Remove a database that `create` made."""
        await self._server.drop_database(url.rpartition("/")[2])


STATEMENTS = 10_000
"""More than the program has, so that none is forgotten."""


def compile_statements_once() -> None:
    """Let the engines of all tests in this process share what they compile.

    Each test has an engine of its own, as each process of an installation has, and would compile some hundred statements anew: a
    quarter of what a test of a route took.  Engines of one kind compile alike here, because they are made and served alike.
    """
    shared: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    for kind in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):  # a dialect is part of the key of what was compiled
        setattr(kind, "__eq__", _same_kind)  # noqa: B010 - no assignment to a method for the type checker
        setattr(kind, "__hash__", _hash_of_kind)  # noqa: B010
    made = partial(create_async_engine, execution_options={"compiled_cache": shared})
    setattr(kernel.db.database, "create_async_engine", made)  # noqa: B010


def _same_kind(one: Dialect, other: object) -> bool:
    return type(one) is type(other)


def _hash_of_kind(dialect: Dialect) -> int:
    return hash(type(dialect))


async def no_outbox(_session: object, _events: object) -> None:
    """For a `UnitOfWork` whose events nobody is to hear."""
