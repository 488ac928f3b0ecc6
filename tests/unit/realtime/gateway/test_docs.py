"""docs/party.md names every event there is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs/party.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "realtime").rglob("*.py"))


def test_events_of_clients() -> None:
    events = set(re.findall(r'events\.on\("([\w:]+)"', SOURCES))
    assert len(events) > 10
    assert {event for event in events if f"`{event}`" not in PAGE} == set()


def test_events_of_the_server() -> None:
    events = set(re.findall(r'(?:encode|announce|to_everyone)\(\s*"([\w:]+)"', SOURCES))
    assert len(events) > 8
    assert {event for event in events if f"`{event}`" not in PAGE} == set()
