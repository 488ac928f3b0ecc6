"""The rules of releases."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.releases.events import ReleaseDeleted, ReleaseRestored, ReleaseUnpublished, ReleaseUpdated
from catalog.releases.model import (
    AiringStatus,
    AlreadyPublished,
    BadAlias,
    BadPublishTime,
    Release,
    ReleaseDraft,
    ReleaseId,
    ReleaseType,
    Status,
    checked_alias,
)
from catalog.releases.names import Names, search_text
from kernel.text.titles import folded

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_release() -> Release:
    draft = ReleaseDraft("big-buck-bunny", ReleaseType.MOVIE, Names("Big Buck Bunny"))
    return Release.create(ReleaseId("r"), draft, [], NOW)


def test_publishing_twice_is_once() -> None:
    release = a_release()
    release.pull_events()
    release.publish(NOW)
    release.publish(datetime(2027, 1, 1, tzinfo=UTC))
    assert len(release.pull_events()) == 1
    assert release.published_at == NOW


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


LATER = NOW + timedelta(days=3)


def test_a_deleted_release_is_a_draft_until_it_is_restored() -> None:
    release = a_release()
    release.publish(NOW)
    release.pull_events()
    release.delete(("e1", "e2"), NOW)
    (deleted,) = release.pull_events()
    assert isinstance(deleted, ReleaseDeleted)
    assert deleted.episode_ids == ("e1", "e2")
    assert (release.status, release.alias, release.deleted_at) == (Status.DRAFT, release.id, NOW)
    release.restore(None, LATER)
    (restored,) = release.pull_events()
    assert isinstance(restored, ReleaseRestored)
    assert (release.status, release.alias, release.deleted_at) == (Status.PUBLISHED, "big-buck-bunny", None)


def test_a_release_is_restored_under_another_alias() -> None:
    release = a_release()
    release.delete((), NOW)
    with pytest.raises(BadAlias):
        release.restore("no alias", LATER)
    release.restore("bunny-again", LATER)
    assert release.alias == "bunny-again"


def test_a_publication_that_was_due_meanwhile_is_not_made_up_for() -> None:
    release = a_release()
    release.schedule(NOW + timedelta(days=1), NOW)
    release.delete((), NOW)
    release.restore(None, LATER)
    assert (release.status, release.publish_at) == (Status.DRAFT, None)


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=-1), timedelta(days=731)])
def test_when_nothing_can_be_published(ahead: timedelta) -> None:
    with pytest.raises(BadPublishTime):
        a_release().schedule(NOW + ahead, NOW)


def test_a_schedule_is_told_once_and_ends_with_publishing() -> None:
    release = a_release()
    release.pull_events()
    for _ in range(2):
        release.schedule(LATER, NOW)
    (told,) = release.pull_events()
    assert isinstance(told, ReleaseUpdated)
    assert told.changes == {"publish_at": (None, LATER.isoformat())}
    release.publish(LATER)
    assert (release.publish_at, release.published_at) == (None, LATER)
    with pytest.raises(AlreadyPublished):
        release.schedule(LATER + timedelta(days=1), LATER)


def test_unpublishing_twice_is_once() -> None:
    release = a_release()
    release.publish(NOW)
    release.pull_events()
    release.unpublish(NOW)
    release.unpublish(LATER)
    (told,) = release.pull_events()
    assert isinstance(told, ReleaseUnpublished)
    assert (release.status, release.published_at) == (Status.DRAFT, None)


@pytest.mark.parametrize(
    ("was", "is_ongoing", "becomes"),
    [
        (AiringStatus.ANNOUNCED, False, AiringStatus.ANNOUNCED),
        (AiringStatus.ANNOUNCED, True, AiringStatus.ONGOING),
        (AiringStatus.ONGOING, False, AiringStatus.FINISHED),
        (AiringStatus.PAUSED, False, AiringStatus.PAUSED),
    ],
)
def test_whoever_only_says_whether_it_still_comes_out(
    was: AiringStatus, is_ongoing: bool, becomes: AiringStatus
) -> None:
    assert was.told_ongoing(is_ongoing) is becomes


@pytest.mark.parametrize("alias", ["deleted", "bulk", "latest", "01a20000-0000-7000-8000-000000000000"])
def test_what_addresses_use_is_no_alias(alias: str) -> None:
    with pytest.raises(BadAlias):
        checked_alias(alias)
