"""How long a film is: from its packets, whatever anybody claims."""

import pytest

from streaming.ingest.timing import timeline
from streaming.ingest.timing.timeline import Cut, Measured

HOUR_MS = 3_600_000
DAYS_MS = 240 * HOUR_MS


def film(
    *runs: tuple[int, int], step_ms: int = 40, last_ms: int | None = None, claims_ms: int | None = None
) -> Measured:
    """A picture at 25 frames a second in ``runs``, whose last frame says that it lasts ``claims_ms``."""
    packets = sum(max(1, (end - begin) // step_ms) for begin, end in runs)
    begin_ms = runs[-1][1] - step_ms if last_ms is None else last_ms
    return Measured(packets, runs, begin_ms, step_ms if claims_ms is None else claims_ms, step_ms)


def sound(*runs: tuple[int, int]) -> Measured:
    return film(*runs, step_ms=20)


class TestLength:
    def test_of_picture_and_sound_alike(self) -> None:
        made = timeline.make(film((0, 8000)), {1: sound((0, 8020))})
        assert (made.duration_ms, made.picture_ms, made.cuts) == (8000, 8000, ())

    def test_of_a_late_picture(self) -> None:
        made = timeline.make(film((1500, 8000)), {1: sound((0, 8000))})
        assert (made.duration_ms, made.picture_begin_ms) == (8000, 1500)

    def test_of_sound_that_goes_on(self) -> None:
        made = timeline.make(film((0, 600)), {1: sound((0, 17_000)), 2: sound((0, 500))})
        assert (made.duration_ms, made.picture_ms) == (17_000, 600)

    def test_of_shorter_sound(self) -> None:
        made = timeline.make(film((0, 8000)), {1: sound((0, 3000))})
        assert made.duration_ms == 8000

    def test_of_a_last_frame_that_claims_ten_days(self) -> None:
        assert timeline.make(film((0, 8000), claims_ms=DAYS_MS), {}).duration_ms == 8000
        assert timeline.make(film((0, 8000), claims_ms=DAYS_MS), {1: sound((0, 9000))}).duration_ms == 9000

    def test_of_a_single_picture(self) -> None:
        still = Measured(1, ((0, 10_000),), 0, 20_000, 0)
        assert timeline.make(still, {}).duration_ms == 20_000
        forever = Measured(1, ((0, 10_000),), 0, DAYS_MS, 0)
        assert timeline.make(forever, {}).duration_ms == 60_000
        assert timeline.make(forever, {1: sound((0, 17_000))}).duration_ms == 17_000

    def test_of_a_container_without_durations(self) -> None:
        assert timeline.make(film((0, 8000), claims_ms=0), {}).duration_ms == 8000

    def test_begins_at_zero(self) -> None:
        assert timeline.make(film((-80, 8000)), {}).picture_begin_ms == 0


class TestJumps:
    def test_an_hour_of_nothing(self) -> None:
        later = HOUR_MS + 4000
        made = timeline.make(film((0, 4000), (later, later + 4000)), {1: sound((0, 4010), (later - 10, later + 4000))})
        assert made.cuts == (Cut(4010, HOUR_MS - 20),)
        assert made.duration_ms == 8020
        assert made.film_ms(later + 1000) == 5020
        assert made.film_ms(2000) == 2000
        assert made.film_ms(1_000_000) == 4010

    def test_a_lost_signal(self) -> None:
        """Nobody records a blank of 20 s on purpose; in a film that somebody made it may be meant."""
        picture = film((0, 4000), (24_000, 28_000))
        assert timeline.make(picture, {}).duration_ms == 28_000
        assert timeline.make(picture, {}, recorded=True).duration_ms == 8000
        assert timeline.make(picture, {1: sound((0, 28_000))}, recorded=True).duration_ms == 28_000

    def test_ten_days_before_a_stray_packet(self) -> None:
        made = timeline.make(film((0, 8000)), {1: sound((0, 8000), (DAYS_MS, DAYS_MS + 20))})
        assert made.duration_ms < 9000

    def test_nothing_before_the_beginning(self) -> None:
        made = timeline.make(film((HOUR_MS, HOUR_MS + 8000)), {})
        assert (made.cuts, made.duration_ms) == ((Cut(0, HOUR_MS),), 8000)

    def test_sound_over_a_picture_that_stays_is_no_jump(self) -> None:
        made = timeline.make(film((0, 4000), (HOUR_MS, HOUR_MS + 4000)), {1: sound((0, HOUR_MS + 4000))})
        assert made.cuts == ()
        assert made.duration_ms == HOUR_MS + 4000

    def test_slides_of_two_minutes_are_no_jumps(self) -> None:
        runs = tuple((place * 120_000, place * 120_000 + 10_000) for place in range(20))
        assert timeline.make(Measured(20, runs, runs[-1][0], 40, 0), {}).cuts == ()

    def test_two_pictures_ten_days_apart(self) -> None:
        assert timeline.make(Measured(2, ((0, 40), (DAYS_MS, DAYS_MS + 40)), DAYS_MS, 40, 0), {}).duration_ms < 1000

    def test_a_bounded_number_of_them(self) -> None:
        runs = tuple((place * 100_000, place * 100_000 + 20_000) for place in range(500))
        assert len(timeline.make(film(*runs), {}).cuts) == timeline.MAX_CUTS


class TestChoice:
    FILM = film((0, 8000))
    STILL = Measured(1, ((0, 1000),), 0, 1000, 0)
    THUMBNAILS = Measured(8, ((0, 8000),), 7000, 1000, 1000)

    @pytest.mark.parametrize("beside", [STILL, THUMBNAILS, Measured(0), film((0, 3000))])
    def test_the_film_wherever_it_is(self, beside: Measured) -> None:
        assert timeline.most_like_a_film([self.FILM, beside]) == 0
        assert timeline.most_like_a_film([beside, self.FILM]) == 1

    def test_the_first_of_two_alike(self) -> None:
        assert timeline.most_like_a_film([self.FILM, film((0, 8040))]) == 0

    def test_a_slide_show_alone(self) -> None:
        assert timeline.most_like_a_film([self.THUMBNAILS]) == 0


@pytest.mark.parametrize(
    ("claimed_ms", "found_ms", "more"), [(None, 8000, False), (8400, 8000, False), (1_200_000, 8000, True)]
)
def test_a_promise_is_broken_by_more_than_rounding(claimed_ms: int | None, found_ms: int, more: bool) -> None:
    assert timeline.promises_more(claimed_ms, found_ms) is more


def test_clock() -> None:
    assert [timeline.clock(ms) for ms in (900, 61_000, HOUR_MS + 5000)] == ["0:00", "1:01", "1:00:05"]


class TestInStep:
    """Sound that may be kept as it is: 32 ms a packet, from beginning to end."""

    FILM = Measured(240, ((0, 10_000),), 9_960, 40, 40)

    @staticmethod
    def sound(begin_ms: int = 0, end_ms: int = 10_000, longest_ms: int = 32, gap: bool = False) -> Measured:
        runs = ((begin_ms, 3_000), (6_000, end_ms)) if gap else ((begin_ms, end_ms),)
        return Measured(300, runs, end_ms - 32, 32, longest_ms)

    @pytest.mark.parametrize(
        ("track", "steady"),
        [
            (sound(), True),
            (sound(end_ms=10_040), True),
            (sound(begin_ms=41), False),
            (sound(begin_ms=-500), False),
            (sound(end_ms=9_800), False),
            (sound(longest_ms=64), False),
            (sound(gap=True), False),
        ],
    )
    def test_from_beginning_to_end_without_a_gap(self, track: Measured, steady: bool) -> None:
        assert timeline.make(self.FILM, {1: track}).in_step == ({1} if steady else frozenset())

    def test_never_where_the_clock_jumps(self) -> None:
        assert not timeline.make(self.FILM, {1: self.sound()}, restarts=True).in_step
