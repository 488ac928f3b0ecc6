"""``ani up``: starts the parts in their order, keeps them running, and stops them the other way round."""

import asyncio
import contextlib
import errno
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import orjson

from kernel.errors import Invalid, Unavailable
from server.http.listening import raise_open_files
from server.local_stack import ProgramMissing
from server.settings import Settings
from server.settings.secrets import MAX_ACCEPTED_KEYS
from server.settings.storage import StorageKind
from server.up import bucket, servers
from server.up.folder import UpFolder
from server.up.part import Part, Supervised
from server.up.restarts import GaveUp
from server.up.terminal import Terminal

MAX_PROCESSES: Final = 64
SQLITE_FILE: Final = "ani.sqlite3"
PREPARE_TIMEOUT_S: Final = 3600.0
"""For migrations of a large database."""
GRACE_MARGIN_S: Final = 10.0
"""Over what running requests get: for the work that is put away after them."""
EXIT_GAVE_UP: Final = 1


class ExtraMissing(Invalid):
    """`ani up` needs {missing}. Install it with: pip install 'ani-server[{extra}]'"""


class PortTaken(Invalid):
    """Cannot listen on {host}:{port}: {reason}."""


class PartFailed(Unavailable):
    """{part} does not stay alive: it is not tried again. The end of its log:
    {tail}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for."""

    settings: Settings
    processes: int
    """Of the application."""
    demo: bool = False
    storage: StorageKind | None = None
    """Where new videos go; ``None``: into the bucket where this installation has one of its own, else as the settings say."""


async def up(plan: Plan) -> int:
    """Run until stopped; the exit code.

    Raises ``AlreadyRunning``, ``FolderUnusable``, :class:`ExtraMissing`, :class:`PortTaken`, :class:`PartFailed`, and what
    ``servers`` raises.
    """
    settings = plan.settings
    folder = UpFolder(settings.data_dir.resolve())
    folder.lock()
    ensure_free(settings.host, settings.port)
    raise_open_files()
    try:
        installation = await asyncio.to_thread(Installation, plan, folder)
    except ProgramMissing as error:
        missing = str(error).partition(" is not installed")[0]
        raise ExtraMissing(missing=missing, extra="up,s3" if missing == "SeaweedFS" else "up") from None
    return await installation.run()


class Installation:
    """The parts of one ``ani up``."""

    def __init__(self, plan: Plan, folder: UpFolder) -> None:
        settings = plan.settings
        self._plan = plan
        self._folder = folder
        ports = free_ports(plan.processes + 3)
        self._environment = _environment(settings, folder)
        self._databases: list[Part] = []
        if not settings.database_url:
            self._databases.append(servers.postgres(folder, port=ports[0], processes=plan.processes + 1))
            self._environment["ANI_DATABASE_URL"] = servers.postgres_url(folder, ports[0])
        if not settings.redis_url:
            self._databases.append(servers.valkey(folder, port=ports[1]))
            self._environment["ANI_REDIS_URL"] = servers.valkey_url(folder, ports[1])
        self._add_storage(plan)
        grace_s = settings.shutdown_grace_s + GRACE_MARGIN_S
        applications = ports[3:]
        self._applications = [
            self._ani(f"app-{number}", ["serve", "--quiet"], port, grace_s, voice=number - 1)
            for number, port in enumerate(applications, 1)
        ]
        self._applications.append(self._ani("worker", ["worker"], ports[2], grace_s, voice=0))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._edge = servers.nginx(
            folder,
            listen=f"{host}:{settings.port}",
            applications=applications,
            edge_secret=self._environment["ANI_EDGE_SECRET"],
            grace_s=grace_s,
        )
        self._parts = [*self._databases, *self._applications, self._edge]
        self._terminal = Terminal([part.name for part in self._parts])
        self._running: dict[str, Supervised] = {}

    def _add_storage(self, plan: Plan) -> None:
        own = not plan.settings.s3_bucket
        had = own and bucket.holds_something(self._folder)
        storage = plan.storage or (StorageKind.S3 if had else plan.settings.storage)
        self._environment["ANI_STORAGE"] = storage.value
        if own and (had or storage is StorageKind.S3):  # with "local" as well: there may be videos in it
            ports = free_ports(bucket.PORTS)
            self._databases.append(bucket.part(self._folder, ports=ports))
            self._environment.update(bucket.environment(bucket.settings_of(self._folder, ports[0])))

    async def run(self) -> int:
        """Start everything, wait, and stop everything."""
        stop = asyncio.Event()
        with _signals(stop, self._kill):
            try:
                await self._until(stop, self._start())
                await self._until(stop, self._watch())
            finally:
                self._terminal.say("Stopping …")
                await self._stop()
                self._folder.forget()
        self._terminal.say("Stopped.")
        return 0

    async def _until(self, stop: asyncio.Event, work: Any) -> None:
        """Do ``work``, or as much of it as there is time for."""
        doing, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not doing.done():
                doing.cancel()
                await asyncio.wait({doing})
        if not doing.cancelled():
            doing.result()

    async def _start(self) -> None:
        environment = {
            name: value for name, value in self._environment.items() if name not in {"ANI_HOST", "ANI_EDGE_SECRET"}
        }
        self._terminal.say(f"Starting {', '.join(part.name for part in self._parts)}", style="dim")
        await self._start_all(self._databases)
        self._folder.write_environment(environment)
        account = await self._prepare()
        await self._start_all(self._applications)
        await self._start_all([self._edge])
        self._terminal.announce(
            self._plan.settings.url,
            [(part.name, part.where) for part in self._parts],
            account,
        )

    async def _start_all(self, parts: Sequence[Part]) -> None:
        for part in parts:
            supervised = self._running[part.name] = Supervised(part, self._terminal, self._write_state)
            supervised.start()
        for part in parts:
            try:
                await self._running[part.name].until_ready()
            except GaveUp:
                raise self._failed(part.name) from None

    async def _watch(self) -> None:
        """Until one is given up."""
        tasks = {supervised.task: name for name, supervised in self._running.items()}
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            error = task.exception()
            raise self._failed(tasks[task]) if isinstance(error, GaveUp) else error or RuntimeError(tasks[task])

    def _failed(self, name: str) -> PartFailed:
        return PartFailed(part=name, tail="\n    ".join(self._running[name].tail) or "(nothing)")

    async def _stop(self) -> None:
        await self._stop_all([self._edge, *self._applications])  # together: the edge waits for their last answers
        await self._stop_all(self._databases)

    async def _stop_all(self, parts: Sequence[Part]) -> None:
        running = [self._running[part.name] for part in parts if part.name in self._running]
        await asyncio.gather(*(supervised.stop() for supervised in running))

    def _kill(self) -> None:
        for supervised in self._running.values():
            supervised.end_now()

    async def _prepare(self) -> tuple[str, str] | None:
        """The database up to date; who may sign in first, with their password, where that is new."""
        former = self._former_database()
        self._terminal.say(
            f"Bringing what is in {former.name} into PostgreSQL" if former else "Bringing the database up to date",
            style="dim",
        )
        prepare = (sys.executable, "-m", "server.cli.prepare", *([str(former)] if former else []))
        answer = orjson.loads(await self._ask("Preparing the database", *prepare))
        if former is not None:
            self._put_away(former, moved=answer["moved"])
        if self._plan.demo:
            self._terminal.say("Making something to watch, if there is nothing. This takes about a minute.")
            await self._ask("Making something to watch", *_ani(), "demo")
        return None if answer["password"] is None else (answer["email"], answer["password"])

    def _former_database(self) -> Path | None:
        """What `ani serve` kept in this folder."""
        file = self._folder.data_dir / SQLITE_FILE
        return file if not self._plan.settings.database_url and file.exists() else None

    def _put_away(self, former: Path, *, moved: bool) -> None:
        if not moved:
            self._terminal.say(
                f"{former.name} is left as it is: PostgreSQL holds data already, and is used", style="yellow"
            )
            return
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                former.with_name(former.name + suffix).rename(former.with_name(f"{former.name}.moved{suffix}"))
        self._terminal.say(f"[green]✓[/green] moved; the former database is {former.name}.moved")

    async def _ask(self, what: str, *command: str) -> bytes:
        """What a program prints that ends by itself.  Raises ``PreparationFailed``, which says ``what`` failed."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self._environment},
        )
        try:
            async with asyncio.timeout(PREPARE_TIMEOUT_S):
                answer, printed = await process.communicate()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise
        if process.returncode:
            raise servers.PreparationFailed(program=what, printed=printed.decode(errors="replace").strip()[-2000:])
        return answer

    def _ani(self, name: str, arguments: Sequence[str], port: int, stop_timeout_s: float, *, voice: int) -> Part:
        settings = self._plan.settings

        async def ready() -> bool:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                timeout = aiohttp.ClientTimeout(servers.ANSWER_TIMEOUT_S)
                async with (
                    aiohttp.ClientSession(timeout=timeout) as session,
                    session.get(f"http://127.0.0.1:{port}/healthz") as answer,
                ):
                    return answer.status == 200
            return False

        return Part(
            name=name,
            command=[*_ani(), *arguments],
            environment={
                **self._environment,
                "ANI_PORT": str(port),
                "ANI_WORKER_PORT": str(port),
                # Each process has a UDP port of its own for voice.
                "ANI_RTC_PORT": str(settings.rtc_port + voice if settings.rtc_port else 0),
            },
            ready=ready,
            folder=Path.cwd(),  # where .env is
            stop_timeout_s=stop_timeout_s,
            where=f"127.0.0.1:{port}",
        )

    def _write_state(self) -> None:
        self._folder.write_state(
            {
                "url": self._plan.settings.url,
                "pid": os.getpid(),
                "parts": {
                    name: {
                        "pid": supervised.pid,
                        "address": supervised.part.where,
                        "restarts": supervised.restarts.total,
                    }
                    for name, supervised in self._running.items()
                },
            }
        )


def free_ports(count: int) -> list[int]:
    """TCP ports of 127.0.0.1 that nobody listens on, all different."""
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(count):
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(int(probe.getsockname()[1]))
        return ports


def ensure_free(host: str, port: int) -> None:
    """Raises :class:`PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            reason = {
                errno.EADDRINUSE: "another program has that port; choose one with --port",
                errno.EACCES: "ports below 1024 are for root; choose one with --port",
            }.get(error.errno or 0, error.strerror or str(error))
            raise PortTaken(host=host, port=port, reason=reason) from None


def _environment(settings: Settings, folder: UpFolder) -> dict[str, str]:
    """What all of our own processes are told."""
    environment = {
        "ANI_HOST": "127.0.0.1",  # nobody but nginx comes to them, or X-Forwarded-For could not be believed
        "ANI_RTC_HOST": settings.rtc_host or settings.host,
        "ANI_DATA_DIR": str(folder.data_dir),
        "ANI_PUBLIC_URL": settings.url,
        "ANI_TRUSTED_PROXIES": str(max(1, settings.trusted_proxies)),
        "ANI_EDGE_SECRET": settings.edge_secret.get_secret_value() or secrets.token_hex(24),
        "ANI_EMBEDDED_WORKER": "false",
    }
    if not settings.has_own_secret:
        present, *former = settings.key_file.read()
        environment["ANI_SECRET_KEY"] = present.secret
        accepted = [key.get_secret_value() for key in settings.accepted_secret_keys]
        accepted += [key.secret for key in former]
        environment["ANI_ACCEPTED_SECRET_KEYS"] = ",".join(accepted[:MAX_ACCEPTED_KEYS])
    if sys.stdout.isatty() and settings.log_json is None:
        environment["ANI_LOG_JSON"] = "false"
    return environment


def _ani() -> list[str]:
    program = Path(sys.executable).with_name("ani")
    return [str(program)] if program.exists() else [sys.executable, "-c", "from server.entry import main; main()"]


@contextlib.contextmanager
def _signals(stop: asyncio.Event, kill: Any) -> Iterator[None]:
    """SIGINT and SIGTERM ask to stop; the second time they make it."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            kill()
        stop.set()

    handled = (signal.SIGINT, signal.SIGTERM)
    for number in handled:
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


def default_processes() -> int:
    """As many as there are processors, up to four: with more the databases want their share."""
    return min(4, os.cpu_count() or 1)
