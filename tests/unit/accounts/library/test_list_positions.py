"""Places in a list."""

from hypothesis import given
from hypothesis import strategies as st

from accounts.library.lists.positions import GAP, between, moved, spread


def test_the_ends_always_have_room() -> None:
    assert between(None, None) == 0
    assert between(5, None) == 5 + GAP
    assert between(None, 5) == 5 - GAP


@given(st.integers(-(2**40), 2**40), st.integers(1, 2**30))
def test_between_is_between_or_says_that_there_is_no_room(before: int, distance: int) -> None:
    place = between(before, before + distance)
    if distance == 1:
        assert place is None
    else:
        assert place is not None
        assert before < place < before + distance


def test_twenty_entries_fit_into_one_gap() -> None:
    before, after = spread(2)
    for _ in range(20):
        place = between(before, after)
        assert place is not None
        after = place


@given(st.lists(st.integers(0, 9), unique=True, min_size=1), st.data())
def test_moving_keeps_everything_and_puts_one_after_the_other(numbers: list[int], data: st.DataObject) -> None:
    ids = [str(number) for number in numbers]
    moving = data.draw(st.sampled_from(ids))
    after = data.draw(st.sampled_from([None, *(id_ for id_ in ids if id_ != moving)]))
    order = moved(ids, moving, after)
    assert sorted(order) == sorted(ids)
    assert [id_ for id_ in order if id_ != moving] == [id_ for id_ in ids if id_ != moving]
    assert order[order.index(moving) - 1] == after if after else order[0] == moving
