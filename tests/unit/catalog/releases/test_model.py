"""The rules of releases and episodes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.releases.model import (
    BadAlias,
    BadSpan,
    Episode,
    EpisodeDraft,
    EpisodeId,
    NothingToPlay,
    Release,
    ReleaseDraft,
    ReleaseId,
    ReleaseType,
    Span,
    Status,
    checked_alias,
)
from catalog.releases.names import Names, search_text
from kernel.text.titles import folded

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def an_episode() -> Episode:
    episode = Episode.add(EpisodeId("e"), ReleaseId("r"), EpisodeDraft(1, opening=Span(0, 60_000)), NOW)
    episode.pull_events()
    return episode


def a_release() -> Release:
    draft = ReleaseDraft("big-buck-bunny", ReleaseType.MOVIE, Names("Big Buck Bunny"))
    return Release.create(ReleaseId("r"), draft, [], NOW)


def test_an_episode_without_media_cannot_be_published() -> None:
    episode = an_episode()
    with pytest.raises(NothingToPlay):
        episode.publish(NOW)
    assert episode.status is Status.DRAFT
    assert episode.pull_events() == []


def test_publishing_twice_is_once() -> None:
    episode, release = an_episode(), a_release()
    episode.media_ready(duration_ms=1000, thumbnail_url="/t.jpg", now=NOW)
    for thing in (episode, release):
        thing.pull_events()
        thing.publish(NOW)
        thing.publish(datetime(2027, 1, 1, tzinfo=UTC))
        assert len(thing.pull_events()) == 1
        assert thing.published_at == NOW


def test_a_shorter_cut_loses_marks_behind_its_end() -> None:
    episode = an_episode()
    episode.media_ready(duration_ms=30_000, thumbnail_url="/t.jpg", now=NOW)
    assert episode.opening is None


def test_marks_must_lie_inside_the_episode() -> None:
    episode = an_episode()
    episode.media_ready(duration_ms=90_000, thumbnail_url="/t.jpg", now=NOW)
    with pytest.raises(BadSpan):
        episode.edit(EpisodeDraft(1, ending=Span(80_000, 90_001)), NOW)
    assert episode.ending is None


@pytest.mark.parametrize(("start_ms", "stop_ms"), [(5, 5), (6, 5), (-1, 5)])
def test_a_span_goes_forward(start_ms: int, stop_ms: int) -> None:
    with pytest.raises(BadSpan):
        Span(start_ms, stop_ms)


def test_a_release_keeps_its_own_poster() -> None:
    release = a_release()
    release.adopt_poster("/first.jpg")
    release.adopt_poster("/second.jpg")
    assert release.poster_url == "/first.jpg"


@pytest.mark.parametrize("alias", ["", "A", "a--b", "-a", "a-", "a b", "ä", "a" * 81, "a\n", "../a"])
def test_other_texts_are_no_alias(alias: str) -> None:
    with pytest.raises(BadAlias):
        checked_alias(alias)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ёлка: Новый  год!", "елка новыи год"),
        ("Pokémon", "pokemon"),
        ("ｆｕｌｌ Ｗｉｄｔｈ", "full width"),
        ("進撃の巨人", "進撃の巨人"),
        ("snake_case", "snake case"),
        ("", ""),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert folded(text) == expected


@given(st.text(max_size=50))
def test_folding_twice_is_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_all_names_are_searched() -> None:
    assert search_text(Names("Кот", "Cat", None)) == "кот cat"
