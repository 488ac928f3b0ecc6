"""Names and labels of tracks, and the numbers derived from a source."""

from dataclasses import replace
from fractions import Fraction

import pytest

from streaming.ingest import plan
from streaming.ingest.encoding import Encoding
from streaming.ingest.probe import AudioStream
from streaming.ingest.surround import Surround, SurroundPlan
from streaming.ingest.timing.timeline import Timeline
from tests.unit.streaming.ingest.pictures import picture, source


def test_segments_are_whole_groups_of_pictures() -> None:
    rate = Fraction(24000, 1001)
    made = plan.make(source(picture(base_rate=rate, average_rate=rate)), Timeline.plain(60_000))
    assert made.segment_s == Fraction(4004, 1000)
    assert made.frames == 1439


def test_the_default_track_comes_first() -> None:
    tracks = (
        AudioStream(index=1, channels=2, language="en"),
        AudioStream(index=2, channels=6, language="ja", default=True),
    )
    made = plan.make(source(sound=tracks), Timeline.plain(60_000))
    assert [(track.index, track.name, track.channels) for track in made.sound] == [(2, "a-ja", 2), (1, "a-en", 2)]
    assert made.default_language == "ja"


def test_two_tracks_of_a_language_have_two_names() -> None:
    tracks = tuple(AudioStream(index=index, channels=1, language="en") for index in (1, 2, 3))
    made = plan.make(source(sound=tracks), Timeline.plain(60_000))
    assert [track.name for track in made.sound] == ["a-en", "a-en-2", "a-en-3"]
    assert [track.label for track in made.sound] == ["English", "English 2", "English 3"]


def test_titles_cannot_break_out_of_the_playlist() -> None:
    assert (
        plan.label_of("en", 'Director\'s, "cut"\nin=/etc/passwd;\t\u202e', "Audio") == "Director's cut in /etc/passwd"
    )
    assert plan.label_of("ru", " , ", "Audio") == "Русский"
    assert len(plan.label_of("en", "x" * 500, "Audio")) == 40


def test_nobodys_language_has_a_name() -> None:
    tracks = tuple(AudioStream(index=index, channels=2) for index in (1, 2))
    made = plan.make(source(sound=tracks), Timeline.plain(60_000))
    assert [(track.language, track.label) for track in made.sound] == [("und", "Audio"), ("und", "Audio 2")]


def test_labels_stay_distinct_when_one_already_has_a_number() -> None:
    assert plan.distinct(["A", "A 2", "A"]) == ["A", "A 2", "A 3"]


@pytest.mark.parametrize(
    ("codec", "channels", "wanted", "in_step", "made"),
    [
        ("ac3", 6, Surround.COPY, True, SurroundPlan("surround-en", 6, "ac-3")),
        ("eac3", 8, Surround.COPY, True, SurroundPlan("surround-en", 8, "ec-3")),
        ("eac3", 8, Surround.COPY, False, SurroundPlan("surround-en", 6)),
        ("ac3", 6, Surround.AAC, True, SurroundPlan("surround-en", 6)),
        ("dts", 8, Surround.COPY, True, SurroundPlan("surround-en", 6)),
        ("ac3", 6, Surround.OFF, True, None),
        ("ac3", 5, Surround.COPY, True, None),
        ("aac", 2, Surround.COPY, True, None),
    ],
)
def test_surround_sound_is_beside_stereo(
    codec: str, channels: int, wanted: Surround, in_step: bool, made: SurroundPlan | None
) -> None:
    time = replace(Timeline.plain(60_000), in_step=frozenset({1} if in_step else ()))
    tracks = (AudioStream(index=1, channels=channels, language="en", codec=codec),)
    [track] = plan.make(source(sound=tracks), time, encoding=Encoding(wanted)).sound
    assert (track.channels, track.surround) == (2, made)


def test_each_codec_of_surround_sound_has_a_group() -> None:
    assert [SurroundPlan("x", 6, codec).group for codec in ("mp4a", "ec-3")] == ["surround-mp4a", "surround-ec-3"]
