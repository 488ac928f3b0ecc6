"""What is said of a change to a source, and what is not."""

from dataclasses import replace
from datetime import UTC, datetime

from kernel.changes import WITHHELD
from kernel.ids import new_id
from streaming.proxy.model import Findings, SourceChanged, SourceId, SourceSettings, VideoSource

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FINDINGS = Findings(is_live=False, variants=1, height_px=720, duration_ms=1_000)


def test_a_change_names_what_is_different_and_keeps_keys_to_itself() -> None:
    settings = SourceSettings("Channel", "https://cdn.example.com/a.m3u8?token=hush")
    source = VideoSource.register(SourceId(new_id()), new_id(), settings, "sealed", FINDINGS, NOW)
    source.pull_events()
    source.change(replace(settings, url="https://cdn.example.com/a.m3u8?token=other"), "sealed", FINDINGS, NOW)
    moved = replace(settings, url="https://cdn.example.com/b.m3u8?token=hush", heuristics=True)
    source.change(moved, "sealed anew", FINDINGS, NOW)
    first, second = source.pull_events()
    assert isinstance(first, SourceChanged)
    assert isinstance(second, SourceChanged)
    assert first.changes == {}
    assert second.changes == {
        "url": ("https://cdn.example.com/a.m3u8", "https://cdn.example.com/b.m3u8"),
        "heuristics": (False, True),
        "headers": (WITHHELD, WITHHELD),
    }
