"""The queue, its order, votes and skipping."""

from dataclasses import replace
from typing import Any

import pytest

from realtime.party.domain.command import Command
from realtime.party.domain.commands import (
    ChangeSettings,
    Next,
    Play,
    QueueAdd,
    QueueMove,
    QueueRemove,
    QueueVote,
    SetMedia,
    Skip,
)
from realtime.party.domain.errors import NotPermitted, QueueEmpty, QueueFull, QueueItemNotFound
from realtime.party.domain.events import Cause
from realtime.party.domain.model import MAX_QUEUE_ITEMS, ControlMode
from realtime.party.domain.requests import Disconnect, Tick
from realtime.sync.playback import Media

from .scene import FILM, SHORT, Scene


def media(name: str) -> Media:
    return Media(episode_id=name, title=name, duration_ms=60_000)


def queued(room: Scene) -> list[str]:
    return [item.media.episode_id for item in room.party.queue]


def id_of(room: Scene, episode_id: str) -> str:
    return next(item.item_id for item in room.party.queue if item.media.episode_id == episode_id)


@pytest.fixture
def room() -> Scene:
    """``a`` and ``b`` queued by bob, ``c`` by ann."""
    scene = Scene("bob", "eve")
    for name, by in (("a", "bob"), ("b", "bob"), ("c", "ann")):
        scene.command(QueueAdd, by=by, media=media(name))
    return scene


def test_added_at_the_end_and_told_in_the_log(room: Scene) -> None:
    assert queued(room) == ["a", "b", "c"]
    assert room.log[-1].queue == room.party.queue


def test_next_takes_the_first(room: Scene) -> None:
    room.command(Next)
    assert room.party.playback.media == media("a")
    assert not room.party.playback.paused
    assert queued(room) == ["b", "c"]
    assert room.log[-1].queue == room.party.queue, "media and queue change in one version"


def test_moved_and_clamped(room: Scene) -> None:
    room.command(QueueMove, item_id=id_of(room, "c"), index=0)
    assert queued(room) == ["c", "a", "b"]
    room.command(QueueMove, item_id=id_of(room, "c"), index=99)
    assert queued(room) == ["a", "b", "c"]
    room.command(QueueMove, item_id=id_of(room, "b"), index=-5)
    assert queued(room) == ["b", "a", "c"]


def test_ones_own_may_be_removed_others_by_those_who_steer(room: Scene) -> None:
    room.command(ChangeSettings, control=ControlMode.HOST)
    room.command(QueueRemove, by="bob", item_id=id_of(room, "a"))
    with pytest.raises(NotPermitted):
        room.command(QueueRemove, by="bob", item_id=id_of(room, "c"))
    with pytest.raises(NotPermitted):
        room.command(QueueMove, by="bob", item_id=id_of(room, "b"), index=0)
    room.command(QueueRemove, item_id=id_of(room, "b"))
    assert queued(room) == ["c"]


def test_gone_is_gone(room: Scene) -> None:
    item_id = id_of(room, "a")
    room.command(QueueRemove, item_id=item_id)
    gone: list[tuple[type[Command], dict[str, Any]]] = [(QueueRemove, {}), (QueueMove, {"index": 0}), (QueueVote, {})]
    for command, given in gone:
        with pytest.raises(QueueItemNotFound):
            room.command(command, item_id=item_id, **given)


def test_a_queue_has_an_end() -> None:
    room = Scene()
    room.command(QueueAdd, media=FILM)
    room.party = replace(room.party, queue=room.party.queue * MAX_QUEUE_ITEMS)
    with pytest.raises(QueueFull):
        room.command(QueueAdd, media=FILM)


def test_in_the_mode_vote_the_most_wanted_is_next_and_of_equals_the_first(room: Scene) -> None:
    room.command(ChangeSettings, control=ControlMode.VOTE)
    for voter, name in (("eve", "b"), ("bob", "c"), ("ann", "c")):
        room.command(QueueVote, by=voter, item_id=id_of(room, name))
        room.command(QueueVote, by=voter, item_id=id_of(room, name))  # one vote each, however often
    room.command(QueueVote, by="ann", item_id=id_of(room, "c"), wanted=False)
    room.command(Next)
    assert room.party.playback.media == media("b")


def test_more_than_half_of_those_there_skip(room: Scene) -> None:
    room.command(Skip, by="bob")
    assert room.party.playback.media == FILM
    room.command(Skip, by="bob")
    assert room.party.playback.media == FILM, "one vote each"
    room.command(Skip, by="eve")
    assert room.party.playback.media == media("a")
    assert room.party.skip_votes == frozenset()


def test_the_absent_do_not_count(room: Scene) -> None:
    room.command(Skip, by="bob")
    room.do(Disconnect(connection_ids=frozenset({"bob-1", "eve-1"})))
    assert room.party.playback.media == FILM
    room.command(Skip, by="ann")
    assert room.party.playback.media == media("a")


def test_nor_do_their_votes(room: Scene) -> None:
    room.join("joe")
    room.command(Skip, by="bob")
    room.do(Disconnect(connection_ids=frozenset({"bob-1"})))
    room.command(Skip, by="eve")
    assert room.party.playback.media == FILM, "one of the three who are there"


def test_votes_are_for_what_is_on(room: Scene) -> None:
    room.command(Skip, by="bob")
    room.command(SetMedia, media=SHORT)
    room.command(Skip, by="eve")
    assert room.party.playback.media == SHORT


@pytest.mark.parametrize("command", [Next, Skip])
def test_nothing_next(command: type[Next] | type[Skip]) -> None:
    with pytest.raises(QueueEmpty):
        Scene().command(command)


def test_at_the_end_the_next_starts_by_itself() -> None:
    room = Scene(media=SHORT)
    room.command(QueueAdd, media=FILM)
    room.command(Play)
    room.do(Tick(), after_ms=SHORT.duration_ms + 150)
    assert (room.party.playback.media, room.party.playback.paused) == (FILM, False)
    assert room.log[-1].cause == Cause(kind="next")


def test_or_not() -> None:
    room = Scene(media=SHORT, autoplay=False)
    room.command(QueueAdd, media=FILM)
    room.command(Play)
    room.do(Tick(), after_ms=SHORT.duration_ms + 150)
    assert (room.party.playback.media, room.party.playback.paused) == (SHORT, True)
