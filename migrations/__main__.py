"""Writes a new migration step: ``python -m migrations "Add the outbox"``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

import migrations
import server.wiring  # noqa: F401 - imports every repository, and with them every table
from kernel.db import Database, metadata

VERSION_CHARACTERS = 32
"""How wide alembic's column for the name of a step is, which PostgreSQL enforces."""


async def main(message: str) -> None:
    """Write the step from what the steps so far make of an empty database to what the tables of the code are."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder, 'empty.sqlite3')}")
        number = 1
        if list((Path(__file__).parent / "versions").glob("0*.py")):
            await migrations.upgrade(database)
            number = int(migrations.head().partition("_")[0]) + 1

        def write(connection: Connection) -> None:
            config = migrations.config()
            config.attributes["connection"] = connection
            config.attributes["metadata"] = metadata
            revision = f"{number:04}_{message.lower().replace(' ', '_')}"[:VERSION_CHARACTERS].rstrip("_")
            command.revision(config, message, autogenerate=True, rev_id=revision)

        async with database.engine.connect() as connection:
            await connection.run_sync(write)
        await database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m migrations "What it does"')
    asyncio.run(main(sys.argv[1]))
