"""Trying passwords."""

import pytest

from kernel.errors import TooManyRequests
from realtime.party.guesses import REMEMBERED, TRIES, WINDOW_MS, Guesses


def test_so_many_tries_in_a_window() -> None:
    guesses = Guesses()
    for _ in range(TRIES):
        guesses.count("door", 1_000)
    with pytest.raises(TooManyRequests) as refused:
        guesses.count("door", 31_000)
    assert refused.value.retry_after_s == 30
    guesses.count("another door", 31_000)
    guesses.count("door", 1_000 + WINDOW_MS)


def test_memory_is_bounded() -> None:
    guesses = Guesses()
    for number in range(REMEMBERED + 100):
        guesses.count(str(number), 0)
    assert len(guesses._tries) == REMEMBERED
