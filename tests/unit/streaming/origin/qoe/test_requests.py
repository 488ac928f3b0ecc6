"""What is concluded from the requests of a player: CMCD in request mode, versions 1 and 2."""

from streaming.origin.cmcd import keys_of
from streaming.origin.qoe.events import PlaybackEvent, PlayerState
from streaming.origin.qoe.figures import Figures, Observation, Outcome
from streaming.origin.qoe.requests import MAX_SESSIONS, RequestObserver

T0 = 1_764_500_000_000


def heard(*requests: tuple[int, str], observer: RequestObserver | None = None) -> list[PlaybackEvent]:
    observer = observer or RequestObserver()
    events = [observer.observe("s", keys_of([text]), T0 + after_ms) for after_ms, text in requests]
    return [event for event in events if event is not None]


def figures(*requests: tuple[int, str]) -> Figures:
    return Observation().with_events(heard(*requests)).figures()


def test_version_1() -> None:
    assert figures(
        (0, "ot=m,sf=h,su"),
        (300, "ot=i,sf=h,su"),
        (400, "ot=v,br=1000,su,mtp=900"),
        (450, "ot=a,br=128,su"),
        (1_400, "ot=v,br=1000,bl=4000"),  # it does not start any more: it plays
        (5_400, "ot=v,br=1000,bl=4000"),
        (5_450, "ot=a,br=128"),
        (9_400, "ot=v,br=3000,bl=8000"),
        (19_400, "ot=v,br=3000,bl=0,bs,su"),
        (21_400, "ot=v,br=3000,bl=4000"),
        (31_400, "ot=v,br=3000,su"),  # a seek: it has not run dry
        (32_400, "ot=v,br=3000,pr=1.00"),
        (42_400, "ot=v,br=3000,pr=0"),
    ) == Figures(
        outcome=Outcome.PLAYED,
        startup_ms=1_400,
        played_ms=18_000 + 10_000 + 10_000,
        rebuffers=1,
        rebuffered_ms=2_000,
        mean_bitrate_bps=round((8 * 1e6 + 30 * 3e6) / 38),
        switches=1,
    )


def test_version_2_names_its_state_and_counts_by_itself() -> None:
    assert figures(
        (0, "ot=m,sta=s,v=2"),
        (900, "ot=v,br=(2000;v 128;a),sta=p,msd=640,bsa=(0),bsda=(0),dfa=0,v=2"),
        (40_900, "ot=v,br=(2000;v),sta=p,bsa=(3),bsda=(1500),dfa=7,v=2"),  # of what was between, an edge told nothing
        (80_900, 'ot=v,br=(2000;v),sta=f,ec=("4001" "x"),v=2'),
    ) == Figures(
        outcome=Outcome.FAILED,
        startup_ms=640,
        played_ms=80_000,
        rebuffers=3,
        rebuffered_ms=1_500,
        mean_bitrate_bps=2_000_000,
        dropped_frames=7,
        error="4001",
    )


def test_when_it_began_to_play_is_not_known_where_an_edge_is_silent() -> None:
    beginning = (0, "ot=m,sf=h,su"), (400, "ot=v,br=1000,su")
    found = figures(*beginning, (31_000, "ot=v,br=1000,bl=4000"), (61_000, "ot=v,br=1000,bl=4000"))
    assert (found.outcome, found.startup_ms, found.played_ms) == (Outcome.PLAYED, None, 30_000)
    slow = figures(*beginning, (8_000, "ot=a,su"), (16_000, "ot=v,br=1000,su"), (24_000, "ot=v,br=1000,bl=4000"))
    assert slow.startup_ms == 24_000, "who goes on asking is seen to start"
    measured = figures((0, "ot=m,sta=s,v=2"), (31_000, "ot=v,br=(1000),sta=p,msd=700,v=2"))
    assert measured.startup_ms == 700


def test_a_start_without_a_picture() -> None:
    assert figures((0, "ot=m,su"), (20_000, "ot=v,su"), (40_000, "ot=v,su")).outcome is Outcome.FAILED_START
    assert figures((0, "ot=m,su"), (20_000, "ot=v,su")).outcome is Outcome.WAITING


def test_what_says_nothing_new_is_taken_down_seldom() -> None:
    requests = [(number * 500, "ot=v,br=1000,bl=4000") for number in range(41)]
    assert [event.at_ms - T0 for event in heard(*requests)] == [0, 5_000, 10_000, 15_000, 20_000]
    assert len({(event.at_ms, event.sequence) for event in heard((0, "ot=v,br=1"), (0, "ot=v,br=2"))}) == 2


def test_nonsense() -> None:
    for text in ("", "x", "ot=(((", 'ec="', "sta=nonsense,ot=zz", "br=-1,ot=v", "msd=99999999999999"):
        for event in heard((0, text)):
            assert event.bitrate_bps is None
            assert event.startup_ms is None


class TestBesideEventMode:
    def test_requests_count_no_longer_on_this_process(self) -> None:
        observer = RequestObserver()
        assert heard((0, "ot=v,br=1000"), observer=observer)
        observer.has_event_mode("s")
        assert heard((9_000, "ot=v,br=3000,bs,su"), observer=observer) == []
        assert observer.observe("other", keys_of(["ot=v,br=1"]), T0) is not None

    def test_what_other_processes_concluded_is_given_up_for_the_first_report(self) -> None:
        guessed = Observation().with_events(heard((0, "ot=m,su"), (9_000, "ot=v,br=9000")))
        assert (guessed.by_requests, guessed.figures().startup_ms) == (True, 9_000)
        reported = [
            PlaybackEvent(T0 + 5_000, 0, PlayerState.STARTING),
            PlaybackEvent(T0 + 5_500, 1, PlayerState.PLAYING, 2_000_000, startup_ms=500),
        ]
        exact = guessed.with_events([*heard((9_500, "ot=v,br=9000,bs,su")), *reported])
        assert exact == Observation().with_events(reported)
        assert exact.with_events(heard((20_000, "ot=v,br=9000,bs,su"))) == exact
        assert not exact.by_requests

    def test_nothing_is_nothing(self) -> None:
        assert Observation().with_events([]) == Observation()


def test_streams_are_forgotten_the_oldest_first() -> None:
    observer = RequestObserver()
    observer.has_event_mode("s")
    for number in range(MAX_SESSIONS):
        observer.observe(str(number), keys_of(["ot=v"]), T0)
    assert observer.observe("s", keys_of(["ot=v"]), T0) is not None
