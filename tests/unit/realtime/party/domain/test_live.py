"""A party around a live channel: at what was sent a moment ago, further back where somebody wants so, and never ahead."""

from dataclasses import replace
from typing import Any

import pytest

from realtime.party.domain.commands import Next, Pause, Play, QueueAdd, Seek, SetMedia, SetRate
from realtime.party.domain.errors import LiveHasOneRate
from realtime.party.domain.members.membership import EMPTY_PAUSE_MS
from realtime.party.domain.model import MemberId, PlayerState, Wait
from realtime.party.domain.requests import Disconnect, Tick
from realtime.party.domain.rules import next_due_ms
from realtime.sync.live import DELAY_MS, DURATION_MS, LEAD_MS, MARGIN_MS, PAST_MS, put_on
from realtime.sync.playback import Media, position_at

from .scene import FILM, Scene

WINDOW_MS = 600_000
WALL_MS, ROOM_MS = 1_790_000_000_000, 5_000_000_000


def channel(window_ms: int = WINDOW_MS, room_ms: int = ROOM_MS) -> Media:
    live = put_on("channel", wall_ms=WALL_MS, room_ms=room_ms, window_ms=window_ms)
    return Media(episode_id="", title="Evenings", duration_ms=DURATION_MS, live=live)


def live_scene(*others: str, window_ms: int = WINDOW_MS, **settings: Any) -> Scene:
    return Scene(*others, media=channel(window_ms), now_ms=ROOM_MS, **settings)


def behind_ms(scene: Scene) -> float:
    """How far the party is behind what is being sent."""
    media = scene.party.playback.media
    assert media is not None
    assert media.live is not None
    return scene.now_ms - media.live.room_begin_ms - position_at(scene.party.playback, scene.now_ms)


def test_it_plays_from_the_start_at_what_was_sent_a_moment_ago() -> None:
    scene = live_scene("ben")
    assert not scene.party.playback.paused
    assert behind_ms(scene) == DELAY_MS
    scene.do(Tick(), after_ms=60_000)
    assert behind_ms(scene) == DELAY_MS


def test_its_position_is_a_moment_of_the_clock_that_the_stream_is_dated_with() -> None:
    scene = live_scene()
    live = channel().live
    assert live is not None
    assert live.begin_ms + scene.party.playback.position_ms == WALL_MS - DELAY_MS


def test_a_pause_leaves_it_behind_and_a_seek_to_the_present_catches_up() -> None:
    scene = live_scene()
    scene.command(Pause, after_ms=10_000)
    scene.command(Play, after_ms=30_000)
    assert behind_ms(scene) == pytest.approx(DELAY_MS + 30_000, abs=500)
    scene.command(Seek, after_ms=5_000, position_ms=PAST_MS + 5_000_000)
    assert behind_ms(scene) == pytest.approx(DELAY_MS, abs=500)


def test_nobody_sees_what_was_not_sent_yet() -> None:
    scene = live_scene()
    wishes: tuple[dict[str, Any], ...] = ({"position_ms": DURATION_MS}, {"by_ms": 3_600_000})
    for given in wishes:
        scene.command(Seek, after_ms=1_000, **given)
        assert behind_ms(scene) >= DELAY_MS
    scene.command(Play, after_ms=1_000, position_ms=DURATION_MS)
    assert behind_ms(scene) >= DELAY_MS


def test_it_goes_back_as_far_as_the_window_and_no_further() -> None:
    scene = live_scene()
    scene.command(Seek, after_ms=1_000, by_ms=-100_000)
    assert behind_ms(scene) == pytest.approx(DELAY_MS + 100_000, abs=500)
    scene.command(Seek, after_ms=1_000, position_ms=0)
    assert behind_ms(scene) == pytest.approx(WINDOW_MS - MARGIN_MS, abs=500)


def test_it_goes_back_no_further_than_the_broadcast_began() -> None:
    live = put_on("channel", wall_ms=WALL_MS, room_ms=ROOM_MS, window_ms=WINDOW_MS, live_for_ms=60_000)
    scene = Scene(media=replace(channel(), live=live), now_ms=ROOM_MS)
    scene.command(Seek, after_ms=1_000, by_ms=-300_000)
    assert behind_ms(scene) == pytest.approx(
        61_000 - LEAD_MS, abs=500
    )  # there is no picture before the first key frame


def test_a_pause_longer_than_the_window_goes_on_at_its_beginning() -> None:
    scene = live_scene()
    scene.command(Pause, after_ms=1_000)
    scene.command(Play, after_ms=2 * WINDOW_MS)
    assert behind_ms(scene) == pytest.approx(WINDOW_MS - MARGIN_MS, abs=500)


def test_playing_what_plays_already_moves_nobody() -> None:
    scene = live_scene("ben")
    before = scene.party.playback
    scene.command(Play, "ben", after_ms=7_777)
    assert scene.party.playback == before


def test_it_has_one_speed_and_what_comes_after_a_fast_film_has_it_too() -> None:
    scene = live_scene()
    with pytest.raises(LiveHasOneRate):
        scene.command(SetRate, rate=1.5)
    film = Scene(media=FILM, now_ms=ROOM_MS)
    film.command(SetRate, rate=1.5)
    film.command(SetMedia, media=channel())
    assert film.party.playback.rate == 1.0
    assert not film.party.playback.paused
    assert behind_ms(film) == pytest.approx(DELAY_MS, abs=500)


def test_from_the_queue_it_comes_where_it_is_by_then() -> None:
    scene = Scene(media=FILM, now_ms=ROOM_MS)
    scene.command(QueueAdd, media=channel())
    scene.command(Next, after_ms=120_000)
    assert behind_ms(scene) == pytest.approx(DELAY_MS, abs=500)


def test_a_room_that_waits_for_somebody_is_behind_by_as_much() -> None:
    scene = live_scene("ben", wait=Wait.STALL)
    scene.report("ben", PlayerState.PLAYING, position_ms=scene.party.playback.position_ms)
    scene.report("ben", PlayerState.STALLED, after_ms=1_000)
    scene.do(Tick(), after_ms=1_000)
    assert scene.party.playback.paused
    scene.report("ben", PlayerState.READY, after_ms=3_000, buffer_ms=10_000)
    assert not scene.party.playback.paused
    assert DELAY_MS + 2_000 < behind_ms(scene) < DELAY_MS + 6_000


def test_what_is_live_does_not_wait_for_people_to_come_back() -> None:
    scene = live_scene()
    scene.do(Disconnect(connection_ids=frozenset({"ann-1"})), after_ms=1_000)
    assert next_due_ms(scene.party) > scene.now_ms + EMPTY_PAUSE_MS
    scene.do(Tick(), after_ms=10 * EMPTY_PAUSE_MS)
    scene.join("ann")
    assert behind_ms(scene) == DELAY_MS
    scene.do(Tick(), after_ms=DURATION_MS)
    assert replace(scene.party.playback, anchor_ms=0).paused, "after a day somebody has to put it on again"
    assert MemberId("ann") in scene.party.members
