"""PostgreSQL, Valkey and nginx as parts: where their data lies, how they are configured, when they answer."""

import asyncio
import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg  # type: ignore[import-untyped]  # it ships no types

from kernel.errors import Invalid, Unavailable
from kernel.secrets.private_files import private_opener
from server.local_stack import programs, render
from server.local_stack.service import unprivileged_user
from server.up.folder import UpFolder
from server.up.part import Part

DATABASE: Final = "ani"
_NUMBER: Final = re.compile(r"\d+")
INITDB_TIMEOUT_S: Final = 120.0
ANSWER_TIMEOUT_S: Final = 2.0
CONNECTIONS_OF_A_PROCESS: Final = 20
"""``POOL_SIZE`` and ``POOL_OVERFLOW`` of ``kernel.db``."""
FEW_OTHER_CONNECTIONS: Final = 20
"""For commands, backups and PostgreSQL itself."""


class OtherVersion(Invalid):
    """{folder} was made by PostgreSQL {found}, and here is {ours}. Carry the data over with pg_dump, or install that version."""


class NotReachable(Invalid):
    """PostgreSQL does not run as root, and the user {user} may not enter {folder}. Start Ani as an ordinary user, or name another --data-dir."""


class PreparationFailed(Unavailable):
    """{program} failed: {printed}"""


def postgres(folder: UpFolder, *, port: int, processes: int) -> Part:
    """PostgreSQL on 127.0.0.1, its cluster made where there is none; superuser ``ani`` with a password.

    Raises :class:`OtherVersion`, :class:`NotReachable`, :class:`PreparationFailed`, ``ProgramMissing``.
    """
    user = unprivileged_user()
    data = folder.data_dir / "postgres"
    if user is not None:
        _ensure_reachable(folder.data_dir, user)
    binaries = _reachable(_binaries(data), folder, user)
    password = folder.password("postgres")
    _ensure_cluster(binaries, data, password, user)
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": str(CONNECTIONS_OF_A_PROCESS * processes + FEW_OTHER_CONNECTIONS),
        "log_timezone": "UTC",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    async def ready() -> bool:
        with contextlib.suppress(OSError, asyncpg.PostgresError, TimeoutError):
            connection = await asyncpg.connect(
                host="127.0.0.1",
                port=port,
                user="ani",
                password=password,
                database="postgres",
                timeout=ANSWER_TIMEOUT_S,
            )
            try:
                if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                    await connection.execute(f'CREATE DATABASE "{DATABASE}"', timeout=60)
            finally:
                await connection.close(timeout=ANSWER_TIMEOUT_S)
            return True
        return False

    return Part(
        name="postgres",
        command=[str(binaries / "postgres"), "-D", str(data), "-p", str(port), *options],
        ready=ready,
        folder=data,
        stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        stop_timeout_s=30.0,
        user=user,
        where=f"127.0.0.1:{port}",
    )


def postgres_url(folder: UpFolder, port: int) -> str:
    """As ``ANI_DATABASE_URL`` takes it."""
    return f"postgresql://ani:{folder.password('postgres')}@127.0.0.1:{port}/{DATABASE}"


def valkey(folder: UpFolder, *, port: int) -> Part:
    """Valkey on 127.0.0.1 with a password and a log of what is written: parties outlive its restart."""
    data = folder.data_dir / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    password = folder.password("valkey")
    # In a file and not on the command line, which everybody on the machine can read.
    settings = (
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir .\n"
        'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
    )
    configuration = folder.write("valkey.conf", settings.encode())

    async def ready() -> bool:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    writer.write(f"AUTH {password}\r\nPING\r\n".encode())
                    return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
                finally:
                    writer.close()
        return False

    return Part(
        name="valkey",
        command=[str(programs.valkey_server()), str(configuration)],
        ready=ready,
        folder=data,
        where=f"127.0.0.1:{port}",
    )


def valkey_url(folder: UpFolder, port: int) -> str:
    """As ``ANI_REDIS_URL`` takes it."""
    return f"redis://:{folder.password('valkey')}@127.0.0.1:{port}/0"


def nginx(folder: UpFolder, *, listen: str, applications: Sequence[int], edge_secret: str, grace_s: float) -> Part:
    """nginx at ``listen`` before the applications at those ports."""
    run = folder.path / "nginx"
    run.mkdir(mode=0o700, exist_ok=True)
    variables = {
        "ANI_LISTEN": listen,
        "ANI_UPSTREAM": f"127.0.0.1:{applications[0]}",
        "ANI_RESOLVER": "127.0.0.1",
        "ANI_MEDIA_DIR": str(folder.data_dir / "media"),
        "ANI_GRANTS_DIR": str(folder.data_dir / "grants"),
        "ANI_EDGE_SECRET": edge_secret,
        "ANI_RUN_DIR": ".",
        "ANI_WORKERS": "auto",
    }
    configuration = folder.write("nginx/nginx.conf", _several(render(template(), variables), applications).encode())
    # Started by root, the workers would be nobody, and could not enter folders that are ours alone.
    more = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")

    host, _, port = listen.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(host, host).strip("[]")  # noqa: S104 - compared, not listened on

    async def ready() -> bool:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.close()
                return True
        return False

    return Part(
        name="nginx",
        command=[str(programs.nginx()), "-p", str(run), "-c", str(configuration), "-e", "stderr", "-g", more],
        ready=ready,
        folder=run,
        stop_signal=signal.SIGQUIT,  # takes no new connection, and ends with the last answer
        stop_timeout_s=grace_s,
        where=listen,
    )


def template() -> str:
    """The edge's configuration: in a wheel it lies here, in a checkout where people look for it."""
    shipped = Path(__file__).with_name("nginx.conf.template")
    checkout = Path(__file__).parents[2] / "nginx" / "nginx.conf.template"
    return (shipped if shipped.exists() else checkout).read_text()


def _several(configuration: str, applications: Sequence[int]) -> str:
    """The line of the one upstream, once for each of them."""
    first = f"server 127.0.0.1:{applications[0]} "
    lines = [
        line.replace(first, f"server 127.0.0.1:{port} ")
        for line in configuration.splitlines()
        for port in (applications if first in line else applications[:1])
    ]
    return "\n".join(lines) + "\n"


def _binaries(data: Path) -> Path:
    """Of the wheel, which changes with Ani alone; of the system where there is no wheel, or it made the cluster.

    Raises ``ProgramMissing``, :class:`OtherVersion`.
    """
    found = []
    for look in (programs.postgres_wheel_folder, programs.postgres_folder):
        with contextlib.suppress(programs.ProgramMissing):
            found.append(look())
    if not found:
        return programs.postgres_folder()  # says what is missing
    if not (data / "PG_VERSION").exists():
        return found[0]
    made_by = (data / "PG_VERSION").read_text().strip()
    versions = {_major_version(folder): folder for folder in reversed(found)}
    if made_by not in versions:
        raise OtherVersion(folder=str(data), found=made_by, ours=" and ".join(sorted(versions)))
    return versions[made_by]


def _major_version(binaries: Path) -> str:
    printed = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=INITDB_TIMEOUT_S
    ).stdout
    found = _NUMBER.search(printed)
    return found[0] if found else printed.strip()


def _ensure_cluster(binaries: Path, data: Path, password: str, user: pwd.struct_passwd | None) -> None:
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # an initdb that was cut off, for it writes the version late
    data.mkdir(mode=0o700)
    given = data.with_name(".postgres-password")
    given.unlink(missing_ok=True)
    with open(given, "x", opener=private_opener) as file:
        file.write(f"{password}\n")
    if user is not None:
        os.chown(data, user.pw_uid, user.pw_gid)
        os.chown(given, user.pw_uid, user.pw_gid)
    try:
        # C.UTF-8 and not C: lower() and ILIKE must know Cyrillic letters.
        done = subprocess.run(
            [
                *(binaries / "initdb", "--pgdata", data, "--username=ani", "--auth=scram-sha-256"),
                *(f"--pwfile={given}", "--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            cwd=data,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=INITDB_TIMEOUT_S,
            check=False,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
    finally:
        given.unlink()
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        printed = (done.stdout + done.stderr).decode(errors="replace").strip()
        raise PreparationFailed(program="initdb", printed=printed[-2000:])


def _ensure_reachable(folder: Path, user: pwd.struct_passwd) -> None:
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & 0o001:
            raise NotReachable(user=user.pw_name, folder=str(parent))


def _reachable(binaries: Path, folder: UpFolder, user: pwd.struct_passwd | None) -> Path:
    """The programs' folder, or a copy of the wheel if their user may not enter a folder above it."""
    if user is None or all(parent.stat().st_mode & 0o001 for parent in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parent.parent
    copy = folder.data_dir / "postgres-programs"
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, copy / part.name, symlinks=True, dirs_exist_ok=True)
    return copy / binaries.relative_to(package.parent)
