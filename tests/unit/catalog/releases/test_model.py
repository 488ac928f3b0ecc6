"""The rules of releases."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.releases.model import BadAlias, Release, ReleaseDraft, ReleaseId, ReleaseType, checked_alias
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
