"""Chapters that say where an opening is, and those that do not."""

import pytest

from streaming.ingest.model import Chapter
from streaming.ingest.probe import MAX_CHAPTERS, parse
from streaming.markers.chapters import marks
from streaming.markers.model import MarkKind


def chapters(*titles: str, each_ms: int = 90_000) -> list[Chapter]:
    return [Chapter(number * each_ms, (number + 1) * each_ms, title) for number, title in enumerate(titles)]


REC, OP, ED, PRE = MarkKind


@pytest.mark.parametrize(
    ("titles", "kinds"),
    [
        (("Prologue", "Opening", "Part A", "Part B", "Ending", "Preview"), (None, OP, None, None, ED, PRE)),
        (("Intro", "Episode", "Credits"), (OP, None, ED)),
        (("アバン", "オープニング", "Aパート", "エンディング"), (None, OP, None, ED)),
        (("Заставка", "Серия", "Титры"), (OP, None, ED)),
        (("NCOP1", "Part A", "ED2"), (OP, None, ED)),
        (("OP", "Part A", "ED"), (OP, None, ED)),
        (("Recap", "OP", "Part A", "ED", "Next Episode Preview"), (REC, OP, None, ED, PRE)),
        (("Previously on Show", "Intro", "Part A"), (REC, OP, None)),
        (("前回のあらすじ", "オープニング", "次回予告"), (REC, OP, PRE)),
        (("В предыдущей серии", "Заставка", "Титры", "В следующей серии"), (REC, OP, ED, PRE)),
        # Words that only begin so, and none at all.
        (("Operation", "Education", "Edge of the world", "Recapture", "Previews"), (None,) * 5),
        (("Chapter 01", "Chapter 02"), (None, None)),
        # Nobody knows which.
        (("Opening", "Opening", "Part A"), (None,) * 3),
        (("Opening and ending", "Part A"), (None, None)),
        (("Recap and opening", "Ending with preview"), (None, None)),
    ],
)
def test_names_of_chapters(titles: tuple[str, ...], kinds: tuple[MarkKind | None, ...]) -> None:
    found = {kind: start_ms // 90_000 for kind, (start_ms, _) in marks(chapters(*titles)).items()}
    assert found == {kind: place for place, kind in enumerate(kinds) if kind is not None}


def test_a_part_of_the_story_may_be_called_so() -> None:
    assert marks(chapters("Opening", "Part A", each_ms=400_000)) == {}
    assert marks(chapters("Opening", "Part A", each_ms=3_000)) == {}


def test_chapters_of_a_file() -> None:
    picture = {"codec_type": "video", "codec_name": "h264", "width": 320, "height": 180, "duration": "60", "index": 0}
    entries = [
        {"start_time": "1.500000", "end_time": "91.500000", "tags": {"title": " Opening "}},
        {"start_time": "91.5", "end_time": "91.5", "tags": {"title": "No length"}},
        {"start_time": "N/A", "end_time": "95", "tags": {"title": "No start"}},
        {"start_time": "95", "end_time": "96"},
        {"start_time": "96", "end_time": "1e300", "tags": {"title": "Centuries"}},
        {"start_time": "97", "end_time": "98", "tags": {"title": "x" * 10_000}},
    ]
    report = {"streams": [picture], "format": {"start_time": "1.5"}, "chapters": entries}
    assert parse("film.mkv", report).chapters == (Chapter(0, 90_000, "Opening"), Chapter(95_500, 96_500, "x" * 200))
    report["chapters"] = entries[:1] * 1_000
    assert len(parse("film.mkv", report).chapters) == MAX_CHAPTERS
