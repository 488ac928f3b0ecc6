"""The rules of episodes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.releases.episodes.model import BadSpan, Episode, EpisodeDraft, EpisodeId, NothingToPlay, Span, SpanKind
from catalog.releases.model import ReleaseId, Status

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def an_episode() -> Episode:
    episode = Episode.add(EpisodeId("e"), ReleaseId("r"), EpisodeDraft(1, opening=Span(0, 60_000)), NOW)
    episode.pull_events()
    return episode


def test_an_episode_without_media_cannot_be_published() -> None:
    episode = an_episode()
    with pytest.raises(NothingToPlay):
        episode.publish(NOW)
    assert episode.status is Status.DRAFT
    assert episode.pull_events() == []


def test_publishing_twice_is_once() -> None:
    episode = an_episode()
    episode.media_ready(duration_ms=1000, thumbnail_url="/t.jpg", now=NOW)
    episode.pull_events()
    episode.publish(NOW)
    episode.publish(datetime(2027, 1, 1, tzinfo=UTC))
    assert len(episode.pull_events()) == 1
    assert episode.published_at == NOW


@pytest.mark.parametrize("kind", SpanKind)
def test_a_shorter_cut_loses_marks_behind_its_end(kind: SpanKind) -> None:
    marks: dict[str, Any] = {kind.value: Span(0, 60_000)}
    episode = Episode.add(EpisodeId("e"), ReleaseId("r"), EpisodeDraft(1, **marks), NOW)
    episode.media_ready(duration_ms=60_000, thumbnail_url="/t.jpg", now=NOW)
    assert getattr(episode, kind) == Span(0, 60_000)
    assert not episode.may_mark(kind), "a person said so"
    episode.media_ready(duration_ms=30_000, thumbnail_url="/t.jpg", now=NOW)
    assert getattr(episode, kind) is None


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
