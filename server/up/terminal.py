"""What ``ani up`` prints: its own words, and the logs of all parts line by line, each with the name of its part."""

import itertools
import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

COLOURS: Final = ("34", "31", "32", "35", "36", "33", "94", "92", "95", "96")
"""ANSI; each part has its own."""
OWN: Final = "ani"
MAX_LINE: Final = 16_384
"""Characters of a line of a log; what is longer goes on in the next."""


class Terminal:
    """Standard output, as long as the parts ``names`` run."""

    def __init__(self, names: Sequence[str]) -> None:
        self.console = Console(highlight=False)
        self._width = max(len(name) for name in (*names, OWN))
        colours = itertools.cycle(COLOURS)
        self._colours = {name: next(colours) for name in names}

    def line(self, name: str, text: str) -> None:
        """A line of a part's log."""
        prefix = f"{name:{self._width}} │ "
        if self.console.is_terminal:
            prefix = f"\x1b[{self._colours.get(name, '1')}m{prefix}\x1b[0m"
        sys.stdout.write(f"{prefix}{text}\n")
        sys.stdout.flush()

    def say(self, text: str, *, style: str = "") -> None:
        """Words of our own, with rich's marks."""
        mark = f"[bold]{OWN:{self._width}} │[/bold] "
        self.console.print(f"{mark}[{style}]{text}[/{style}]" if style else mark + text, soft_wrap=True)

    def announce(self, url: str, parts: Sequence[tuple[str, str]], account: tuple[str, str] | None) -> None:
        """Everything runs: where, what of, and who may sign in first."""
        table = Table.grid(padding=(0, 2))
        for name, where in parts:
            table.add_row(f"[dim]{name}[/dim]", f"[dim]{where}[/dim]")
        lines = Table.grid()
        lines.add_row(f"Ani runs at [bold cyan]{url}[/bold cyan]")
        if account is not None:
            lines.add_row("")
            lines.add_row(f"Administrator: [bold]{account[0]}[/bold]")
            lines.add_row(f"One-time password: [bold]{account[1]}[/bold]   (shown now, good once)")
        lines.add_row("")
        lines.add_row(table)
        self.console.print(Panel(lines, expand=False, border_style="cyan"), soft_wrap=True)
        self.say("Stop with Ctrl-C.", style="dim")
