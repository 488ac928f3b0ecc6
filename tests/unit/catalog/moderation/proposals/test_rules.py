"""Diffs, trust and languages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.languages.tags import BadLanguage, canonical, lookup, most_wanted
from catalog.moderation.proposals.diff import Change, applied, between, conflicts, rebased, same, undone
from catalog.moderation.proposals.trust import DAILY, CountedAction, Record, Trust, seconds_until_tomorrow, trust
from kernel.access import Role

VALUES = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "a", "b"]))
DOCUMENTS = st.fixed_dictionaries({"x": VALUES, "y": VALUES, "z": VALUES})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (0, False, False),
        (None, "", False),
        (["Comedy", "Short"], ["short", "COMEDY"], True),
        (["Comedy"], [], False),
        ({"start_ms": 0, "stop_ms": 5}, {"stop_ms": 5, "start_ms": 0}, True),
    ],
)
def test_what_says_the_same(first: Any, second: Any, expected: bool) -> None:
    assert same(first, second) is expected
    assert same(second, first) is expected


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_applying_and_undoing(seen: dict[str, Any], wanted: dict[str, Any], current: dict[str, Any]) -> None:
    diff = between(seen, wanted)
    if conflicts(diff, current):
        diff = rebased(diff, current, conflicts(diff, current))
        assert conflicts(diff, current) == []
    changes = applied(diff, current)
    after = {**current, **{name: change.after for name, change in changes.items()}}
    for name in after:  # what was asked for is there, and nothing else changed
        assert same(after[name], diff[name].after if name in diff else current[name])
    values, in_the_way = undone(changes, after)
    assert in_the_way == []
    assert all(same({**after, **values}[name], current[name]) for name in current)


def test_what_somebody_else_did_already_is_no_conflict() -> None:
    assert conflicts({"year": Change(1, 2)}, {"year": 2}) == []
    assert conflicts({"year": Change(1, 2)}, {"year": 3}) == ["year"]
    assert conflicts({"year": Change(None, 2)}, {}) == [], "something new"


@pytest.mark.parametrize(
    ("role", "accepted", "refused", "expected"),
    [
        (Role.USER, 0, 0, Trust.NEW),
        (Role.USER, 5, 4, Trust.KNOWN),
        (Role.USER, 5, 5, Trust.NEW),
        (Role.USER, 19, 0, Trust.KNOWN),
        (Role.USER, 20, 2, Trust.TRUSTED),
        (Role.USER, 20, 3, Trust.KNOWN),
        (Role.EDITOR, 0, 9, Trust.STAFF),
    ],
)
def test_trust_is_earned(role: Role, accepted: int, refused: int, expected: Trust) -> None:
    assert trust(role, Record(accepted, refused)) is expected


@pytest.mark.parametrize("deed", CountedAction)
def test_more_trust_never_means_less(deed: CountedAction) -> None:
    caps = [DAILY[deed][level] for level in Trust]
    assert caps == sorted(caps)


def test_the_day_ends_at_midnight_utc() -> None:
    assert seconds_until_tomorrow(datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC)) == 10
    assert seconds_until_tomorrow(datetime(2026, 3, 1, 23, 59, 59, 900_000, tzinfo=UTC)) == 1
    assert seconds_until_tomorrow(datetime(2026, 3, 1, tzinfo=UTC)) == 86_400


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-HANT-tw", "zh-Hant-TW"), ("sl-rozaj", "sl-rozaj"), ("es-419", "es-419")],
)
def test_the_usual_spelling_of_tags(tag: str, expected: str) -> None:
    assert canonical(tag) == expected


@pytest.mark.parametrize(
    "tag", ["", "e", "english", "en_US", "en-", "x-klingon", "ru\n", "en-" + "a" * 40, "../etc", "и"]
)
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(BadLanguage):
        canonical(tag)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ru,en;q=0.9", "ru"),
        ("en;q=0.5, pt-br;q=0.8", "pt-BR"),
        ("*", None),
        ("", None),
        ("en;q=0", None),
        ("en;q=2, ru;q=0.3", "ru"),
        ("de;q=abc", None),
        (";;;,,,q=", None),
        ("x" * 100_000, None),
    ],
)
def test_the_language_most_wanted(header: str, expected: str | None) -> None:
    assert most_wanted(header) == expected


@pytest.mark.parametrize(
    ("wanted", "available", "expected"),
    [
        ("pt-BR", {"pt", "pt-BR"}, "pt-BR"),
        ("pt-BR", {"pt", "en"}, "pt"),
        ("pt", {"pt-PT", "pt-BR"}, "pt-BR"),
        ("zh-Hant-TW", {"zh-Hant", "zh"}, "zh-Hant"),
        ("en", {"ru"}, None),
        ("e", {"en"}, None),
    ],
)
def test_choosing_a_translation(wanted: str, available: set[str], expected: str | None) -> None:
    assert lookup(wanted, available) == expected
