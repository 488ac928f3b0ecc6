"""What `ani storage` prints."""

import sys
from pathlib import Path

from rich.filesize import decimal
from rich.table import Table

from server.cli.commands import EXIT_REFUSED, load_settings, run, with_services
from server.cli.console import err, out, progress_bar, show_table
from server.cli.upkeep import storage
from server.services import Services
from server.settings.storage import StorageKind


def move(to: str, data_dir: Path | None) -> None:
    """Move all videos."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            moved = await storage.move(services, StorageKind(to), show)
        out.print(
            f"[green]Moved[/green] {_videos(moved.count)} ({decimal(moved.size_bytes)}), each compared with its checksums."
        )
        if moved.busy:
            out.print(f"{_videos(moved.busy)} being made just now: give the command again later.")
        if services.settings.storage is not StorageKind(to):
            out.print(f"New videos still go elsewhere: set ANI_STORAGE={to}.")
        _tell_faults(moved.damaged, "stayed where they were")

    run(with_services(load_settings(data_dir=data_dir), action))


def check(data_dir: Path | None) -> None:
    """Compare all videos with their checksums."""

    async def action(services: Services) -> None:
        with progress_bar() as show:
            checked = await storage.check(services, show)
        out.print(f"Read {checked.files:,} files of {_videos(checked.assets)} ({decimal(checked.size_bytes)}).")
        if checked.recorded:
            out.print(f"{_videos(checked.recorded)} had no checksums; from now on they have.")
        _tell_faults(checked.faults, "are wrong")
        out.print("[green]All is as it was published.[/green]")

    run(with_services(load_settings(data_dir=data_dir), action))


def gc(data_dir: Path | None, *, dry_run: bool) -> None:
    """Remove, or list, what belongs to nobody."""

    async def action(services: Services) -> None:
        found = await storage.garbage(services)
        if not found:
            out.print("There is nothing to remove.")
            return
        table = Table("where", "what", "files", "size", "why", box=None, pad_edge=False)
        for one in found:
            table.add_row(one.place, one.key, str(one.files), decimal(one.size_bytes), storage.REASONS[one.reason])
        show_table(table)
        size = decimal(sum(one.size_bytes for one in found))
        if dry_run:
            out.print(f"{size} would be removed. Without --dry-run it is.")
            return
        with progress_bar() as show:
            await storage.remove(services, found, show)
        out.print(f"[green]Removed[/green] {size}.")

    run(with_services(load_settings(data_dir=data_dir), action))


def _tell_faults(faults: list[str], what: str) -> None:
    if faults:
        for fault in faults:
            err.print(fault, style="red", markup=False, soft_wrap=True)
        err.print(f"{len(faults)} {what}.", style="red")
        sys.exit(EXIT_REFUSED)


def _videos(count: int) -> str:
    return f"{count:,} video" + "s" * (count != 1)
