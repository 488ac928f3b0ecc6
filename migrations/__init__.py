"""The database schema, step by step (Alembic), and the two calls the program makes of it.

A new step: ``python -m migrations "What it does"`` compares the tables in the code with an empty database brought up to the
newest step, and writes the difference into ``versions/`` for a person to read and correct.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog
from sqlalchemy import Connection, column, inspect, select, table, text
from sqlalchemy.exc import DatabaseError

from kernel.db import Database, outage
from kernel.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

STEPS = Path(__file__).parent / "versions"
_AT = table("alembic_version", column("version_num"))

_ADVISORY_LOCK = 0x416E69
"""«Ani» in hexadecimal: of several processes that start together, one migrates and the others wait."""


class DatabaseNewer(Conflict):
    """The database is at step {step}, which this version of Ani does not know: a newer version has written it. Start that
    version, or restore the backup from before the upgrade.
    """


class DatabaseForeign(Conflict):
    """The database is not one of Ani's: {reason}. Name another one in ANI_DATABASE_URL."""


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
    """The step the database is at, ``None`` when it is empty.

    Raises :class:`DatabaseNewer`, :class:`DatabaseForeign`, ``DatabaseAway``, ``StorageFull``.
    """

    def ask(connection: Connection) -> str | None:
        found = inspect(connection)
        if found.has_table(_AT.name):
            return connection.scalar(select(_AT.c.version_num))
        if tables := found.get_table_names():
            raise DatabaseForeign(reason=f"it has tables of something else ({', '.join(sorted(tables)[:3])})")
        return None

    try:
        async with database.engine.connect() as connection:
            step = await connection.run_sync(ask)
    except DatabaseError as error:
        if (why := outage(error)) is not None:
            raise why from error
        if "file is not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise DatabaseForeign(reason=f"{error.orig}") from error
        raise
    if step is not None and not (STEPS / f"{step}.py").is_file():
        raise DatabaseNewer(step=step)
    return step


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
