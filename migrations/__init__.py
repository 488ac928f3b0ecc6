"""The database schema, step by step (Alembic), and the two calls the program makes of it.

A new step: ``python -m migrations "What it does"`` compares the tables in the code with an empty database brought up to the
newest step, and writes the difference into ``versions/`` for a person to read and correct.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog
from sqlalchemy import Connection, column, inspect, select, table, text

from kernel.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

STEPS = Path(__file__).parent / "versions"
_AT = table("alembic_version", column("version_num"))

_ADVISORY_LOCK = 0x416E69
"""«Ani» in hexadecimal: of several processes that start together, one migrates and the others wait."""


def config() -> "Config":
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(rev)s")
    return made


def head() -> str:
    """The newest step: they are numbered, and each is called as its file is.

    Neither this nor ``present`` loads Alembic, which is a tenth of what a start loads: most starts have nothing to migrate.
    """
    return max(file.stem for file in STEPS.glob("[0-9]*.py"))


async def present(database: Database) -> str | None:
    """The step the database is at, ``None`` when it is empty."""

    def ask(connection: Connection) -> str | None:
        return connection.scalar(select(_AT.c.version_num)) if inspect(connection).has_table(_AT.name) else None

    async with database.engine.connect() as connection:
        return await connection.run_sync(ask)


async def upgrade(database: Database, revision: str = "head") -> bool:
    """Bring the database to ``revision``; returns whether there was anything to do."""
    before = await present(database)
    if before == (head() if revision == "head" else revision):
        return False
    await _run(database, "upgrade", revision)
    log.info("database migrated", before=before, now=await present(database))
    return True


async def downgrade(database: Database, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: empty)."""
    await _run(database, "downgrade", revision)


async def _run(database: Database, way: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic import command

    def run(connection: Connection) -> None:
        made = config()
        made.attributes["connection"] = connection
        (command.upgrade if way == "upgrade" else command.downgrade)(made, revision)

    async with database.engine.connect() as connection:
        connection = await connection.execution_options(writes=True)
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        await connection.run_sync(run)
        await connection.commit()
