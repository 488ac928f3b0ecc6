"""streaming.origin.leases: places among the streams of an account, over ports in memory."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kernel.access import Actor, Role
from kernel.errors import Forbidden
from kernel.ids import new_id
from streaming.origin.ladder import Ladder
from streaming.origin.leases.heartbeats import MAX_SESSIONS, RENEW_EVERY_MS, Heartbeats
from streaming.origin.leases.model import SAFE_REST, StreamLimitReached, StreamLimits
from streaming.origin.leases.usecases import (
    end_stream,
    end_streams_of_demoted,
    end_streams_of_episodes,
    end_streams_of_login,
    end_streams_of_viewer,
    make_room,
    renew,
    take_back,
)
from streaming.origin.model import (
    LEASE,
    LIFETIME,
    StopReason,
    StreamableAsset,
    StreamNotFound,
    StreamSession,
    StreamSessionId,
    StreamStopped,
)
from streaming.origin.quality import PlayerDevice
from tests.unit.streaming.origin.leases.memory import MemoryLeases

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VIEWER = Actor(new_id(), "viewer", Role.USER, new_id())
ASSET = StreamableAsset(new_id(), new_id(), 60_000, Ladder(()))
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Streams(MemoryLeases):
    """Leases with a limit, and streams to hold them."""

    def __init__(self, limit: int = 0, **by_role: int) -> None:
        super().__init__({}, StreamLimits(limit, {Role(name): number for name, number in by_role.items()}))

    def start(
        self, viewer: Actor | None = VIEWER, now: datetime = NOW, asset: StreamableAsset = ASSET
    ) -> StreamSession:
        session = StreamSession.start(
            StreamSessionId(new_id()), asset, viewer, PlayerDevice(), "", 1e6, now, title="Film", user_agent=FIREFOX
        )
        session.pull_events()
        self.sessions[session.id] = session
        return session


class People:
    """Who stands behind a sign-in."""

    def __init__(self, *people: Actor) -> None:
        self._people = {each.session_id: each for each in people}

    async def of_session(self, actor: Actor) -> Actor | None:
        return self._people.get(actor.session_id)

    async def of_user(self, user_id: str) -> Actor | None:
        raise NotImplementedError

    async def roles(self, session_ids: Collection[str]) -> Mapping[str, Role]:
        return {each: self._people[each].role for each in session_ids if each in self._people}


@pytest.mark.parametrize(
    ("role", "limit"), [(Role.USER, 2), (Role.EDITOR, 7), (Role.ADMIN, None)], ids=["everybody", "own", "none"]
)
def test_a_limit_is_that_of_the_role(role: Role, limit: int | None) -> None:
    assert StreamLimits(2, {Role.EDITOR: 7, Role.ADMIN: 0}).of(role) == limit


async def test_a_refusal_says_who_holds_the_places() -> None:
    streams = Streams(2)
    first, second = streams.start(), streams.start(now=NOW + SECOND)

    with pytest.raises(StreamLimitReached, match="watching 2 streams already") as refused:
        await make_room(streams.context(NOW + SECOND), VIEWER, takeover=None)

    assert refused.value.details["holders"] == [
        {
            "session_id": each.id,
            "episode_id": ASSET.episode_id,
            "title": "Film",
            "browser": "Firefox",
            "device": "Linux",
            "since": each.started_at,
        }
        for each in (first, second)
    ]


async def test_a_place_is_free_a_minute_after_its_player_was_last_heard_of() -> None:
    streams = Streams(1)
    streams.start()
    with pytest.raises(StreamLimitReached):
        await make_room(streams.context(NOW + LEASE - SECOND), VIEWER, takeover=None)
    await make_room(streams.context(NOW + LEASE), VIEWER, takeover=None)


async def test_only_ones_own_stream_is_taken_over() -> None:
    streams = Streams(1)
    mine, theirs = streams.start(), streams.start(replace(VIEWER, user_id=new_id()))
    for takeover in (theirs.id, new_id(), "no id at all"):
        with pytest.raises(StreamLimitReached):
            await make_room(streams.context(NOW), VIEWER, takeover=takeover)
    assert theirs.ended_at is None

    await make_room(streams.context(NOW), VIEWER, takeover=mine.id)
    assert mine.ended_at == NOW
    assert streams.revoked == [mine.id]
    assert mine.pull_events() == [
        StreamStopped(
            at=NOW,
            session_id=mine.id,
            episode_id=ASSET.episode_id,
            asset_id=ASSET.asset_id,
            user_id=VIEWER.user_id,
            reason="taken_over",
        )
    ]


async def test_a_player_that_goes_on_keeps_its_place() -> None:
    streams = Streams(1)
    mine = streams.start()
    for heard_s in (20, 40, 60, 80):
        renewed = await renew(streams.context(NOW + heard_s * SECOND), [mine.id])
        assert not renewed.over | renewed.lapsed
    assert mine.leased_until == NOW + 80 * SECOND + LEASE


async def test_a_lease_about_to_end_is_not_renewed_without_a_look() -> None:
    """Somebody may have counted its place as free by the time that the renewal is written."""
    streams = Streams(1)
    mine, ended = streams.start(), streams.start()
    ended.end(NOW, StopReason.STOPPED)
    missing = new_id()
    late = NOW + LEASE - SAFE_REST

    renewed = await renew(streams.context(late), [mine.id, ended.id, missing])

    assert set(renewed.over) == {ended.id, missing}
    assert set(renewed.lapsed) == {mine.id}
    assert await take_back(streams.context(late), People(VIEWER), mine.id)
    assert mine.leased_until == late + LEASE


async def test_a_lapsed_stream_is_taken_back_where_there_is_a_place() -> None:
    streams, later = Streams(1), NOW + LEASE
    mine, nobodys = streams.start(), streams.start(viewer=None)
    other = streams.start(now=later)

    async def take(session: StreamSession, people: People) -> bool:
        return await take_back(streams.context(later), people, session.id)

    assert not await take(mine, People(VIEWER))
    assert await take(nobodys, People()), "nobody's account has no limit"
    other.end(later, StopReason.STOPPED)
    assert not await take(mine, People()), "their sign-in is over"
    assert not await take(other, People(VIEWER))
    assert not await take_back(streams.context(NOW + LIFETIME), People(VIEWER), mine.id), "it has run out"
    assert await take(mine, People(VIEWER))


async def test_a_session_ends_by_its_viewer_or_a_moderator() -> None:
    streams = Streams()
    mine, other = streams.start(), replace(VIEWER, user_id=new_id())
    moderator = replace(other, role=Role.MODERATOR)

    with pytest.raises(Forbidden):
        await end_stream(streams.context(NOW), mine.id, actor=other)
    assert mine.ended_at is None
    await end_stream(streams.context(NOW), mine.id, actor=moderator)
    await end_stream(streams.context(NOW + SECOND), mine.id, actor=VIEWER)
    assert mine.ended_at == NOW
    assert streams.revoked == [mine.id], "once is enough"
    assert [each.reason for each in mine.pull_events() if isinstance(each, StreamStopped)] == ["moderator"]
    with pytest.raises(StreamNotFound):
        await end_stream(streams.context(NOW), new_id(), actor=VIEWER)


async def test_what_ends_streams_ends_those_alone() -> None:
    streams, elsewhere = Streams(), replace(VIEWER, session_id=new_id())
    stranger, drama = replace(VIEWER, user_id=new_id(), session_id=new_id()), replace(ASSET, episode_id=new_id())
    context = streams.context(NOW)

    here, there, theirs = streams.start(), streams.start(elsewhere), streams.start(stranger, asset=drama)
    await end_streams_of_login(context, VIEWER.session_id)
    assert [each.ended_at for each in (here, there, theirs)] == [NOW, None, None]
    await end_streams_of_viewer(context, VIEWER)
    assert [each.ended_at for each in (there, theirs)] == [NOW, None]
    await end_streams_of_episodes(context, [drama.episode_id])
    assert theirs.ended_at == NOW
    again = streams.start()
    await end_streams_of_demoted(context, VIEWER.user_id)
    assert again.ended_at == NOW
    assert streams.revoked == [here.id, there.id, theirs.id, again.id]


async def test_what_is_unpublished_goes_on_for_those_who_may_see_it() -> None:
    streams, editor = Streams(), replace(VIEWER, session_id=new_id(), role=Role.EDITOR)
    people = People(VIEWER, editor)
    mine, theirs, nobodys = streams.start(), streams.start(editor), streams.start(None)

    await end_streams_of_episodes(streams.context(NOW), [ASSET.episode_id], standing=people, spared=Role.EDITOR)

    assert [each.ended_at for each in (mine, theirs, nobodys)] == [NOW, None, NOW]


class TestHeartbeats:
    def test_a_session_is_due_four_times_a_lease(self) -> None:
        beats = Heartbeats()
        due: list[str] = []
        for at_ms in range(0, 60_000, 1_000):
            beats.beat("a", at_ms)
            due += beats.take()
        assert len(due) == 60_000 / RENEW_EVERY_MS

    def test_what_could_not_be_written_is_due_again(self) -> None:
        beats = Heartbeats()
        beats.beat("a", 0)
        beats.beat("b", 0)
        taken = beats.take()
        beats.forget("b")
        beats.put_back(taken)
        assert beats.take() == {"a"}

    def test_it_holds_no_more_than_it_may(self) -> None:
        beats = Heartbeats()
        for number in range(MAX_SESSIONS + 10):
            beats.beat(str(number), number)
        assert len(beats.take()) == MAX_SESSIONS
