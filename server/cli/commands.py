"""What the commands of ``ani`` do; how they are called is in ``cli``."""

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn

import uvloop
from aiohttp import web
from rich.console import Console
from rich.measure import Measurement
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import OperationalError

import migrations
import streaming.ingest.jobs
import streaming.origin.routes
from catalog.imports.runs.model import RunState
from kernel import log as logs
from kernel.access import Role
from kernel.errors import AniError, Unavailable
from kernel.outbox.relay import Relay
from server import health
from server.app import create_runner
from server.boot import background_work, open_services
from server.cli import accounts, backup, imports, keys, packagers
from server.cli import demo as demo_content
from server.listening import Listening, raise_open_files
from server.services import Services
from server.settings import BadSettings, Settings
from streaming.keys.model import Protection

EXIT_REFUSED = 1
"""What was asked cannot be done; the message says why."""
EXIT_SETTINGS = 2
"""A setting or an argument is wrong."""
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

WIDEST_TABLE = 1000
"""Columns; an address has up to 254 characters."""

out = Console()
err = Console(stderr=True)


def serve(*, with_demo: bool, host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Serve until stopped; ``None`` leaves a setting as it is."""
    settings = _settings(host=host, port=port, data_dir=data_dir)
    _run(_serve(settings, with_demo=with_demo))


def worker(data_dir: Path | None) -> None:
    """Do jobs until stopped."""
    settings = _settings(data_dir=data_dir)
    _run(_worker(settings))


def migrate(to: str, *, down: bool, data_dir: Path | None) -> None:
    """Bring the database to the revision ``to``."""

    async def action(services: Services) -> None:
        if down:
            await migrations.downgrade(services.database, to)
        else:
            await migrations.upgrade(services.database, to)
        out.print(f"The database is at [bold]{await migrations.present(services.database) or 'base'}[/bold].")

    _run(_with_services(_settings(data_dir=data_dir), action, prepare=False))


def ingest(
    file: Path, episode: str, subtitles: list[Path], data_dir: Path | None, *, protect: Protection | None = None
) -> None:
    """Make a file and its subtitles the media of an episode."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            asset = await streaming.ingest.jobs.ingest(
                services.container, file, episode, subtitles, show, protection=protect
            )
        await Relay(services.container).drain()
        for warning in asset.warnings:
            err.print(f"Warning: {warning}", style="yellow", markup=False, soft_wrap=True)
        if asset.protection is not Protection.NONE:
            out.print(f"Its pictures and sound are encrypted: {asset.protection.value}.")
        out.print(f"[green]Ready to stream[/green] as asset {asset.id}. Publish the episode to show it to viewers.")

    _run(_with_services(_settings(data_dir=data_dir), action))


def run_import(source: str, file: Path | None, data_dir: Path | None, *, dry: bool, publish: bool) -> None:
    """Read a source into the catalogue, or say what that would change."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            done = await imports.run(services, source, file, show, dry=dry, publish=publish or None)
        _show(await imports.summary(services, done))
        if done.state is not RunState.SUCCEEDED:
            _fail(f"The import ended early: {done.error or done.state.value}.", EXIT_REFUSED)

    _run(_with_services(_settings(data_dir=data_dir), action))


def demo(catalogue: Path | None, data_dir: Path | None) -> None:
    """Make something to watch, if there is nothing, and fill the catalogue with real titles, if there is a file of them."""

    async def action(services: Services) -> None:
        made = await _make_demo(services)
        if catalogue is not None:
            with progress_bar() as show:
                done = await imports.run(services, "bangumi-data", catalogue, show, publish=True)
            _show(await imports.summary(services, done))
        elif not made:
            out.print("The catalogue is not empty, so nothing was added.")

    _run(_with_services(_settings(data_dir=data_dir), action))


def make_backup(folder: Path, data_dir: Path | None, *, with_media: bool) -> None:
    """Write a backup into ``folder``."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            made = await backup.make(services, folder, with_media=with_media, show=show)
        out.print(
            f"[green]Backed up[/green] to {folder}: {made}. Keep it safe: who has secret.key can sign in as anybody."
        )

    _run(_with_services(_settings(data_dir=data_dir), action, prepare=False))


def restore_backup(folder: Path, data_dir: Path | None) -> None:
    """Take an installation out of ``folder``."""
    settings = _settings(data_dir=data_dir)

    async def work() -> None:
        with progress_bar() as show:
            restored = await backup.restore(settings, folder, show=show)
        out.print(f"[green]Restored[/green] from {folder}: {restored}. `ani serve` brings it up to this version.")

    _run(work())


def user_list(search: str, data_dir: Path | None) -> None:
    """Print the users whose name or address has ``search`` in it."""

    async def action(services: Services) -> None:
        table = Table("nickname", "e-mail", "role", "since", "id", box=None, pad_edge=False)
        async with services.container.scope(write=False) as scope:
            users, total = await accounts.users(scope, search)
        for user in users:
            table.add_row(user.nickname, user.email, user.role, user.since.strftime("%Y-%m-%d"), user.id)
        _show(table)
        if total > len(users):
            out.print(f"… and {total - len(users)} more; narrow it down with --search.")

    _run(_with_services(_settings(data_dir=data_dir), action))


def user_role(who: str, role: Role, data_dir: Path | None) -> None:
    """Give somebody a role."""

    async def action(services: Services) -> None:
        await accounts.set_role(services, who, role)
        out.print(f"{who} is now [bold]{role}[/bold].")

    _run(_with_services(_settings(data_dir=data_dir), action))


def user_password(who: str, data_dir: Path | None) -> None:
    """Give somebody the password that is typed, or comes by standard input."""

    async def action(services: Services) -> None:
        password = out.input("New password: ", password=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
        await accounts.set_password(services, who, password)
        out.print(f"{who} has a new password; their sessions ended.")

    _run(_with_services(_settings(data_dir=data_dir), action))


def keys_list(data_dir: Path | None) -> None:
    """Print the secret keys, without their secrets."""
    table = Table("id", "", "replaced", box=None, pad_edge=False)
    for key in keys.listed(_settings(data_dir=data_dir)):
        since = "" if key.replaced_at is None else key.replaced_at.strftime("%Y-%m-%d %H:%M UTC")
        table.add_row(key.id, "signs" if key.signs else "believed", since)
    _show(table)


def keys_rotate(data_dir: Path | None) -> None:
    """Put a new key in front, or say how where it is not in a file."""
    settings = _settings(data_dir=data_dir)
    if settings.has_own_secret:
        out.print(
            "The key is in ANI_SECRET_KEY. Put this one there, and the present one into ANI_ACCEPTED_SECRET_KEYS:"
        )
        out.print(keys.next_secret(settings), markup=False, soft_wrap=True)
        out.print("With several servers: docs/security.md says in which order.")
        return
    keys.rotate(settings)
    out.print(
        "A new key signs once the server is started again. Remove the former ones later: [bold]ani keys retire[/bold]."
    )


def keys_retire(*, at_once: bool, data_dir: Path | None) -> None:
    """Remove former keys, after what they encrypted was encrypted again."""
    settings = _settings(data_dir=data_dir)
    if settings.has_own_secret:
        _fail("The keys are in ANI_SECRET_KEY and ANI_ACCEPTED_SECRET_KEYS: remove them there.", EXIT_REFUSED)

    async def action(services: Services) -> None:
        count = await keys.retire(services, at_once=at_once)
        out.print(f"{count} removed. Start the server again for it to forget them too.")

    _run(_with_services(settings, action))


def packager_list(data_dir: Path | None) -> None:
    """Print the outside packagers."""

    async def action(services: Services) -> None:
        _show(packagers.table(await packagers.listed(services)))

    _run(_with_services(_settings(data_dir=data_dir), action))


def packager_add(name: str, data_dir: Path | None) -> None:
    """Make a packager, and print its token."""

    async def action(services: Services) -> None:
        _, token = await packagers.add(services, name)
        out.print(f"For {services.settings.url}/api/v1/drm/speke; shown this once:", markup=False, soft_wrap=True)
        out.print(token, markup=False, soft_wrap=True)

    _run(_with_services(_settings(data_dir=data_dir), action))


def packager_revoke(packager: str, data_dir: Path | None) -> None:
    """Refuse a token from now on."""

    async def action(services: Services) -> None:
        await packagers.revoke(services, packager)
        out.print("Its token is refused from now on.")

    _run(_with_services(_settings(data_dir=data_dir), action))


def _show(table: Table) -> None:
    """Print it as wide as it is: an id that was cut off to fit the terminal, or a pipe, is good for nothing."""
    whole = Measurement.get(out, out.options.update(max_width=WIDEST_TABLE), table).maximum
    Console(width=max(out.width, whole)).print(table)


async def _serve(settings: Settings, *, with_demo: bool) -> None:
    open_files = raise_open_files()
    async with open_services(settings) as services:
        password = await _prepare(services)
        if with_demo:
            await _make_demo(services)
        logs.configure(level=settings.log_level, json=settings.log_json)
        runner = create_runner(services)
        await runner.setup()
        streaming.origin.routes.install_fast_path(runner)
        listening = Listening(
            open_files=open_files,
            # Behind a proxy every connection is its; the sockets it hands on are counted by whom they are for.
            per_address=0 if settings.trusted_proxies else settings.address_connections,
            make_room=services.components.realtime.make_room,
        )
        listening.stand_in_front(runner)
        services.tasks.spawn(listening.watch(), name="connections")
        try:
            await _listen(runner, settings.host, settings.port, remedy="choose one with --port")
            _announce(settings, runner, password)
            await _stop_requested()
            out.print("Stopping …")
        finally:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int, *, remedy: str) -> None:
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
    except OSError as error:
        taken = f"another program has that port; {remedy}"
        why = taken if error.errno == errno.EADDRINUSE else error.strerror
        raise BadSettings(f"cannot listen on {host}:{port}: {why}") from None


def _announce(settings: Settings, runner: web.AppRunner, password: str | None) -> None:
    port = runner.addresses[0][1]
    url = settings.url if settings.public_url or settings.port else settings.url.rpartition(":")[0] + f":{port}"
    lines = [f"Ani runs at [bold cyan]{url}[/bold cyan]"]
    if password is not None:
        lines += [
            "",
            f"Administrator: [bold]{accounts.FIRST_ADMIN_EMAIL}[/bold]",
            f"One-time password: [bold]{password}[/bold]   (shown now, good once)",
        ]
    out.print(Panel("\n".join(lines), expand=False, border_style="cyan"), soft_wrap=True)
    out.print("Stop with Ctrl-C.", style="dim")


async def _worker(settings: Settings) -> None:
    async with open_services(settings) as services:
        await _prepare(services)
        logs.configure(level=settings.log_level, json=settings.log_json)
        app = web.Application()
        app.add_routes(health.routes(services))
        runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await runner.setup()
        try:
            await _listen(runner, settings.host, settings.worker_port, remedy="choose one with ANI_WORKER_PORT")
            async with background_work(services, worker=True):
                port = runner.addresses[0][1]
                out.print(f"Waiting for jobs; health and metrics on port {port}. Stop with Ctrl-C.")
                await _stop_requested()
        finally:
            await runner.cleanup()


async def _prepare(services: Services) -> str | None:
    """Bring the database up to date; returns the password of the administrator where one was made."""
    await migrations.upgrade(services.database)
    return await accounts.first_admin(services)


async def _make_demo(services: Services) -> bool:
    if not await demo_content.needed(services):
        return False
    out.print("Making something to watch. This happens once and takes about a minute.")
    with progress_bar() as show:
        await demo_content.make(services, show)
    await Relay(services.container).drain()
    return True


async def _with_services(
    settings: Settings, action: Callable[[Services], Awaitable[None]], *, prepare: bool = True
) -> None:
    async with open_services(settings) as services:
        if prepare:
            await migrations.upgrade(services.database)
        await action(services)


async def _stop_requested() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


class progress_bar:  # noqa: N801 - used like a function
    """A bar in the terminal; calling it with a stage and a fraction from 0 to 1 moves it."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=err,
            transient=False,
        )
        self._task = self._progress.add_task("Starting", total=1.0)

    def __enter__(self) -> "progress_bar":
        self._progress.start()
        return self

    def __call__(self, stage: str, fraction: float) -> None:
        """Move the bar to ``fraction`` (0 to 1) of ``stage``."""
        self._progress.update(self._task, description=stage, completed=fraction)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _settings(**overrides: Any) -> Settings:
    try:
        settings = Settings.load(**{name: value for name, value in overrides.items() if value is not None})
    except BadSettings as error:
        _fail(f"Settings: {error.message}", EXIT_SETTINGS)
    # Commands speak to a person; what they log is for those who ask.  A server starts logging once it serves.
    quiet = "warning" if settings.log_level == "info" else settings.log_level
    logs.configure(level=quiet, json=settings.log_json)
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    # Of what was loaded so far nothing goes away again.
    gc.freeze()
    gc.enable()
    try:
        uvloop.run(work)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BadSettings as error:
        _fail(f"Settings: {error.message}", EXIT_SETTINGS)
    except AniError as error:
        # What a driver said goes to an operator alone, never into an answer: it names hosts and files.
        reason = str(error.__cause__ or "").partition("\n")[0] if isinstance(error, Unavailable) else ""
        _fail(f"{error.message} ({reason})" if reason else error.message, EXIT_REFUSED)
    except (OperationalError, ConnectionError, OSError) as error:
        if os.environ.get("ANI_LOG_LEVEL") == "debug":
            raise
        _fail(f"{type(error).__name__}: {error}", EXIT_REFUSED)


def _fail(message: str, code: int) -> NoReturn:
    err.print(message, style="red", markup=False, soft_wrap=True)
    sys.exit(code)
