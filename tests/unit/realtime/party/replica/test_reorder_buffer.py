"""Numbered messages, delivered once and in order."""

from hypothesis import given
from hypothesis import strategies as st

from realtime.party.replica.reorder_buffer import MAX_AHEAD, ReorderBuffer


class Heard:
    def __init__(self, last: int = 0) -> None:
        self.messages: list[str] = []
        self.gaps = 0
        self.order = ReorderBuffer[str](last, deliver=self.messages.append, gap=self.on_gap)

    def on_gap(self) -> None:
        self.gaps += 1


@given(st.lists(st.integers(1, 30), max_size=100))
def test_any_order_with_doubles(numbers: list[int]) -> None:
    heard = Heard()
    for number in numbers:
        heard.order.arrive(number, str(number))
    unbroken = 0
    while unbroken + 1 in numbers:
        unbroken += 1
    assert heard.messages == [str(number) for number in range(1, unbroken + 1)]
    assert heard.order.has_gap == any(number > unbroken + 1 for number in numbers)


def test_gap_is_told_and_a_jump_fills_it() -> None:
    heard = Heard(last=10)
    heard.order.arrive(12, "12")
    heard.order.arrive(14, "14")
    assert heard.gaps == 2
    heard.order.jump(12)
    assert heard.messages == []
    heard.order.arrive(13, "13")
    assert heard.messages == ["13", "14"]
    assert not heard.order.has_gap


def test_what_is_kept_ahead_is_bounded() -> None:
    heard = Heard()
    for number in range(2, 3 * MAX_AHEAD):
        heard.order.arrive(number, str(number))
    heard.order.arrive(1, "1")
    assert len(heard.messages) <= MAX_AHEAD + 1
