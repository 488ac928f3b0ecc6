"""The database schema, step by step (Alembic), and the two calls the program makes of it.

A new step: ``python -m migrations "What it does"`` compares the tables in the code with an empty database brought up to the
newest step, and writes the difference into ``versions/`` for a person to read and correct.
"""

from collections.abc import Callable
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kernel.db import Database

log = structlog.get_logger()

_ADVISORY_LOCK = 0x416E69
"""«Ani» in hexadecimal: of several processes that start together, one migrates and the others wait."""


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(rev)s")
    return made


def head() -> str:
    """The newest step."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert newest is not None
    return newest


async def present(database: Database) -> str | None:
    """The step the database is at, ``None`` when it is empty."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(database: Database, revision: str = "head") -> bool:
    """Bring the database to ``revision``; returns whether there was anything to do."""
    before = await present(database)
    if before == (head() if revision == "head" else revision):
        return False
    await _run(database, lambda made: command.upgrade(made, revision))
    log.info("database migrated", before=before, now=await present(database))
    return True


async def downgrade(database: Database, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: empty)."""
    await _run(database, lambda made: command.downgrade(made, revision))


async def _run(database: Database, action: Callable[[Config], None]) -> None:
    def run(connection: Connection) -> None:
        made = config()
        made.attributes["connection"] = connection
        action(made)

    async with database.engine.connect() as connection:
        connection = await connection.execution_options(writes=True)
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        await connection.run_sync(run)
        await connection.commit()
