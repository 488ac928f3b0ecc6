"""What the commands of ``ani`` do; how they are called is in ``cli``."""

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn

import uvloop
from rich.table import Table
from sqlalchemy.exc import OperationalError

import migrations
import streaming.ingest.jobs
import streaming.origin.routes
from catalog.imports.runs.model import RunState
from kernel import log as logs
from kernel.access import Role
from kernel.concurrency import collector
from kernel.db import Database
from kernel.errors import AniError, Unavailable
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server.boot import open_services
from server.cli import accounts, imports, serving
from server.cli.console import err, out, progress_bar, show_table
from server.cli.upkeep import backup, keys, move, packagers
from server.services import Services
from server.settings import BadSettings, Settings
from streaming.ingest.picture.codecs import VideoCodec
from streaming.ingest.tracks.jobs import change_tracks
from streaming.ingest.tracks.model import SoundToAdd
from streaming.keys.model import Protection

EXIT_REFUSED = 1
"""What was asked cannot be done; the message says why."""
EXIT_SETTINGS = 2
"""A setting or an argument is wrong."""
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def serve(*, with_demo: bool, host: str | None, port: int | None, data_dir: Path | None, quiet: bool = False) -> None:
    """Serve until stopped; ``None`` leaves a setting as it is."""
    settings = load_settings(host=host, port=port, data_dir=data_dir)
    run(serving.serve(settings, with_demo=with_demo, quiet=quiet))


def worker(data_dir: Path | None) -> None:
    """Do jobs until stopped."""
    settings = load_settings(data_dir=data_dir)
    run(serving.work(settings))


def migrate(to: str, *, down: bool, data_dir: Path | None) -> None:
    """Bring the database to the revision ``to``."""

    async def action(services: Services) -> None:
        if down:
            await migrations.downgrade(services.database, to)
        else:
            await migrations.upgrade(services.database, to)
        out.print(f"The database is at [bold]{await migrations.present(services.database) or 'base'}[/bold].")

    run(with_services(load_settings(data_dir=data_dir), action, prepare=False))


def ingest(
    file: Path,
    episode: str,
    subtitles: list[Path],
    data_dir: Path | None,
    *,
    protect: Protection | None = None,
    codecs: tuple[VideoCodec, ...] | None = None,
) -> None:
    """Make a file and its subtitles the media of an episode."""

    async def action(services: Services) -> None:
        services.jobs.leave_to_others()  # such as looking for its opening: this process is about to end
        with progress_bar() as show:
            asset = await streaming.ingest.jobs.ingest(
                services.container, file, episode, subtitles, show, protection=protect, codecs=codecs
            )
        await Relay(services.container).drain()
        for warning in asset.warnings:
            err.print(f"Warning: {warning}", style="yellow", markup=False, soft_wrap=True)
        if asset.protection is not Protection.NONE:
            out.print(f"Its pictures and sound are encrypted: {asset.protection.value}.")
        out.print(f"[green]Ready to stream[/green] as asset {asset.id}. Publish the episode to show it to viewers.")

    run(with_services(load_settings(data_dir=data_dir), action))


def add_audio(file: Path, episode: str, sound: SoundToAdd, data_dir: Path | None) -> None:
    """Add the sound in a file to the video of an episode."""

    async def action(services: Services) -> None:
        services.jobs.leave_to_others()
        path = await asyncio.to_thread(file.absolute)
        with progress_bar() as show:
            asset = await change_tracks(services.container, episode, sound, new_id(), file=path, on_progress=show)
        await Relay(services.container).drain()
        for warning in asset.warnings:
            err.print(f"Warning: {warning}", style="yellow", markup=False, soft_wrap=True)
        languages = ", ".join(f"{track.label} ({track.language})" for track in asset.audio)
        out.print(f"[green]Added[/green]; viewers choose between: {languages}.")

    run(with_services(load_settings(data_dir=data_dir), action))


def run_import(source: str, file: Path | None, data_dir: Path | None, *, dry: bool, publish: bool) -> None:
    """Read a source into the catalogue, or say what that would change."""

    async def action(services: Services) -> None:
        collector.settle()
        with progress_bar() as show:
            done = await imports.run(services, source, file, show, dry=dry, publish=publish or None)
        show_table(await imports.summary(services, done))
        if done.state is not RunState.SUCCEEDED:
            _fail(f"The import ended early: {done.fault.text if done.fault else done.state.value}.", EXIT_REFUSED)

    run(with_services(load_settings(data_dir=data_dir), action))


def demo(catalogue: Path | None, data_dir: Path | None) -> None:
    """Make something to watch, if there is nothing, and fill the catalogue with real titles, if there is a file of them."""

    async def action(services: Services) -> None:
        made = await serving.make_demo(services)
        if catalogue is not None:
            collector.settle()
            with progress_bar() as show:
                done = await imports.run(services, "bangumi-data", catalogue, show, publish=True)
            show_table(await imports.summary(services, done))
        elif not made:
            out.print("The catalogue is not empty, so nothing was added.")

    run(with_services(load_settings(data_dir=data_dir), action))


def make_backup(folder: Path, data_dir: Path | None, *, with_media: bool) -> None:
    """Write a backup into ``folder``."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            made = await backup.make(services, folder, with_media=with_media, show=show)
        if with_media and services.settings.bucket is not None:
            err.print("Videos in the bucket are not in it: see docs/storage.md.", style="yellow")
        out.print(
            f"[green]Backed up[/green] to {folder}: {made}. Keep it safe: who has secret.key can sign in as anybody."
        )

    run(with_services(load_settings(data_dir=data_dir), action, prepare=False))


def move_database(to: str, data_dir: Path | None) -> None:
    """Carry all rows into the database at ``to``."""
    settings = load_settings(data_dir=data_dir)
    target_url = sys.stdin.readline().strip() if to == "-" else to
    try:
        Settings.load(_env_file=None, database_url=target_url)
    except BadSettings as error:
        _fail(f"The target: {error.message}", EXIT_SETTINGS)

    async def work() -> None:
        source, target = Database(settings.database), Database(target_url)
        try:
            with progress_bar() as show:
                moved = await move.move(source, target, show)
        finally:
            await source.close()
            await target.close()
        rows = sum(moved.values())
        out.print(f"[green]Moved[/green] {rows:,} rows of {len(moved)} tables; each table has as many as before.")
        out.print(
            "Set ANI_DATABASE_URL to the new address. The former database is unchanged; remove it when all is well."
        )

    run(work())


def restore_backup(folder: Path, data_dir: Path | None) -> None:
    """Take an installation out of ``folder``."""
    settings = load_settings(data_dir=data_dir)

    async def work() -> None:
        with progress_bar() as show:
            restored = await backup.restore(settings, folder, show=show)
        out.print(f"[green]Restored[/green] from {folder}: {restored}. `ani serve` brings it up to this version.")

    run(work())


def user_list(search: str, data_dir: Path | None) -> None:
    """Print the users whose name or address has ``search`` in it."""

    async def action(services: Services) -> None:
        table = Table("nickname", "e-mail", "role", "since", "id", box=None, pad_edge=False)
        async with services.container.scope(write=False) as scope:
            users, total = await accounts.users(scope, search)
        for user in users:
            table.add_row(user.nickname, user.email, user.role, user.since.strftime("%Y-%m-%d"), user.id)
        show_table(table)
        if total > len(users):
            out.print(f"… and {total - len(users)} more; narrow it down with --search.")

    run(with_services(load_settings(data_dir=data_dir), action))


def user_role(who: str, role: Role, data_dir: Path | None) -> None:
    """Give somebody a role."""

    async def action(services: Services) -> None:
        await accounts.set_role(services, who, role)
        out.print(f"{who} is now [bold]{role}[/bold].")

    run(with_services(load_settings(data_dir=data_dir), action))


def user_password(who: str, data_dir: Path | None) -> None:
    """Give somebody the password that is typed, or comes by standard input."""

    async def action(services: Services) -> None:
        password = out.input("New password: ", password=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
        await accounts.set_password(services, who, password)
        out.print(f"{who} has a new password; their sessions ended.")

    run(with_services(load_settings(data_dir=data_dir), action))


def keys_list(data_dir: Path | None) -> None:
    """Print the secret keys, without their secrets."""
    table = Table("id", "", "replaced", box=None, pad_edge=False)
    for key in keys.listed(load_settings(data_dir=data_dir)):
        since = "" if key.replaced_at is None else key.replaced_at.strftime("%Y-%m-%d %H:%M UTC")
        table.add_row(key.id, "signs" if key.signs else "believed", since)
    show_table(table)


def keys_rotate(data_dir: Path | None) -> None:
    """Put a new key in front, or say how where it is not in a file."""
    settings = load_settings(data_dir=data_dir)
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
    settings = load_settings(data_dir=data_dir)
    if settings.has_own_secret:
        _fail("The keys are in ANI_SECRET_KEY and ANI_ACCEPTED_SECRET_KEYS: remove them there.", EXIT_REFUSED)

    async def action(services: Services) -> None:
        count = await keys.retire(services, at_once=at_once)
        out.print(f"{count} removed. Start the server again for it to forget them too.")

    run(with_services(settings, action))


def packager_list(data_dir: Path | None) -> None:
    """Print the outside packagers."""

    async def action(services: Services) -> None:
        show_table(packagers.table(await packagers.listed(services)))

    run(with_services(load_settings(data_dir=data_dir), action))


def packager_add(name: str, data_dir: Path | None) -> None:
    """Make a packager, and print its token."""

    async def action(services: Services) -> None:
        _, token = await packagers.add(services, name)
        out.print(f"For {services.settings.url}/api/v1/drm/speke; shown this once:", markup=False, soft_wrap=True)
        out.print(token, markup=False, soft_wrap=True)

    run(with_services(load_settings(data_dir=data_dir), action))


def packager_revoke(packager: str, data_dir: Path | None) -> None:
    """Refuse a token from now on."""

    async def action(services: Services) -> None:
        await packagers.revoke(services, packager)
        out.print("Its token is refused from now on.")

    run(with_services(load_settings(data_dir=data_dir), action))


async def with_services(
    settings: Settings, action: Callable[[Services], Awaitable[None]], *, prepare: bool = True
) -> None:
    """Do ``action`` with the services of an installation, its database up to date if it has to ``prepare``."""
    async with open_services(settings) as services:
        if prepare:
            await migrations.upgrade(services.database)
        await action(services)


def load_settings(**overrides: Any) -> Settings:
    """The settings with what was given on the command line (``None``: nothing); ends the process where they are wrong."""
    try:
        settings = Settings.load(**{name: value for name, value in overrides.items() if value is not None})
    except BadSettings as error:
        _fail(f"Settings: {error.message}", EXIT_SETTINGS)
    # Commands speak to a person; what they log is for those who ask.  A server starts logging once it serves.
    quiet = "warning" if settings.log_level == "info" else settings.log_level
    logs.configure(level=quiet, json=settings.log_json)
    return settings


def run(work: Coroutine[Any, Any, None]) -> None:
    """Do it; what goes wrong is told in a line, and ends the process."""
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
