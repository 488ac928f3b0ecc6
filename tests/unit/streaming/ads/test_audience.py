"""Whom something is for, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from streaming.ads.audience import Audience, CapIncomplete, FrequencyCap, Subject, Viewer, ViewerKeys, primary_language

ANN = Viewer("k", "user", "en", "DE")
FILM = Subject("r1", "MOVIE", frozenset({"drama", "space"}))
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("audience", "meant"),
    [
        (Audience(), True),
        (Audience(roles=("user", "guest")), True),
        (Audience(roles=("guest",)), False),
        (Audience(languages=("ru", "en")), True),
        (Audience(languages=("ru",)), False),
        (Audience(regions=("DE",)), True),
        (Audience(regions=("AT",)), False),
        (Audience(kinds=("MOVIE",), genres=("space", "war")), True),
        (Audience(kinds=("TV",), genres=("space",)), False),
        (Audience(genres=("war",)), False),
        (Audience(release_ids=("r1",)), True),
        (Audience(release_ids=("r2",)), False),
        (Audience(languages=("en",), regions=("AT",)), False),
    ],
)
def test_all_that_is_asked_for_must_fit(audience: Audience, meant: bool) -> None:
    assert audience.includes(ANN, FILM) is meant


def test_what_nobody_knows_is_in_no_list() -> None:
    unknown = Viewer("k", "guest")
    assert not Audience(languages=("en",)).includes(unknown)
    assert not Audience(regions=("DE",)).includes(unknown)
    assert not Audience(genres=("space",)).includes(ANN)
    assert Audience().includes(unknown)


def test_a_cap_counts_the_last_days() -> None:
    cap = FrequencyCap(2, 7)
    old, new = NOW - timedelta(days=7), NOW - timedelta(days=6, hours=23)
    assert cap.allows([], NOW)
    assert cap.allows([old, old, new], NOW)
    assert not cap.allows([new, new], NOW)
    assert FrequencyCap().allows([new] * 1_000, NOW)


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0)], ids=str)
def test_a_cap_is_two_numbers(numbers: tuple[int, int]) -> None:
    with pytest.raises(CapIncomplete):
        FrequencyCap(*numbers)


def test_viewers_have_names_that_say_nothing() -> None:
    keys = ViewerKeys(b"s" * 32)
    names = [keys.of("ann"), keys.of(None, chosen="ann"), keys.of(None, address="ann"), ViewerKeys(b"t" * 32).of("ann")]
    assert len(set(names)) == 4
    assert all(len(name) == 32 for name in names)
    assert keys.of("ann", chosen="tab", address="::1") == keys.of("ann")
    assert keys.of(None, address="2001:db8::1") == keys.of(None, address="2001:db8::2"), "one /64, one subscriber"
    assert keys.of(None, address="2001:db8::1") != keys.of(None, address="2001:db8:0:1::1")


@pytest.mark.parametrize(
    ("tag", "primary"),
    [
        ("de-CH", "de"),
        ("EN", "en"),
        ("fil-PH,en;q=0.5", "fil"),
        ("de;q=0.9, en", "de"),
        ("*", "*"),
        (None, ""),
        ("", ""),
    ],
    ids=str,
)
def test_primary_language(tag: str | None, primary: str) -> None:
    assert primary_language(tag) == primary
