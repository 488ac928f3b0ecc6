"""Waiting for everyone: one stuck member never freezes the room (the best-known complaint about Jellyfin SyncPlay)."""

from realtime.party.domain.commands import ChangeSettings, Pause, Play, Seek
from realtime.party.domain.events import Cause
from realtime.party.domain.model import MemberId, PlayerState, Wait
from realtime.party.domain.requests import Disconnect, Leave, Report, Tick
from realtime.party.domain.rules import next_due_ms

from .scene import Scene


def playing(*others: str, wait: Wait = Wait.STALL) -> Scene:
    """A room that has played for 20 s, with everybody in step."""
    room = Scene(*others, wait=wait)
    room.all_ready()
    room.command(Play)
    for member in room.party.connected:
        room.report(member.member_id, PlayerState.PLAYING)
    room.now_ms += 20_000
    return room


def stall(room: Scene, name: str) -> None:
    """``name`` stalls for as long as it takes the room to decide."""
    room.report(name, PlayerState.STALLED)
    room.do(Tick(), after_ms=500)


class TestStall:
    """A member stalled for over 500 ms pauses the room until ready or the deadline of 10 s."""

    def test_after_half_a_second_the_room_rests_where_it_is(self) -> None:
        room = playing("bob", "eve")
        room.report("bob", PlayerState.STALLED)
        assert next_due_ms(room.party) == room.now_ms + 500
        room.do(Tick(), after_ms=499)
        assert not room.party.playback.paused
        room.do(Tick(), after_ms=1)
        assert room.party.playback.paused
        assert room.told_to_wait == [("bob",)]
        assert room.log[-1].cause == Cause(kind="wait", member_id=MemberId("bob"))

    def test_the_stall_began_when_the_member_says_but_not_long_ago(self) -> None:
        room = playing("bob")
        room.report("bob", PlayerState.STALLED, at_ms=room.now_ms - 200)
        assert next_due_ms(room.party) == room.now_ms + 300
        room = playing("bob")
        room.report("bob", PlayerState.STALLED, at_ms=room.now_ms - 3_600_000)
        assert room.waits_on == {"bob"}
        room = playing("bob")
        room.report("bob", PlayerState.STALLED, at_ms=room.now_ms + 3_600_000)
        assert next_due_ms(room.party) == room.now_ms + 500

    def test_a_hiccup_stops_nobody(self) -> None:
        room = playing("bob")
        room.report("bob", PlayerState.STALLED)
        room.report("bob", PlayerState.PLAYING, after_ms=400)
        room.do(Tick(), after_ms=200)
        assert not room.party.playback.paused

    def test_ready_again_the_room_goes_on_from_where_it_rested(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        position_ms = room.party.playback.position_ms
        room.report("bob", PlayerState.READY, after_ms=2_000)
        assert room.told_to_wait == [()]
        assert (room.party.playback.paused, room.party.playback.position_ms) == (False, position_ms)
        assert room.log[-1].cause == Cause(kind="resume")

    def test_after_its_deadline_a_member_is_excused_and_the_room_goes_on(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        assert next_due_ms(room.party) == room.now_ms + 10_000
        room.do(Tick(), after_ms=10_000)
        assert room["bob"].excused
        assert not room.party.playback.paused
        assert room.waits_on == set()

    def test_an_excused_member_is_not_waited_for_until_caught_up(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        room.do(Tick(), after_ms=10_000)
        stall(room, "bob")
        room.report("bob", PlayerState.PLAYING, drift_ms=-9_000)
        assert room["bob"].excused
        assert not room.party.playback.paused
        room.report("bob", PlayerState.PLAYING, drift_ms=-900)
        assert not room["bob"].excused

    def test_the_fourth_stall_in_ten_minutes_stops_nobody(self) -> None:
        room = playing("bob")
        for _ in range(3):
            stall(room, "bob")
            assert room.waits_on == {"bob"}
            room.report("bob", PlayerState.READY, after_ms=1_000)
            room.report("bob", PlayerState.PLAYING, after_ms=1_000)
        stall(room, "bob")
        assert not room.party.playback.paused
        assert room["bob"].excused

    def test_ten_minutes_later_it_may_stop_the_room_again(self) -> None:
        room = playing("bob")
        for _ in range(3):
            stall(room, "bob")
            room.report("bob", PlayerState.READY, after_ms=1_000)
            room.report("bob", PlayerState.PLAYING, after_ms=1_000)
        room.now_ms += 600_000
        stall(room, "bob")
        assert room.waits_on == {"bob"}

    def test_two_stuck_members_are_waited_for_together(self) -> None:
        room = playing("bob", "eve")
        room.report("bob", PlayerState.STALLED)
        room.report("eve", PlayerState.STALLED)
        room.do(Tick(), after_ms=500)
        assert room.waits_on == {"bob", "eve"}
        room.report("bob", PlayerState.READY)
        assert room.waits_on == {"eve"}
        assert room.party.playback.paused
        room.report("eve", PlayerState.READY)
        assert not room.party.playback.paused

    def test_off_means_never(self) -> None:
        room = playing("bob", wait=Wait.OFF)
        stall(room, "bob")
        assert not room.party.playback.paused

    def test_who_leaves_is_not_waited_for(self) -> None:
        for goodbye in (Leave(member_id=MemberId("bob")), Disconnect(connection_ids=frozenset({"bob-1"}))):
            room = playing("bob")
            stall(room, "bob")
            room.do(goodbye)
            assert room.waits_on == set()
            assert not room.party.playback.paused

    def test_turning_it_off_goes_on(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        room.command(ChangeSettings, wait=Wait.OFF)
        assert not room.party.playback.paused

    def test_somebody_may_go_on_without_waiting(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        room.command(Play)
        assert room["bob"].excused
        assert not room.party.playback.paused

    def test_pause_means_pause_not_wait(self) -> None:
        room = playing("bob")
        stall(room, "bob")
        room.command(Pause)
        assert room.waits_on == set()
        room.report("bob", PlayerState.READY)
        assert room.party.playback.paused


class TestStart:
    """With ``ready`` or ``stall`` the room starts when all have buffered."""

    def test_a_seek_waits_for_everyone_to_be_there(self) -> None:
        room = playing("bob", wait=Wait.READY)
        room.command(Seek, position_ms=900_000)
        assert room.party.playback.paused
        assert room.waits_on == {"ann", "bob"}
        room.report("ann", PlayerState.READY, after_ms=200)
        room.report("bob", PlayerState.READY, after_ms=300)
        assert not room.party.playback.paused
        assert room.party.playback.position_ms == 900_000

    def test_readiness_for_the_old_place_does_not_count(self) -> None:
        room = playing("bob", wait=Wait.READY)
        old_version, old_position = room.party.version, room.party.playback.position_ms
        room.command(Seek, position_ms=900_000)
        room.report("bob", PlayerState.PLAYING, version=old_version, position_ms=old_position)
        assert "bob" in room.waits_on
        # … also from a client that does not say which version it means.
        room.report("bob", PlayerState.READY, version=None, position_ms=old_position)
        room.report("bob", PlayerState.READY, version=None, position_ms=900_000, at_ms=room.now_ms - 60_000)
        assert "bob" in room.waits_on
        room.report("bob", PlayerState.READY, version=None, position_ms=900_010)
        assert "bob" not in room.waits_on

    def test_play_starts_at_once_when_all_are_ready(self) -> None:
        room = Scene("bob", wait=Wait.READY)
        room.all_ready()
        room.command(Play)
        assert not room.party.playback.paused

    def test_a_seek_while_paused_needs_everyone_ready_again(self) -> None:
        room = Scene("bob", wait=Wait.READY)
        room.all_ready()
        room.command(Seek, position_ms=900_000)
        room.report("ann", PlayerState.READY)
        room.command(Play)
        assert room.waits_on == {"bob"}

    def test_a_seek_while_waiting_waits_anew(self) -> None:
        room = playing("bob", wait=Wait.READY)
        room.command(Seek, position_ms=900_000)
        room.command(Seek, position_ms=100_000, after_ms=1_000)
        assert room.party.waiting is not None
        assert set(room.party.waiting.deadlines_ms.values()) == {room.now_ms + 10_000}
        room.report("ann", PlayerState.READY)
        room.report("bob", PlayerState.READY)
        assert (room.party.playback.paused, room.party.playback.position_ms) == (False, 100_000)


class TestLateJoiner:
    """A late joiner never pauses the others."""

    def test_it_is_excused_until_caught_up(self) -> None:
        room = playing("bob")
        room.join("late")
        stall(room, "late")
        assert not room.party.playback.paused
        room.command(Seek, position_ms=900_000)
        assert room.waits_on == {"ann", "bob"}

    def test_then_it_counts(self) -> None:
        room = playing("bob")
        room.join("late")
        room.report("late", PlayerState.PLAYING, drift_ms=-700)
        stall(room, "late")
        assert room.waits_on == {"late"}

    def test_who_comes_back_catches_up_first(self) -> None:
        room = playing("bob")
        room.do(Disconnect(connection_ids=frozenset({"bob-1"})))
        room.join("bob", connection="bob-2", after_ms=3_000)
        stall(room, "bob")
        assert not room.party.playback.paused


def test_figures_alone_do_not_rewrite_the_document() -> None:
    room = playing("bob")
    revision = room.party.revision
    room.report("bob", PlayerState.PLAYING, drift_ms=12, rtt_ms=80, after_ms=2_000)
    assert room.party.revision == revision
    assert room["bob"].drift_ms == 12
    room.do(Report(member_id=MemberId("bob"), at_ms=0, state=PlayerState.STALLED, position_ms=0))
    assert room.party.revision == revision + 1
