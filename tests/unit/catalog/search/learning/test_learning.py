"""Which choices are counted, and when moderators are asked about a name."""

import pytest

from catalog.search.learning.model import Count, Voices, counted, is_candidate, learnable
from catalog.search.learning.usecases import unnamed


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Клинок  рассекающий демонов", "клинок рассекающии демонов"),
        ("進撃", "進撃"),
        ("kny", "kny"),
        ("86", None),
        ("a", None),
        ("", None),
        ("!!!", None),
        ("ann@example.org", None),
        ("https://example.org/x", None),
        ("+49 (170) 123-45-67", None),
        ("20th Century Boys", "20 century boys"),
        ("x" * 61, None),
    ],
)
def test_what_is_counted(text: str, key: str | None) -> None:
    assert learnable(text) == key


def test_a_voice_names_nobody_and_links_nothing() -> None:
    voices = Voices(b"secret")
    assert voices.of("kny", "a", "ann") == voices.of("kny", "a", "ann")
    others = [("kny", "a", "bob"), ("kny", "b", "ann"), ("k", "nya", "ann"), ("kn", "a", "ann")]
    assert len({voices.of("kny", "a", "ann"), *(voices.of(*said) for said in others)}) == 5
    assert Voices(b"other").of("kny", "a", "ann") != voices.of("kny", "a", "ann")
    assert "secret" not in repr(voices)


@pytest.mark.parametrize(
    ("networks", "count"),
    [
        ([], Count(0, 0)),
        ([(1, 1), (1, 1), (1, 0)], Count(3, 2)),
        # A hundred accounts, or sessions, of one place.
        ([(100, 100)], Count(2, 2)),
        ([(100, 0), (1, 1)], Count(3, 1)),
    ],
)
def test_one_network_is_two_voices_at_most(networks: list[tuple[int, int]], count: Count) -> None:
    assert counted(networks) == count


@pytest.mark.parametrize(
    ("counts", "asked", "expected"),
    [
        ({"a": Count(3, 2)}, {}, True),
        ({"a": Count(2, 2)}, {}, False),
        ({"a": Count(9, 1)}, {}, False),
        ({"a": Count(4, 2), "b": Count(2, 2)}, {}, True),
        ({"a": Count(3, 2), "b": Count(2, 2)}, {}, False),
        ({"a": Count(3, 2)}, {"b": 3}, False),
        ({"a": Count(6, 2)}, {"b": 3}, True),
        ({}, {}, False),
    ],
)
def test_a_clear_majority_asks(counts: dict[str, Count], asked: dict[str, int], expected: bool) -> None:
    assert is_candidate("a", counts, asked) is expected


class Scores:
    """What a text scores, whatever it is."""

    def __init__(self, score: float | None) -> None:
        self.value, self.asked = score, list[str]()

    async def score(self, text: str, release_id: str) -> float | None:
        self.asked.append(text)
        return self.value


@pytest.mark.parametrize(("score", "counts"), [(None, False), (0.0, True), (0.79, True), (0.8, False), (1.0, False)])
async def test_what_names_say_well_is_not_counted(score: float | None, counts: bool) -> None:
    found = await unnamed(Scores(score), "Kimetsu", "a")
    assert (found is not None) is counts


async def test_typed_filters_are_no_part_of_a_name() -> None:
    scores = Scores(0.0)
    found = await unnamed(scores, "  demon   hunter year:2019 ", "a")
    assert found is not None
    assert (found.key, found.text, scores.asked) == ("demon hunter", "demon hunter", ["demon hunter"])
    assert await unnamed(scores, "year:2019", "a") is None
