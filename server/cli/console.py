"""What commands say in the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

WIDEST_TABLE = 1000
"""Columns; an address has up to 254 characters."""

out = Console()
err = Console(stderr=True)


def show_table(table: Table) -> None:
    """Print it as wide as it is: an id that was cut off to fit the terminal, or a pipe, is good for nothing."""
    whole = Measurement.get(out, out.options.update(max_width=WIDEST_TABLE), table).maximum
    Console(width=max(out.width, whole)).print(table)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar in the terminal, as long as the block lasts; called with a stage and a fraction from 0 to 1 of all, it moves."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("Starting", total=1.0)
        yield lambda stage, fraction: progress.update(task, description=stage, completed=fraction)
