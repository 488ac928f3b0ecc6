"""What people press at the same moment, quickly, or before they see anything: the room does what they meant."""

import pytest

from realtime.party.domain.commands import Next, Pause, Play, QueueAdd, QueueRemove, Seek, Skip
from realtime.party.domain.errors import QueueItemNotFound
from realtime.party.domain.requests import Tick
from realtime.sync.playback import Media, position_at

from .scene import FILM, SHORT, Scene

EPISODES = [Media(episode_id=f"e{number}", title=f"E{number}", duration_ms=60_000) for number in range(1, 5)]


def queued(*others: str, media: Media = FILM) -> Scene:
    room = Scene(*others, media=media)
    for number, episode in enumerate(EPISODES, start=1):
        room.command(QueueAdd, media=episode, id=f"q{number}")
    return room


def on(room: Scene) -> str:
    assert room.party.playback.media is not None
    return room.party.playback.media.episode_id


class TestAJoinerWithoutAPicture:
    def room(self) -> Scene:
        room = Scene("bob")
        room.command(Seek, position_ms=60_000)
        room.command(Play)
        return room

    @pytest.mark.parametrize("position_ms", [0, 5_000, 56_000, 70_000, FILM.duration_ms])
    def test_pausing_stops_the_room_where_it_is(self, position_ms: int) -> None:
        room = self.room()
        room.command(Pause, by="bob", position_ms=position_ms, after_ms=3_150)
        assert (room.party.playback.paused, room.party.playback.position_ms) == (True, 63_000)

    def test_who_is_in_step_stops_it_at_their_picture(self) -> None:
        room = self.room()
        room.command(Pause, by="bob", position_ms=62_400, after_ms=3_150)
        assert room.party.playback.position_ms == 62_400

    @pytest.mark.parametrize(("by_ms", "expected_ms"), [(5_000, 68_000), (-5_000, 58_000), (-90_000, 0)])
    def test_skipping_is_from_where_the_room_is(self, by_ms: int, expected_ms: int) -> None:
        room = self.room()
        room.command(Seek, by="bob", by_ms=by_ms, after_ms=3_150)
        assert room.party.playback.position_ms == expected_ms
        room.command(Seek, by="bob", by_ms=2 * FILM.duration_ms)
        assert room.party.playback.position_ms == FILM.duration_ms


@pytest.mark.parametrize("playing", [False, True])
def test_three_quick_skips_go_three_times_as_far(playing: bool) -> None:
    room = Scene("bob")
    room.command(Seek, position_ms=60_000)
    if playing:
        room.command(Play)
    at_ms = position_at(room.party.playback, room.now_ms)
    for by in ("bob", "bob", "ann"):
        room.command(Seek, by=by, by_ms=10_000, after_ms=40)
    assert position_at(room.party.playback, room.now_ms) == at_ms + 30_000


class TestTwoAtOnce:
    @pytest.mark.parametrize("kind", [Next, Skip])
    def test_both_saw_the_same_next(self, kind: type[Next | Skip]) -> None:
        room = queued()
        room.join("bob")
        room.command(Next, item_id="ann:q1")
        room.command(kind, by="bob", item_id="ann:q1", after_ms=2_000)
        room.command(kind, item_id="ann:q1")  # pressed twice
        assert on(room) == "e1"
        assert len(room.log) == len(EPISODES) + 3  # each has a version for its answer
        room.command(Next, by="bob", item_id="ann:q2")
        assert on(room) == "e2"

    def test_without_saying_what_they_saw(self) -> None:
        room = queued("bob")
        room.command(Next)
        room.command(Next, by="bob", after_ms=300)
        assert on(room) == "e1"
        room.command(Next, after_ms=300)  # the same person means it
        assert on(room) == "e2"
        room.command(Next, by="bob", after_ms=1_000)
        assert on(room) == "e3"

    def test_next_at_the_moment_the_episode_ends(self) -> None:
        room = queued(media=SHORT)
        room.command(Play)
        room.do(Tick(), after_ms=SHORT.duration_ms + 1_000)
        assert on(room) == "e1"
        room.command(Next, item_id="ann:q1")
        room.command(Next)
        assert on(room) == "e1"

    def test_what_was_taken_out_of_the_queue_is_said_to_be_gone(self) -> None:
        room = queued("bob")
        room.command(QueueRemove, item_id="ann:q1")
        with pytest.raises(QueueItemNotFound):
            room.command(Next, by="bob", item_id="ann:q1")

    def test_a_late_vote_is_not_one_against_what_is_on(self) -> None:
        room = queued("bob", "eve")
        for name in ("ann", "bob", "eve"):
            room.command(Skip, by=name, item_id="ann:q1")
        assert on(room) == "e1"
        assert room.party.skip_votes == frozenset()
