"""What tracks are after a change."""

import json

import pytest

from streaming.ingest.ffmpeg.filters import added_sound
from streaming.ingest.plan import AudioPlan, SubtitlePlan, Tracks
from streaming.ingest.surround import Surround, SurroundPlan
from streaming.ingest.tracks.model import (
    MAX_SOUND,
    BadTrackChange,
    OnlySound,
    SoundToAdd,
    TooManyTracks,
    TrackChange,
    TrackEdit,
    TrackNotFound,
    TrackRemoval,
    changed,
    dump,
    load,
    to_add,
)

JAPANESE, ENGLISH = AudioPlan(1, 2, "a-ja", "ja", "日本語"), AudioPlan(2, 2, "a-en", "en", "English")
SIGNS = SubtitlePlan("s-en", "en", "English")
FILM = Tracks((JAPANESE, ENGLISH), (SIGNS,))


def names(tracks: Tracks) -> list[str]:
    return [track.name for track in tracks.sound]


def test_sound_is_added_behind_the_others() -> None:
    after = changed(FILM, SoundToAdd("ru"))
    assert after.sound == (*FILM.sound, AudioPlan(0, 2, "a-ru", "ru", "Русский"))
    assert after.texts == FILM.texts


def test_surround_sound_is_added_as_aac_whatever_it_was() -> None:
    """Its packets are never in step with a picture of another file."""
    made = to_add(FILM, SoundToAdd("ja"), 8, Surround.COPY)
    assert made.surround == SurroundPlan("surround-ja-2", 6)
    after = changed(FILM, SoundToAdd("ja"), made)
    assert names(after) == ["a-ja", "a-en", "a-ja-2"]
    renamed = changed(after, TrackEdit("a-ja-2", label="Dub"))
    assert (renamed.sound[2].label, renamed.sound[2].surround) == ("Dub", made.surround)
    assert to_add(FILM, SoundToAdd("ja"), 8, Surround.OFF).surround is None


def test_sound_is_added_as_the_default() -> None:
    assert names(changed(FILM, SoundToAdd("ru", is_default=True))) == ["a-ru", "a-ja", "a-en"]


def test_a_second_one_of_a_language_has_a_name_of_its_own() -> None:
    after = changed(changed(FILM, SoundToAdd("en")), SoundToAdd("en", 'The "other", cut'))
    assert [(track.name, track.label) for track in after.sound[1:]] == [
        ("a-en", "English"),
        ("a-en-2", "English 2"),
        ("a-en-3", "The other cut"),
    ]
    # One that is free again is taken again.
    assert names(changed(changed(after, TrackRemoval("a-en-2")), SoundToAdd("en")))[-1] == "a-en-2"


def test_edits() -> None:
    after = changed(FILM, TrackEdit("a-en", language="en-GB", label="Dub", is_default=True))
    assert [(track.name, track.language, track.label) for track in after.sound] == [
        ("a-en", "en-GB", "Dub"),
        ("a-ja", "ja", "日本語"),
    ]
    assert names(changed(FILM, TrackEdit("a-ja", is_default=False))) == ["a-en", "a-ja"]
    assert names(changed(FILM, TrackEdit("a-en", is_default=False))) == ["a-ja", "a-en"]
    assert changed(FILM, TrackEdit("a-en", label="")).sound[1].label == "English"
    texts = changed(FILM, TrackEdit("s-en", forced=True, sdh=True, label="Signs")).texts
    assert texts == (SubtitlePlan("s-en", "en", "Signs", forced=True, sdh=True),)


def test_removals() -> None:
    assert names(changed(FILM, TrackRemoval("a-ja"))) == ["a-en"]
    assert changed(FILM, TrackRemoval("s-en")).texts == ()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (TrackRemoval("a-de"), TrackNotFound),
        (TrackEdit("../a-ja"), TrackNotFound),
        (TrackEdit("a-ja", forced=True), BadTrackChange),
        (TrackEdit("s-en", is_default=True), BadTrackChange),
    ],
    ids=["gone", "path", "forced sound", "default text"],
)
def test_refused(change: TrackChange, error: type[Exception]) -> None:
    with pytest.raises(error):
        changed(FILM, change)


def test_the_only_sound_stays() -> None:
    with pytest.raises(OnlySound):
        changed(Tracks((JAPANESE,), ()), TrackRemoval("a-ja"))


def test_no_more_than_a_menu_holds() -> None:
    tracks = Tracks((), ())
    for _ in range(MAX_SOUND):
        tracks = changed(tracks, SoundToAdd("en"))
    with pytest.raises(TooManyTracks):
        changed(tracks, SoundToAdd("ru"))


@pytest.mark.parametrize(
    "change", [SoundToAdd("ru", "Dub", -250, True), TrackEdit("a-ja", label="x"), TrackRemoval("a-ja")], ids=str
)
def test_a_job_carries_it(change: TrackChange) -> None:
    assert load(json.loads(json.dumps(dump(change)))) == change


@pytest.mark.parametrize(
    ("offset_ms", "between"),
    [(0, ""), (250, "adelay=250:all=1,"), (-1500, "atrim=start=1.500,asetpts=PTS-STARTPTS,")],
)
def test_filters(offset_ms: int, between: str) -> None:
    assert added_sound(8_000, offset_ms) == f"aresample=48000:async=1:first_pts=0,{between}apad,atrim=end=7.970"
