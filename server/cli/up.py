"""What `ani up` does before and after it runs.  Apart from the other commands, so that it does not load the whole program."""

import asyncio
import sys
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from kernel.errors import AniError
from server.settings import BadSettings, Settings
from server.settings.storage import StorageKind
from server.up import supervisor

EXIT_REFUSED = 1
EXIT_SETTINGS = 2


def up(
    *,
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    processes: int | None,
    with_demo: bool,
    storage: StorageKind | None,
) -> None:
    """Run an installation until stopped; ``None`` leaves a setting as it is."""
    given: dict[str, Any] = {"host": host, "port": port, "data_dir": data_dir}
    try:
        settings = Settings.load(**{name: value for name, value in given.items() if value is not None})
    except BadSettings as error:
        _fail(f"Settings: {error.message}", EXIT_SETTINGS)
    if not settings.port:
        _fail("Settings: ANI_PORT: `ani up` needs a port of its own, and 0 is none.", EXIT_SETTINGS)
    count = supervisor.default_processes() if processes is None else processes
    if not 1 <= count <= supervisor.MAX_PROCESSES:
        _fail(f"--processes must be from 1 to {supervisor.MAX_PROCESSES}.", EXIT_SETTINGS)
    try:
        code = asyncio.run(
            supervisor.up(supervisor.Plan(settings=settings, processes=count, demo=with_demo, storage=storage))
        )
    except AniError as error:
        _fail(error.message, EXIT_REFUSED)
    sys.exit(code)


def _fail(message: str, code: int) -> NoReturn:
    Console(stderr=True).print(message, style="red", markup=False, soft_wrap=True)
    sys.exit(code)
