"""Films of hours: something is heard of them from the first second on, and every part of them is there.

They are small and slow (16×16 pixels, one frame a second), so that two hours take seconds.
"""

import itertools
from pathlib import Path

import pytest
from PIL import Image

from streaming.ingest.engine import Engine
from tests.integration.streaming.ingest.conftest import H264, Film


class Reports:
    """How far the encoding was, at each report of it."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def __call__(self, stage: str, progress: float) -> None:
        if stage == "encoding":
            self.seen.append(progress)

    def move(self) -> bool:
        """Whether the first was early, and no step between two a large one."""
        steps = [later - earlier for earlier, later in itertools.pairwise([0.0, *self.seen, 0.97])]
        return max(steps) < 0.05


@pytest.mark.parametrize(("minutes", "interval_s"), [(30, 10), (120, 10)])
async def test_hours(engine: Engine, films: Film, tmp_path: Path, minutes: int, interval_s: int) -> None:
    """A storyboard of many sheets must not hold back the progress by which a hung process is told from a busy one."""
    source = f"color=gray:size=16x16:rate=1:duration={minutes * 60},geq=lum='T*200/{minutes * 60}':cb=128:cr=128"
    film = films(f"{minutes}-minutes.mp4", "-f", "lavfi", "-i", source, *H264)
    reports = Reports()
    published = (await engine.make(film, tmp_path, on_progress=reports)).published
    assert published.duration_ms == minutes * 60_000
    assert reports.move()
    cues = (tmp_path / "storyboard.vtt").read_text().split("\n\n")[1:]
    assert len(cues) == minutes * 60 / interval_s
    for place, cue in enumerate(cues):
        name, _, region = cue.strip().splitlines()[1].partition("#xywh=")
        x, y, width, height = (int(part) for part in region.split(","))
        with Image.open(tmp_path / name) as sprite:
            grey = sprite.convert("L").crop((x, y, x + width, y + height)).resize((1, 1)).getpixel((0, 0))
        # The film grows brighter from 0 to 200: each thumbnail is of its own moment.
        luma = (place + 0.5) * 200 / len(cues)
        assert grey == pytest.approx(max(0, luma - 16) * 255 / 219, abs=6)
    assert (tmp_path / "poster.jpg").is_file()


async def test_sound_that_begins_late(engine: Engine, films: Film, tmp_path: Path) -> None:
    film = films(
        "late-sound.mkv",
        *("-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24:duration=20"),
        *("-itsoffset", "15", "-f", "lavfi", "-i", "sine=d=5", *H264, "-c:a", "aac"),
    )
    reports = Reports()
    published = (await engine.make(film, tmp_path, on_progress=reports)).published
    assert len(published.audio) == 1
    assert reports.move()
