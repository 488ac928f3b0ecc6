"""Play, pause, seek, rate and media: what the playback document becomes, and when commands are refused."""

import math
from typing import Any

import pytest

from kernel.errors import AniError
from realtime.party.codec import member_from_json, member_to_json
from realtime.party.domain.accepted import REMEMBERED_COMMANDS, Accepted
from realtime.party.domain.command import Command
from realtime.party.domain.commands import Pause, Play, Seek, SetMedia, SetRate, SetTracks
from realtime.party.domain.errors import NothingPlaying, NotInParty, PositionOutOfRange, RateOutOfRange, VersionPassed
from realtime.party.domain.events import Cause, StateChanged
from realtime.party.domain.model import PlayerState, Tracks
from realtime.party.domain.requests import Tick
from realtime.party.domain.rules import accepted_version, apply, next_due_ms
from realtime.sync.playback import position_at

from .scene import FILM, SHORT, Scene


def test_play_starts_for_all_together_a_lead_from_now() -> None:
    room = Scene("bob")
    room.report("bob", PlayerState.READY, rtt_ms=400)
    room.command(Play)
    playback = room.party.playback
    assert (playback.paused, playback.position_ms) == (False, 0)
    assert playback.anchor_ms == room.now_ms + 600, "1.5 × the slowest of few members' round trips"
    assert position_at(playback, playback.anchor_ms - 100) == 0
    assert position_at(playback, playback.anchor_ms + 2_000) == 2_000


def test_tracks_keep_what_is_not_given_and_leave_the_picture_alone() -> None:
    room = Scene()
    room.command(Play)
    playback = room.party.playback
    room.command(SetTracks, audio="ja")
    room.command(SetTracks, subtitles="off")
    assert room.party.tracks == Tracks(audio="ja", subtitles="off")
    assert room.log[-1].tracks == room.party.tracks
    room.command(SetTracks, audio="")
    assert room.party.tracks == Tracks(subtitles="off")
    assert room.party.playback == playback


def test_pause_stops_where_the_room_is_and_play_goes_on_from_there() -> None:
    room = Scene()
    room.command(Play)
    room.command(Pause, after_ms=5_150)
    assert (room.party.playback.paused, room.party.playback.position_ms) == (True, 5_000)
    room.command(Play, after_ms=60_000)
    assert room.party.playback.position_ms == 5_000


def test_pause_at_the_picture_the_sender_sees() -> None:
    room = Scene()
    room.command(Play)
    room.command(Pause, after_ms=5_150, position_ms=4_940)
    assert room.party.playback.position_ms == 4_940


def test_seek_keeps_playing_or_paused() -> None:
    room = Scene()
    room.command(Seek, position_ms=600_000)
    assert (room.party.playback.paused, room.party.playback.position_ms) == (True, 600_000)
    room.command(Play)
    room.command(Seek, position_ms=1_200_000)
    assert not room.party.playback.paused
    assert room.party.playback.anchor_ms == room.now_ms + 150


def test_rate_changes_without_a_jump() -> None:
    room = Scene()
    room.command(Play)
    room.command(SetRate, rate=1.5, after_ms=10_150)
    assert position_at(room.party.playback, room.now_ms) == 10_000
    assert position_at(room.party.playback, room.now_ms + 2_000) == 13_000


def test_rate_before_the_start_leaves_the_start_where_it_is() -> None:
    room = Scene()
    room.command(Play)
    anchor_ms = room.party.playback.anchor_ms
    room.command(SetRate, rate=2.0, after_ms=50)
    assert (room.party.playback.anchor_ms, room.party.playback.position_ms) == (anchor_ms, 0)


def test_other_media_starts_at_its_beginning_playing_only_if_the_room_was() -> None:
    room = Scene(media=None)
    room.command(SetMedia, media=SHORT)
    assert (room.party.playback.media, room.party.playback.paused) == (SHORT, True)
    room.command(Play)
    room.command(SetMedia, media=FILM, position_ms=5_000, after_ms=3_000)
    assert (room.party.playback.media, room.party.playback.position_ms) == (FILM, 5_000)
    assert not room.party.playback.paused


def test_at_its_end_the_room_rests_and_play_means_again() -> None:
    room = Scene(media=SHORT)
    room.command(Play)
    assert next_due_ms(room.party) == room.now_ms + 150 + SHORT.duration_ms
    room.do(Tick(), after_ms=150 + SHORT.duration_ms)
    assert (room.party.playback.paused, room.party.playback.position_ms) == (True, SHORT.duration_ms)
    assert room.log[-1].cause == Cause(kind="end")
    room.command(Play)
    assert (room.party.playback.paused, room.party.playback.position_ms) == (False, 0)


def test_every_accepted_command_makes_one_version_with_its_cause() -> None:
    room = Scene("bob")
    for command, given in (
        (Play, {}),
        (Pause, {}),
        (Seek, {"position_ms": 7}),
        (SetRate, {"rate": 2.0}),
        (Play, {}),
        (Play, {}),
    ):
        version = room.party.version
        room.command(command, by="bob", **given)
        assert room.party.version == version + 1
        (told,) = [event for event in room.events if isinstance(event, StateChanged)]
        assert (told.version, told.playback) == (room.party.version, room.party.playback)
        assert (told.cause.kind, told.cause.member_id) == (command.kind, "bob")


def test_the_same_command_again_gives_the_same_answer_and_changes_nothing() -> None:
    room = Scene()
    play = Play(member_id=room["ann"].member_id, id="once")
    room.do(play)
    room.command(Pause, after_ms=500)
    before = room.party
    assert room.do(play, after_ms=500) == ()
    assert room.party is before
    assert accepted_version(room.party, play) == 1


def test_ids_are_each_members_own() -> None:
    room = Scene("bob")
    room.command(Seek, by="ann", id="1", position_ms=1_000)
    room.command(Seek, by="bob", id="1", position_ms=2_000)
    assert room.party.playback.position_ms == 2_000


def test_only_so_many_ids_are_remembered_and_nobody_can_flush_anothers() -> None:
    room = Scene("bob")
    first = Play(member_id=room["ann"].member_id, id="first")
    room.do(first)
    for _ in range(3 * REMEMBERED_COMMANDS):
        room.command(Play, by="bob")
    assert len(room["bob"].accepted) == REMEMBERED_COMMANDS
    assert accepted_version(room.party, first) == 1


def test_the_first_of_hundreds_in_flight_is_still_known() -> None:
    """32 in flight on each of 8 connections, all sent again in order: nothing is applied twice."""
    room = Scene()
    sent = [Seek(member_id=room["ann"].member_id, id=f"c{number}", position_ms=number) for number in range(256)]
    for command in sent:
        room.do(command)
    before = room.party
    for command in sent:
        assert room.do(command) == ()
    assert room.party is before
    assert [accepted_version(before, command) for command in sent] == list(range(1, 257))


def test_ids_that_contain_one_another_are_told_apart() -> None:
    room = Scene()
    for version, command_id in enumerate(("1", "11", "1:1,", "x" * 64), start=1):
        room.command(Pause, id=command_id)
        assert accepted_version(room.party, Pause(member_id=room["ann"].member_id, id=command_id)) == version
    assert accepted_version(room.party, Pause(member_id=room["ann"].member_id, id=":1,")) is None


def test_what_was_remembered_before_hundreds_were_is_read() -> None:
    room = Scene()
    room.command(Play, id="a")
    document = member_to_json(room["ann"])
    assert len(document["accepted"]["text"]) < 20
    document["accepted"] = [["a", 1], ["b", 2]]
    assert member_from_json(document).accepted == Accepted.of([("a", 1), ("b", 2)])


def test_if_version_refuses_once_the_room_has_moved_on() -> None:
    room = Scene("bob")
    room.command(Play)
    room.command(Pause, by="bob", if_version=1)
    with pytest.raises(VersionPassed) as refused:
        room.command(Pause, if_version=1)
    assert refused.value.details == {"version": 2}


@pytest.mark.parametrize(
    ("command", "given", "reason"),
    [
        (Seek, {"position_ms": -1}, PositionOutOfRange),
        (Seek, {"position_ms": FILM.duration_ms + 1}, PositionOutOfRange),
        (Play, {"position_ms": FILM.duration_ms + 1}, PositionOutOfRange),
        (Pause, {"position_ms": FILM.duration_ms + 1}, PositionOutOfRange),
        (SetMedia, {"media": SHORT, "position_ms": SHORT.duration_ms + 1}, PositionOutOfRange),
        (SetRate, {"rate": 0.2}, RateOutOfRange),
        (SetRate, {"rate": 4.5}, RateOutOfRange),
        (SetRate, {"rate": math.nan}, RateOutOfRange),
    ],
)
def test_refused_and_says_why(command: type[Command], given: dict[str, Any], reason: type[AniError]) -> None:
    room = Scene()
    with pytest.raises(reason) as refused:
        room.command(command, **given)
    assert "{" not in refused.value.message


@pytest.mark.parametrize(
    ("command", "given"), [(Play, {}), (Pause, {}), (Seek, {"position_ms": 0}), (SetRate, {"rate": 1.0})]
)
def test_nothing_on_nothing_to_steer(command: type[Command], given: dict[str, Any]) -> None:
    with pytest.raises(NothingPlaying):
        Scene(media=None).command(command, **given)


def test_strangers_cannot_steer() -> None:
    room = Scene()
    with pytest.raises(NotInParty):
        room.command(Play, by="stranger")


def test_apply_is_pure() -> None:
    room = Scene("bob")
    play = Play(member_id=room["bob"].member_id, id="p")
    before = room.party
    assert apply(before, play, 20_000) == apply(before, play, 20_000)
    assert before.version == 0
