"""Who is shown as speaking, and who of many is heard."""

import pytest

from realtime.voice.levels import HOLD_MS, LevelMeter, SpeakerSelection


class TestMeter:
    """LiveKit's constants: louder than 35 dB below overload for 40 % of a window of 500 ms."""

    @pytest.mark.parametrize(
        ("loud", "soft", "speaking"), [(25, 0, True), (10, 15, True), (9, 16, False), (0, 25, False), (0, 0, False)]
    )
    def test_two_fifths_of_a_window(self, loud: int, soft: int, speaking: bool) -> None:
        meter = LevelMeter()
        for level in [20] * loud + [60] * soft:
            meter.heard(level)
        assert meter.window(500)[0] is speaking

    def test_nothing_that_comes_is_not_silence(self) -> None:
        meter = LevelMeter()
        assert meter.window(500) == (False, None)
        meter.heard(127)
        assert meter.window(500) == (False, 0.0)

    def test_the_level_follows_over_a_few_windows(self) -> None:
        meter, shown = LevelMeter(), []
        for _ in range(6):
            meter.heard(0)
            shown.append(meter.window(500)[1])
        assert shown == [0.4, 0.64, 0.78, 0.87, 0.92, 0.95]


class TestSelection:
    def test_whoever_begins_is_heard_from_the_first_packet(self) -> None:
        selection = SpeakerSelection[str](3)
        assert [selection.admit(who, 30, 0) for who in "abc"] == [(0, 1), (1, 1), (2, 1)]
        assert selection.holders(0) == ["a", "b", "c"]

    def test_silence_needs_no_stream(self) -> None:
        selection = SpeakerSelection[str](1)
        assert selection.admit("a", 90, 0) is None
        assert selection.admit("a", 30, 20) == (0, 1)
        assert selection.admit("a", 90, 40) == (0, 1), "but who has one keeps it while they draw breath"

    def test_a_fourth_waits_until_somebody_pauses(self) -> None:
        selection = SpeakerSelection[str](3)
        for at in range(0, 1_000, 20):
            for who in "abc":
                selection.admit(who, 30, at)
            assert selection.admit("d", 30, at) is None
        at += 20
        selection.admit("a", 30, at)
        selection.admit("c", 30, at)
        assert selection.admit("d", 30, at + HOLD_MS - 21) is None
        for who in "ac":
            selection.admit(who, 30, at + HOLD_MS - 20)
        assert selection.admit("d", 30, at + HOLD_MS + 1) == (1, 2)

    def test_a_much_louder_one_takes_the_softest_ones(self) -> None:
        selection = SpeakerSelection[str](2)
        taken = None
        for at in range(0, 1_000, 20):
            selection.admit("a", 20, at)
            selection.admit("b", 40, at)
            taken = taken or selection.admit("d", 15, at)
        assert taken == (1, 2)

    def test_two_alike_do_not_alternate(self) -> None:
        selection = SpeakerSelection[str](1)
        heard = {who for at in range(0, 4_000, 20) for who in "ab" if selection.admit(who, 30, at)}
        assert heard == {"a"}

    def test_who_goes_leaves_the_stream_at_once(self) -> None:
        selection = SpeakerSelection[str](1)
        selection.admit("a", 10, 0)
        selection.release("a")
        assert selection.holders(0) == [None]
        assert selection.admit("b", 50, 1) == (0, 2)
