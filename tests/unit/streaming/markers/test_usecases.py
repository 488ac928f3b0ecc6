"""Where marks may be, whatever the sound says."""

from datetime import UTC, datetime

import numpy as np
import pytest

from streaming.ingest.model import Asset, AssetId, Chapter
from streaming.markers.fingerprint import HOP_MS, Points, Samples, points
from streaming.markers.model import AssetSound, Mark, MarkKind, MarkSource
from streaming.markers.usecases import EARLY_MS, MarkableEpisode, found_marks
from tests.support.media.songs import speech

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("first", "second", "third")
STORY_S = 160
STORIES = {name: points(speech(number, STORY_S)) for number, name in enumerate(NAMES)}
CUT = round(6_000 / HOP_MS)


def scenes(name: str) -> Points:
    """18 s of an episode."""
    story = STORIES[name]
    return np.concatenate([story[at : at + CUT] for at in (200, 600, 1_000)])


def sound(name: str, *, head: Points | None = None, tail: Points | None = None) -> AssetSound:
    story = STORIES[name]
    nothing = np.empty(0, np.uint32)
    head, tail = (nothing if each is None else each for each in (head, tail))
    tail_start_ms = round((len(story) - len(tail)) * HOP_MS)
    return AssetSound(asset_id=name, head=head, tail=tail, tail_start_ms=tail_start_ms, whole=story)


def found(kind: MarkKind, sounds: dict[str, AssetSound], *chapters: Chapter, name: str = "second") -> Mark | None:
    asset = Asset.begin(AssetId(name), name, "f", "film.mkv", NOW)
    asset.duration_ms, asset.chapters = STORY_S * 1000, chapters
    return found_marks(
        MarkableEpisode(name, 1, frozenset({kind})), asset, sounds, [each for each in NAMES if each in sounds]
    )[kind]


def talk(length_s: float) -> Points:
    samples: Samples = speech(77, length_s)
    return points(samples)


def test_a_recap_is_of_the_episode_before_and_a_preview_of_the_next() -> None:
    sounds = {name: sound(name) for name in NAMES}
    sounds["second"] = sound("second", head=scenes("first"), tail=np.concatenate([talk(40), scenes("third")]))
    recap, preview = found(MarkKind.RECAP, sounds), found(MarkKind.PREVIEW, sounds)
    assert recap is not None
    assert preview is not None
    assert recap.source is preview.source is MarkSource.SOUND
    assert recap.start_ms < 3_000
    assert (STORY_S - 3) * 1000 < preview.stop_ms <= STORY_S * 1000
    # The other way round it is what has not happened yet.
    sounds["second"] = sound("second", head=scenes("third"), tail=scenes("first"))
    assert found(MarkKind.RECAP, sounds) is found(MarkKind.PREVIEW, sounds) is None


@pytest.mark.parametrize("missing", ["first", "third"])
def test_without_a_neighbour_or_a_third_nothing_is_known(missing: str) -> None:
    sounds = {name: sound(name, head=scenes("first"), tail=scenes("third")) for name in NAMES if name != missing}
    assert found(MarkKind.RECAP, sounds) is found(MarkKind.PREVIEW, sounds) is None


def test_what_is_remembered_later_is_the_story() -> None:
    sounds = {name: sound(name) for name in NAMES}
    late = talk(EARLY_MS / 1000 + 5)
    sounds["second"] = sound(
        "second", head=np.concatenate([late, scenes("first")]), tail=np.concatenate([scenes("third"), talk(80)])
    )
    assert found(MarkKind.RECAP, sounds) is found(MarkKind.PREVIEW, sounds) is None


def test_chapters_go_first() -> None:
    sounds = {name: sound(name) for name in NAMES}
    sounds["second"] = sound("second", head=scenes("first"))
    said = Chapter(20_000, 40_000, "Recap")
    assert found(MarkKind.RECAP, sounds, said) == Mark(20_000, 40_000, MarkSource.CHAPTERS, 1.0)
