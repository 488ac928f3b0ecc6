"""How alike two names are: see catalog/search/ranking.py."""

import pytest

from catalog.search import ranking


def test_whole_before_beginning_before_part() -> None:
    whole, beginning, part = ranking.likeness("monster", ["monster", "monster musume", "pocket monster stories"])
    assert 1 == whole > beginning > part > 0.8


def test_a_name_inside_the_query_counts_by_how_much_of_it_it_is() -> None:
    (short,) = ranking.likeness("clannad after story", ["clannad"])
    assert short < ranking.least_alike(len("clannadafterstory"))


def test_words_in_any_order_are_the_same_words() -> None:
    assert ranking.likeness("titan attack", ["attack titan"])[0] > 0.99


@pytest.mark.parametrize(
    ("letters", "typos", "accepted"),
    [(3, 1, False), (4, 1, False), (5, 1, True), (7, 1, True), (7, 2, False), (8, 2, True), (20, 3, True)],
)
def test_typos_by_length(letters: int, typos: int, accepted: bool) -> None:
    assert (1 - typos / letters >= ranking.least_alike(letters)) is accepted


@pytest.mark.parametrize(
    ("query", "main", "everywhere", "taken"),
    [
        ("title", "", "", 0),
        ("title 2", "2", "2", 0),
        ("title 2", "", "", 0.06),
        ("title", "2", "2", 0.03),
        ("title 2", "", "2", 0),
        ("title 3", "2", "2", 0.09),
    ],
)
def test_seasons_must_agree(query: str, main: str, everywhere: str, taken: float) -> None:
    assert ranking.season_difference(query, main, everywhere) == pytest.approx(taken)


@pytest.mark.parametrize(
    ("letters", "name", "is_one"),
    [
        ("konosuba", "kono subarashi sekai", True),
        ("danmachi", "dan jon ni deai wo motomeru no wa machigateiru", True),
        ("konokono", "kono subarashi", False),
        ("kono", "kono subarashi", False),
        ("subakono", "kono subarashi", False),
        ("", "", False),
    ],
)
def test_contractions(letters: str, name: str, is_one: bool) -> None:
    assert ranking.is_contraction(letters, name) is is_one


def test_initials() -> None:
    assert ranking.initials("shingeki no kyojin") == "snk"
    assert ranking.initials("death note") is None
