"""The vectors the TypeScript twins are held to (``web/src/sync/*.test.ts``) are what the Python twins do today."""

import json
from typing import Any

import pytest

from tests.vectors import record


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("clock", record.clock_vectors),
        ("playback", record.playback_vectors),
        ("live", record.live_vectors),
        ("drift", record.drift_vectors),
    ],
)
def test_recorded_as_it_is(name: str, now: Any) -> None:
    """After a deliberate change: ``python -m tests.vectors.record``, and read the diff."""
    recorded = json.loads((record.HERE / f"{name}.json").read_text())
    assert json.loads(json.dumps(now())) == recorded
