"""Brings the database up to date and prints what a person must be told: ``python -m server.cli.prepare [SQLITE_FILE]``, a process of its own.

Its own, so that ``ani up`` does not hold the whole program for as long as it runs.  What ``ani serve`` kept in the file comes along
where the database holds nothing yet.
"""

import asyncio
import sys
from pathlib import Path

import orjson

import migrations
from kernel import log
from kernel.db import Database
from kernel.errors import AniError
from server.boot import open_services
from server.cli import accounts
from server.cli.upkeep.move import TargetNotEmpty, move
from server.settings import Settings


async def prepare(former: Path | None) -> dict[str, str | bool | None]:
    """Migrate; the address and one-time password of the administrator where one was made, and whether ``former`` came along."""
    settings = Settings.load()
    log.configure(level="warning", json=False)
    async with open_services(settings) as services:
        moved = former is not None and await _bring_along(former, services.database)
        await migrations.upgrade(services.database)
        password = await accounts.first_admin(services)
    return {"email": accounts.FIRST_ADMIN_EMAIL, "password": password, "moved": moved}


async def _bring_along(file: Path, target: Database) -> bool:
    source = Database(f"sqlite:///{file}")
    try:
        await migrations.upgrade(source)
        await move(source, target, lambda _stage, _fraction: None)
    except TargetNotEmpty:
        return False  # a command that was run without ANI_DATABASE_URL made the file, or the last move was cut off after its end
    finally:
        await source.close()
    return True


if __name__ == "__main__":
    # Standard output is for the answer alone.
    answer, sys.stdout = sys.stdout, sys.stderr
    try:
        prepared = asyncio.run(prepare(Path(sys.argv[1]) if sys.argv[1:] else None))
    except AniError as error:
        sys.exit(error.message)
    answer.write(orjson.dumps(prepared).decode())
