"""What `ani watch` prints."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table
from taskiq import InMemoryBroker

from server.boot import background_work
from server.cli import watch
from server.cli.commands import load_settings, run, with_services
from server.cli.console import err, out, progress_bar, show_table
from server.cli.watch import Watch
from server.services import Services
from streaming.ingest.watch_folder.model import MAX_FILES, Outcome, Scan, State
from streaming.keys.model import Protection

MAX_LINES: Final = 50
"""Said of one look; the others are in the table of --dry-run."""
MARKS: Final = {
    State.ORDER: ("ordered", "cyan"),
    State.QUEUED: ("ordered", "cyan"),
    State.RUNNING: ("encoding", "cyan"),
    State.DONE: ("ready", "green"),
    State.FAILED: ("failed", "red"),
    State.LEFT: ("left", "yellow"),
}


def watch_folder(
    folder: Path,
    data_dir: Path | None,
    *,
    once: bool,
    dry_run: bool,
    work: bool,
    replacing: bool,
    protect: Protection | None,
    interval_s: float,
) -> None:
    """Watch a folder until stopped, or look at it once."""
    wanted = Watch(folder=folder, interval_s=interval_s, replacing=replacing, protection=protect)

    async def action(services: Services) -> None:
        async with contextlib.AsyncExitStack() as stack:
            stop = await stack.enter_async_context(watch.stopping())
            if dry_run:
                _show_table(await watch.first_look(services, wanted, stop, ordering=False))
                return
            if work:
                await stack.enter_async_context(background_work(services, worker=True))
            elif isinstance(services.jobs.broker, InMemoryBroker):
                # One process has no broker that others hear; whoever serves finds the orders in the database.
                services.jobs.leave_to_others()
            if once:
                await _once(services, wanted, stop, work=work)
                return
            who = "they are made ready here" if work else "a server or worker makes them ready"
            out.print(f"Watching {folder}: new videos are ordered, and {who}. Stop with Ctrl-C.", markup=False)
            await watch.follow(
                services, wanted, stop, _show_news, lambda text: err.print(text, style="yellow", markup=False)
            )
            out.print("Stopped. What was ordered stays ordered.")

    run(with_services(load_settings(data_dir=data_dir), action))


async def _once(services: Services, wanted: Watch, stop: asyncio.Event, *, work: bool) -> None:
    outcomes = await watch.first_look(services, wanted, stop, ordering=True)
    _lines(outcomes)
    if work and any(one.state in {State.QUEUED, State.RUNNING} for one in outcomes):
        with progress_bar() as show:
            ended = await watch.until_done(services, wanted, stop, outcomes, show)
        _lines(ended)
        paths = {one.file.path for one in ended}
        outcomes = [*(one for one in outcomes if one.file.path not in paths), *ended]
    if stop.is_set():
        out.print("Stopped. What was ordered stays ordered.")
    counts = Counter(MARKS[one.state][0] for one in outcomes)
    out.print(", ".join(f"{count:,} {what}" for what, count in sorted(counts.items())) or "There is no video file.")


def _show_news(news: Sequence[Outcome], present: Scan) -> None:
    _lines(news)
    if news and present.more:
        err.print(f"There are more than {MAX_FILES:,} video files; the others are not looked at.", style="yellow")
    if news and present.unread:
        err.print(f"Not read: {', '.join(_shown(path) for path in present.unread)}", style="yellow", markup=False)


def _lines(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes[:MAX_LINES]:
        mark, style = MARKS[one.state]
        where = "" if one.target is None else f" → {one.target.title} {one.target.ordinal:g}"
        why = f": {one.sentence}" if one.sentence else ""
        out.print(f"{mark:<9}", style=style, end="")
        out.print(_shown(one.file.path) + where + why, markup=False, highlight=False, soft_wrap=True)
    if len(outcomes) > MAX_LINES:
        out.print(f"… and {len(outcomes) - MAX_LINES:,} more; `ani watch --dry-run` shows all.", style="dim")


def _show_table(outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        out.print("There is no video file.")
        return
    table = Table("file", "size", "episode", "what becomes of it", box=None, pad_edge=False)
    for one in outcomes:
        episode = "" if one.target is None else f"{one.target.title} {one.target.ordinal:g}"
        why = f", {one.sentence}" if one.sentence else ""
        table.add_row(
            escape(_shown(one.file.path)), decimal(one.file.size_bytes), escape(episode), escape(one.state.value + why)
        )
    show_table(table)
    ordered = sum(one.state is State.ORDER for one in outcomes)
    out.print(f"{ordered:,} of {len(outcomes):,} would be made ready. Without --dry-run they are.")


def _shown(path: str) -> str:
    """Without what would move the cursor or colour the terminal."""
    return "".join(character if character.isprintable() else "�" for character in path)
