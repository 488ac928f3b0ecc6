"""Who watches without a delay: the line of those who wait, who is sent over, and what a node that cannot keep up does."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.live.model import ChannelId
from streaming.live.places.line import (
    FREE_FOR_MS,
    MAX_WAITING,
    OFFERED_FOR_MS,
    SILENT_FOR_MS,
    STAY_MS,
    Places,
    to_send_over,
)
from streaming.live.places.load import BAD_SECONDS, FLOOR, GOOD_SECONDS, LATE_MS, Load

ONE, OTHER = ChannelId("one"), ChannelId("other")
SECOND_MS = 1_000


def seconds(places: Places, *, taken: int, since_ms: float, until_ms: float, here: tuple[str, ...]) -> dict[str, float]:
    """Let time pass, with those who are still ``here``: who was offered a place, and when for the first time."""
    offered: dict[str, float] = {}
    now_ms = since_ms
    while now_ms <= until_ms:
        for name in here:
            places.heard(name, now_ms)
        if (next_one := places.step(taken, {ONE}, now_ms)) is not None:
            offered.setdefault(next_one, now_ms)
        now_ms += SECOND_MS
    return offered


def test_the_first_watch_and_the_rest_wait() -> None:
    places = Places(2, 0)
    assert [places.has_room(taken) for taken in (0, 1, 2, 3)] == [True, True, False, False]
    assert places.wait("a", ONE, 0)
    assert (places.waiting, places.waiting_for(ONE), places.waiting_for(OTHER)) == (1, 1, 0)
    assert not places.is_offered("a")
    assert places.leave("a")
    assert not places.leave("a")


def test_a_place_is_offered_in_the_order_of_coming_and_once_it_has_been_free_for_a_while() -> None:
    places = Places(2, 0)
    for name in ("a", "b"):
        places.wait(name, ONE, 0)
    assert seconds(places, taken=2, since_ms=0, until_ms=20_000, here=("a", "b")) == {}
    offered = seconds(places, taken=1, since_ms=21_000, until_ms=29_000, here=("a", "b"))
    assert offered == {"a": 20_000 + FREE_FOR_MS}
    assert places.is_offered("a")
    assert not places.has_room(1), "it is kept"


def test_a_page_that_is_loaded_anew_finds_its_place_again() -> None:
    places = Places(1, 0)
    places.wait("a", ONE, 0)
    seconds(places, taken=1, since_ms=0, until_ms=1_000, here=("a",))
    assert seconds(places, taken=0, since_ms=2_000, until_ms=4_000, here=("a",)) == {}
    assert places.has_room(0)


def test_who_does_not_take_a_place_goes_to_the_end() -> None:
    places = Places(1, 0)
    for name in ("a", "b"):
        places.wait(name, ONE, 0)
    offered = seconds(places, taken=0, since_ms=0, until_ms=60_000, here=("a", "b"))
    assert offered["a"] == FREE_FOR_MS
    # Free is counted anew: as long as it was kept for the first, there was no room.
    assert offered["b"] - offered["a"] > OFFERED_FOR_MS


def test_who_was_sent_over_stays_there_for_a_while() -> None:
    places = Places(1, -FREE_FOR_MS)
    places.wait("sent", ONE, 0, stay=True)
    assert seconds(places, taken=0, since_ms=0, until_ms=60_000, here=("sent",)) == {"sent": STAY_MS}


def test_nothing_is_offered_of_a_channel_that_is_not_live() -> None:
    places = Places(1, -FREE_FOR_MS)
    places.wait("a", OTHER, 0)
    assert seconds(places, taken=0, since_ms=0, until_ms=30_000, here=("a",)) == {}
    assert places.forget(OTHER) == ["a"]
    assert places.waiting == 0


def test_who_says_nothing_is_gone_and_the_line_has_an_end() -> None:
    places = Places(0, 0)
    for number in range(MAX_WAITING):
        assert places.wait(str(number), ONE, 0)
    assert not places.wait("one more", ONE, 0)
    seconds(places, taken=0, since_ms=0, until_ms=SILENT_FOR_MS + SECOND_MS, here=("7",))
    assert places.waiting == 1
    assert places.is_waiting("7")


def test_an_offer_is_taken_back_where_there_is_less_room_by_now() -> None:
    places = Places(2, -FREE_FOR_MS)
    places.wait("a", ONE, 0)
    assert places.step(1, {ONE}, 0) == "a"
    places.lower(1)
    assert places.step(1, {ONE}, 1_000) is None
    assert not places.is_offered("a")


def test_lowered_and_back() -> None:
    places = Places(5, 0)
    places.lower(2)
    assert places.limit == 2
    places.lower(9)
    assert places.limit == 5, "not more than is configured"
    places.load.allows = 3
    assert places.limit == 3
    places.lower(None)
    places.load.allows = None
    assert places.limit == 5


@given(st.lists(st.floats(0, 1e6), max_size=30), st.integers(-5, 40))
def test_those_that_came_last_are_sent_over(since_ms: list[float], limit: int) -> None:
    sent = to_send_over(since_ms, limit)
    assert len(since_ms) - len(sent) == min(len(since_ms), max(limit, 0))
    staying = [one for index, one in enumerate(since_ms) if index not in sent]
    assert all(before <= since_ms[index] for index in sent for before in staying)


@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.sampled_from(["come", "go", "lower", "raise", "time"]), st.integers(0, 5)), max_size=80),
)
def test_nobody_is_let_in_without_a_place(configured: int, deeds: list[tuple[str, int]]) -> None:
    places, taken, now_ms = Places(configured, 0), 0, 0.0
    for deed, number in deeds:
        name = str(number)
        if deed == "come" and (places.is_offered(name) or places.has_room(taken)):
            assert taken < places.limit
            places.leave(name)
            taken += 1
        elif deed == "come":
            places.wait(name, ONE, now_ms)
        elif deed == "go":
            taken -= taken > 0
        elif deed in ("lower", "raise"):
            places.lower(number if deed == "lower" else None)
            taken = min(taken, places.limit)
            places.step(taken, {ONE}, now_ms)
        else:
            for _ in range(number):
                now_ms += SECOND_MS
                places.step(taken, {ONE}, now_ms)


def seconds_of(load: Load, late_ms: float, count: int, *, viewers: int) -> None:
    for _ in range(count):
        for _ in range(10):
            load.step(late_ms)
        load.second(viewers, configured=100)


def test_a_node_that_cannot_keep_up_keeps_a_part_of_its_viewers() -> None:
    load = Load()
    seconds_of(load, LATE_MS + 1, BAD_SECONDS - 1, viewers=80)
    seconds_of(load, LATE_MS - 1, 1, viewers=80)
    seconds_of(load, LATE_MS + 1, BAD_SECONDS - 1, viewers=80)
    assert load.allows is None, "not in a row"
    seconds_of(load, LATE_MS + 1, 1, viewers=80)
    assert load.allows == 60
    seconds_of(load, LATE_MS + 1, BAD_SECONDS, viewers=60)
    assert load.allows == 45
    seconds_of(load, 1, GOOD_SECONDS - 1, viewers=45)
    assert load.allows == 45, "not before it has been well for a minute"
    seconds_of(load, 1, 1, viewers=45)
    assert load.allows == 49
    seconds_of(load, 1, 200, viewers=45)
    assert load.allows is None


def test_few_viewers_are_not_the_load() -> None:
    load = Load()
    seconds_of(load, 10 * LATE_MS, 10 * BAD_SECONDS, viewers=FLOOR)
    assert load.allows is None
    seconds_of(load, 10 * LATE_MS, 10 * BAD_SECONDS, viewers=FLOOR + 1)
    assert load.allows == FLOOR
