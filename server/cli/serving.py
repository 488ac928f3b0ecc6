"""``ani serve`` and ``ani worker``: what runs until somebody stops it."""

import asyncio
import errno
import signal

from aiohttp import web
from rich.panel import Panel

import migrations
import streaming.origin.routes
from kernel import log as logs
from kernel.concurrency import collector
from kernel.outbox.relay import Relay
from server.boot import background_work, open_services
from server.cli import accounts
from server.cli import demo as demo_content
from server.cli.console import out, progress_bar
from server.http import health
from server.http.app import create_runner
from server.http.listening import Listening, raise_open_files
from server.services import Services
from server.settings import BadSettings, Settings


async def serve(settings: Settings, *, with_demo: bool, quiet: bool) -> None:
    """Until somebody stops it.  Raises ``BadSettings`` where it cannot listen."""
    open_files = raise_open_files()
    async with open_services(settings) as services:
        password = await prepare(services)
        if with_demo:
            await make_demo(services)
        logs.configure(level=settings.log_level, json=settings.log_json)
        runner = create_runner(services)
        await runner.setup()
        collector.settle()
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
            if not quiet:
                _announce(settings, runner, password)
            await _stop_requested()
            if not quiet:
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


async def work(settings: Settings) -> None:
    """Do jobs until somebody stops it.  Raises ``BadSettings`` where it cannot listen for health and metrics."""
    async with open_services(settings) as services:
        await prepare(services)
        logs.configure(level=settings.log_level, json=settings.log_json)
        app = web.Application()
        app.add_routes(health.routes(services))
        runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await runner.setup()
        collector.settle()
        try:
            await _listen(runner, settings.host, settings.worker_port, remedy="choose one with ANI_WORKER_PORT")
            async with background_work(services, worker=True):
                port = runner.addresses[0][1]
                out.print(f"Waiting for jobs; health and metrics on port {port}. Stop with Ctrl-C.")
                await _stop_requested()
        finally:
            await runner.cleanup()


async def prepare(services: Services) -> str | None:
    """Bring the database up to date; returns the password of the administrator where one was made."""
    await migrations.upgrade(services.database)
    return await accounts.first_admin(services)


async def make_demo(services: Services) -> bool:
    """Something to watch, where there is nothing; whether it was made."""
    if not await demo_content.needed(services):
        return False
    out.print("Making something to watch. This happens once and takes about a minute.")
    with progress_bar() as show:
        await demo_content.make(services, show)
    await Relay(services.container).drain()
    return True


async def _stop_requested() -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
