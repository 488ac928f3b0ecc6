"""`ani backup` and `ani restore`: one folder with everything an installation cannot do without.

::

    backup/
      ani.sqlite3 | ani.pgdump    the database, as of one moment
      secret.key                  where the installation keeps it in a file
      media/                      what is ready to stream
      backup.json                 what it is, and of which version; written last, so that it tells a whole backup

The database first, the media after it: media never change once they are published, so what the database knows is there, and
what came later is there too many.  Uploads that are not finished are left out; their senders begin anew.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import make_url

import migrations
from kernel.db import Database
from kernel.errors import Conflict, Invalid, Unavailable
from server.services import Services
from server.settings import Settings

Show = Callable[[str, float], None]

MANIFEST: Final = "backup.json"
SQLITE_FILE: Final = "ani.sqlite3"
POSTGRES_FILE: Final = "ani.pgdump"
FORMAT: Final = 1

PAGES_AT_ONCE: Final = 2_000
"""Of SQLite's pages, 8 MB: writers get their turn in between (https://www.sqlite.org/backup.html)."""
PROGRAM_TIMEOUT_S: Final = 6 * 3600
"""For pg_dump and pg_restore: hundreds of gigabytes on a slow disk, but not for ever."""


class BackupExists(Conflict):
    """{folder} is not empty. Name another folder."""


class NoBackup(Invalid):
    """{folder} holds no whole backup: {reason}."""


class NotEmpty(Conflict):
    """{what} holds something already. A backup is only put into an installation that was never started."""


class ProgramMissing(Invalid):
    """{program} is needed for PostgreSQL and was not found. Install PostgreSQL's client programs, of the server's version or newer."""


class ProgramFailed(Unavailable):
    """{program} failed: {reason}"""


async def make(services: Services, folder: Path, *, with_media: bool, show: Show) -> str:
    """Back everything up into ``folder``; returns what that was, for people.

    Raises :class:`BackupExists`, :class:`ProgramMissing`, :class:`ProgramFailed`, and ``DatabaseAway``.
    """
    settings = services.settings
    await asyncio.to_thread(_ensure_empty, folder)
    step = await migrations.present(services.database)
    if step is None:
        raise NoBackup(folder=str(settings.data_dir), reason="nothing was ever stored there")
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    show("Database", 0)
    if services.database.is_sqlite:
        source = Path(make_url(services.database.url).database or "")
        await asyncio.to_thread(_copy_sqlite, source, folder / SQLITE_FILE, show)
    else:
        arguments = ["--format=custom", "--no-owner", f"--file={folder / POSTGRES_FILE}"]
        await _run("pg_dump", services.database.url, *arguments)
    parts = ["the database"]
    if not settings.has_own_secret:
        settings.key_file.read()  # made, where nothing needed it so far
        await asyncio.to_thread(_copy_private, settings.key_file.path, folder / "secret.key")
        parts.append("the secret key")
    if with_media:
        count = await asyncio.to_thread(_copy_tree, settings.media_dir, folder / "media", show)
        parts.append(f"{count:,} media files")
    manifest = {
        "format": FORMAT,
        "ani": version("ani-server"),
        "step": step,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "media": with_media,
    }
    await asyncio.to_thread(_write_whole, folder / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    show("Done", 1)
    return ", ".join(parts)


async def restore(settings: Settings, folder: Path, *, show: Show) -> str:
    """Put a backup into the installation of ``settings``; returns what that was, for people.

    Raises :class:`NoBackup`, :class:`NotEmpty`, :class:`ProgramMissing`, :class:`ProgramFailed`, ``DatabaseNewer``.
    """
    manifest = _manifest(folder)
    if not (migrations.STEPS / f"{manifest['step']}.py").is_file():
        raise migrations.DatabaseNewer(step=manifest["step"])
    database = Database(settings.database)
    try:
        wanted = SQLITE_FILE if database.is_sqlite else POSTGRES_FILE
        if not (folder / wanted).is_file():
            reason = f"this installation needs {wanted}; data does not move between SQLite and PostgreSQL"
            raise NoBackup(folder=str(folder), reason=reason)
        if await migrations.present(database) is not None:
            raise NotEmpty(what="The database")
        is_sqlite, url = database.is_sqlite, database.url
    finally:
        await database.close()
    for path in (settings.media_dir, settings.key_file.path):
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise NotEmpty(what=str(path))
    parts = []
    if (folder / "media").is_dir():
        count = await asyncio.to_thread(_copy_tree, folder / "media", settings.media_dir, show)
        parts.append(f"{count:,} media files")
    if (folder / "secret.key").is_file() and not settings.has_own_secret:
        await asyncio.to_thread(_copy_private, folder / "secret.key", settings.key_file.path)
        parts.append("the secret key")
    # The database last: while it is missing, this can be done again.
    show("Database", 0)
    if is_sqlite:
        await asyncio.to_thread(_restore_sqlite, folder / SQLITE_FILE, Path(make_url(url).database or ""), show)
    else:
        await _run(
            "pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", last=folder / POSTGRES_FILE
        )
    show("Done", 1)
    return ", ".join(["the database", *parts])


def _ensure_empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupExists(folder=str(folder))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: Any = orjson.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise NoBackup(folder=str(folder), reason=f"there is no {MANIFEST}, which is written last") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("step"), str):
        raise NoBackup(folder=str(folder), reason=f"{MANIFEST} is of another version or damaged")
    return found


def _copy_sqlite(source: Path, target: Path, show: Show) -> None:
    """A consistent copy while others read and write."""

    def progress(_status: int, remaining: int, total: int) -> None:
        show("Database", 1 - remaining / total if total else 1)

    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as copy:
        target.chmod(0o600)
        whole.backup(copy, pages=PAGES_AT_ONCE, progress=progress)
        [[verdict]] = copy.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        target.unlink()
        raise NoBackup(folder=str(source), reason=f"the database is damaged: {verdict}")


def _restore_sqlite(source: Path, target: Path, show: Show) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(".restoring")
    staged.unlink(missing_ok=True)
    _copy_sqlite(source, staged, show)
    for suffix in ("-wal", "-shm"):  # of the empty database that looking for one has made
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    staged.replace(target)


def _copy_tree(source: Path, target: Path, show: Show) -> int:
    """Copy every file; one that goes away meanwhile (a deleted episode) is left out."""
    target.mkdir(parents=True, exist_ok=True)
    files = (
        sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
        if source.is_dir()
        else []
    )
    count = 0
    for number, path in enumerate(files, 1):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, copy)
            count += 1
        except FileNotFoundError:
            copy.unlink(missing_ok=True)
        if number % 100 == 0 or number == len(files):
            show("Media", number / len(files))
    return count


def _copy_private(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(target, source.read_bytes())


def _write_whole(target: Path, data: bytes) -> None:
    """Whole or not at all, for nobody else to read."""
    descriptor, staged = tempfile.mkstemp(dir=target.parent)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - mkstemp gives a descriptor
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(staged).replace(target)


async def _run(program: str, url: str, *arguments: str, last: Path | None = None) -> None:
    """One of PostgreSQL's own programs; the password goes by the environment, where nobody else sees it."""
    path = shutil.which(program)
    if path is None:
        raise ProgramMissing(program=program)
    parsed = make_url(url)
    database = parsed.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(parsed.password)} if parsed.password else {})}
    process = await asyncio.create_subprocess_exec(
        path, f"--dbname={database}", "--no-password", *arguments, *([str(last)] if last else []),
        env=environment, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PROGRAM_TIMEOUT_S):
            _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise ProgramFailed(program=program, reason=said.decode(errors="replace").strip().partition("\n")[0])
