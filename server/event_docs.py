"""Writes ``docs/events.md`` from the code: every domain event, its fields, and who hears of it.

``python -m server.event_docs`` prints it; a test holds the committed file to it.
"""

import asyncio
import inspect
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from kernel.events import Event
from kernel.outbox.outbox import EventTable
from server.boot import open_services
from server.settings import Settings

FEATURES = ("accounts", "catalog", "streaming", "realtime", "notify")


def render(table: EventTable) -> str:
    """The whole page."""
    lines = [
        "# Domain events",
        "",
        "Generated from the code by `make docs`; do not edit.",
        "",
        "Each is stored in the transaction that made it true, once for every subscriber, and delivered after it",
        "(`kernel/outbox/outbox.py`, `kernel/outbox/relay.py`). `at` is when it happened. Subscribers are bound in `server/wiring.py`, under the names they have here.",
    ]
    for feature in FEATURES:
        events = sorted(
            (kind for kind in Event.registry.values() if kind.__module__.startswith(f"{feature}.")),
            key=lambda kind: kind.__name__,
        )
        if events:
            lines += ["", f"## {feature}", "", "| event | meaning | fields | heard by |", "|---|---|---|---|"]
            lines += [_row(kind, table) for kind in events]
    return "\n".join(lines) + "\n"


def _row(kind: type[Event], table: EventTable) -> str:
    meaning = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
    described = ", ".join(f"`{field.name}`" for field in fields(kind) if field.name != "at")
    heard = [f"`{name}`" for name in table.subscribers_of(kind)]
    return f"| `{kind.__name__}` | {meaning} | {described} | {', '.join(heard) or '–'} |"


async def _current() -> str:
    with tempfile.TemporaryDirectory() as folder:
        async with open_services(Settings.load(_env_file=None, data_dir=Path(folder))) as services:
            return render(services.container.events)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_current()))
