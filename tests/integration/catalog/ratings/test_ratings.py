"""Votes, rankings and what follows from what people do, on a real catalogue over both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from accounts.identity.events import UserBanned, UserDeleted, UserUnbanned
from accounts.library.collections.model import CollectionChanged
from accounts.library.collections.repository import shelf_items
from catalog.ratings import jobs, queries, usecases
from catalog.ratings.adapters.context import context_of
from catalog.ratings.figures.repository import SqlRatings, epoch_table, stats_table
from catalog.ratings.model import Ballot, Miscount, Tally
from catalog.ratings.repository import vote_table
from catalog.ratings.usecases import VoteWriter
from catalog.releases.episodes.repository import episode_table
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from kernel.scope import Container
from tests.support.catalog.ratings import add_releases, histogram
from tests.support.people import sign_up

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ANYBODY = Reader(sees_drafts=False)


def ballot(release_id: str, user_id: str, score: int | None) -> Ballot:
    return Ballot(user_id=user_id, release_id=release_id, score=score, at=NOW, is_news=score is not None)


async def stats(container: Container, release_id: str) -> Any:
    async with container.scope(write=False) as scope:
        return (await queries.stats(scope.uow.session, [release_id])).get(release_id)


@pytest.mark.both_adapters
async def test_two_hundred_voters_at_once(container: Container) -> None:
    """Every vote is in the histogram, whatever its voters do at the same time."""
    release_id, other = await add_releases(container, 2)
    async with container.scope(write=False) as scope:
        writer = scope.port(VoteWriter)
    voters = [new_id() for _ in range(200)]

    async def vote(number: int, user_id: str) -> None:
        await writer.cast(ballot(release_id, user_id, number % 10 + 1))
        if number % 2:  # changes their mind
            await writer.cast(ballot(release_id, user_id, (number * 7) % 10 + 1))
        if number % 5 == 0:
            await writer.cast(ballot(release_id, user_id, None))
        await writer.cast(ballot(other, user_id, 10))

    await asyncio.gather(*(vote(number, user_id) for number, user_id in enumerate(voters)))
    assert (await stats(container, release_id)).tally == await histogram(container, release_id)
    assert (await stats(container, release_id)).tally.votes == 160
    assert (await stats(container, other)).tally.counts == (0,) * 9 + (200,)


@pytest.mark.both_adapters
async def test_many_processes_vote_on_the_same_releases(container: Container) -> None:
    """Each transaction by itself, in clashing orders: no deadlock, no vote lost, none counted twice."""
    releases = await add_releases(container, 3)
    users = [new_id() for _ in range(6)]

    async def process(number: int) -> None:
        for step in range(4):
            async with container.scope(write=True) as scope:
                mine = [
                    ballot(release_id, users[(number + place) % 6], None if step == 2 else (number + step) % 10 + 1)
                    for place, release_id in enumerate(releases if number % 2 else releases[::-1])
                ]
                await usecases.cast(context_of(scope), mine)

    await asyncio.gather(*(process(number) for number in range(8)))
    for release_id in releases:
        assert (await stats(container, release_id)).tally == await histogram(container, release_id)


@pytest.mark.both_adapters
async def test_the_ranking_is_stable_page_by_page(container: Container) -> None:
    releases = await add_releases(container, 7, episodes=1)
    (draft,) = await add_releases(container, 1, published=False)
    voters = [new_id() for _ in range(6)]
    async with container.scope(write=True) as scope:
        # All equal but one with too few votes, and one that is better.
        ballots = [ballot(id_, user, 10 if id_ == releases[3] else 8) for id_ in releases[:6] for user in voters]
        await usecases.cast(context_of(scope), [*ballots, ballot(releases[6], voters[0], 10)])
        await usecases.cast(context_of(scope), [ballot(draft, user, 10) for user in voters])
        await scope.uow.session.execute(update(vote_table).values(watched=True))
        await scope.uow.session.execute(
            update(stats_table).values(ranked_votes=6, ranked_total=48).where(stats_table.c.release_id != releases[6])
        )
        await scope.uow.session.execute(
            update(stats_table).values(ranked_total=60).where(stats_table.c.release_id == releases[3])
        )
    await jobs.weigh_releases(container)
    async with container.scope(write=False) as scope:
        pages = [
            await queries.ranking(scope.uow.session, "top", ANYBODY, NOW, offset=offset, limit=2)
            for offset in (0, 2, 4, 6)
        ]
    listed = [one.release_id for page in pages for one in page.items]
    assert listed == [releases[3], *sorted(set(releases[:6]) - {releases[3]})]
    assert {page.total for page in pages} == {6}
    # C of all ranked votes, the draft's and its own among them; m is 6.
    best = pages[0].items[0]
    usual = (5 * 48 + 60 + 48) / 42
    assert best.weighted == pytest.approx((60 + 6 * usual) / 12)


@pytest.mark.both_adapters
async def test_members_do_not_depend_on_which_event_is_delivered_first(container: Container) -> None:
    """Two processes share the outbox: who took a release off a shelf may be counted before having put it there."""
    known, unknown = await add_releases(container, 2)

    async def members(*changes: int) -> list[int]:
        for change in changes:
            async with container.scope(write=True) as scope:
                counted = dict.fromkeys((known, unknown), change)
                await SqlRatings(scope.uow).follow(members=counted, interest={}, epoch_at=NOW)
        async with container.scope(write=False) as scope:
            found = await SqlRatings(scope.uow).stats([known, unknown])
            shown = await queries.ranking(scope.uow.session, "popular", ANYBODY, NOW, offset=0, limit=9)
        assert shown.total == sum(stats.members > 0 for stats in found.values())
        return [found[release_id].members for release_id in (known, unknown)]

    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).set_members({known: 1})
    assert await members(-1, -1, 1) == [0, -1]
    assert await members(1) == [1, 0]
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).set_members({known: 0, unknown: -1})
    await jobs.recount_members(container)
    assert await members(1) == [1, 1], "what nobody has is nothing again"


@pytest.mark.both_adapters
async def test_trending_after_years(container: Container) -> None:
    old, new, gone = await add_releases(container, 2) + [new_id()]
    async with container.scope(write=True) as scope:
        ratings = SqlRatings(scope.uow)
        await ratings.follow(members={}, interest={old: 4.0, gone: 9.0}, epoch_at=NOW)
        await ratings.follow(members={old: 1, new: 1}, interest={new: 1.0}, epoch_at=NOW + timedelta(days=21))
        await ratings.follow(members={old: -1, gone: -1}, interest={}, epoch_at=NOW + timedelta(days=21))
    async with container.scope(write=False) as scope:
        now = NOW + timedelta(days=21)
        ranked = await queries.ranking(scope.uow.session, "trending", ANYBODY, now, offset=0, limit=9)
        assert [one.release_id for one in ranked.items] == [new, old]
        assert [one.members for one in ranked.items] == [1, 0]
        assert ranked.items[1].trend == pytest.approx(4.0)
        popular = await queries.ranking(scope.uow.session, "popular", ANYBODY, now, offset=0, limit=9)
        assert [one.release_id for one in popular.items] == [new]
    later = NOW + timedelta(days=365 * 30)
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).follow(members={}, interest={old: 1.0}, epoch_at=later)
    async with container.scope(write=False) as scope:
        assert await scope.uow.session.scalar(select(epoch_table.c.at)) == later
        ranked = await queries.ranking(scope.uow.session, "trending", ANYBODY, later, offset=0, limit=9)
    assert [one.release_id for one in ranked.items] == [old]
    assert ranked.items[0].trend == pytest.approx(1.0)


@pytest.mark.both_adapters
async def test_votes_follow_a_ban_and_the_end_of_an_account(container: Container) -> None:
    """Through the subscribers and the job, on the account as it is then."""
    (release_id,) = await add_releases(container, 1)
    nobody = new_id()
    async with container.scope(write=True) as scope:
        await usecases.cast(context_of(scope), [ballot(release_id, nobody, 2), ballot(release_id, new_id(), 9)])
    async with container.scope(write=True) as scope:
        assert await usecases.follow_voter(context_of(scope), scope.port(usecases.Voters), nobody, None) is None
    assert (await stats(container, release_id)).tally == Tally((0,) * 8 + (1, 0))
    for event in (UserBanned, UserUnbanned, UserDeleted):
        assert "follow_voter" in container.events.subscribers_of(event)


@pytest.mark.both_adapters
async def test_a_deleted_release_takes_its_votes_along(container: Container) -> None:
    (release_id,) = await add_releases(container, 1)
    async with container.scope(write=True) as scope:
        await usecases.cast(context_of(scope), [ballot(release_id, new_id(), 9)])
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(episode_table.delete().where(episode_table.c.release_id == release_id))
        await scope.uow.session.execute(release_table.delete().where(release_table.c.id == release_id))
    async with container.scope(write=False) as scope:
        for table in (vote_table, stats_table):
            assert await scope.uow.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.both_adapters
async def test_a_recount_leaves_out_what_is_not_delivered_yet(container: Container) -> None:
    """It is on the shelf already, and will be counted when its event comes."""
    added, taken, both = await add_releases(container, 3)
    person = (await sign_up(container)).user_id
    relay = Relay(container)
    await relay.drain()

    async def put(release_id: str, before: str, after: str) -> None:
        async with container.scope(write=True) as scope:
            await scope.uow.session.execute(delete(shelf_items).where(shelf_items.c.release_id == release_id))
            if after:
                item = {"user_id": person, "release_id": release_id, "shelf": after, "changed_at": NOW}
                await scope.uow.session.execute(insert(shelf_items), {**item, "removed": False, "revision": 1})
            scope.uow.record(
                CollectionChanged(at=NOW, user_id=person, release_id=release_id, before=before, after=after)
            )

    async def members() -> list[int]:
        found = [await stats(container, release_id) for release_id in (added, taken, both)]
        return [0 if one is None else one.members for one in found]

    await put(taken, "", "PLANNED")
    await relay.drain()
    await put(added, "", "PLANNED")
    await put(taken, "PLANNED", "")
    await put(both, "", "PLANNED")
    await put(both, "PLANNED", "WATCHED")
    await jobs.recount_members(container)
    assert await members() == [0, 1, 0]
    await relay.drain()
    assert await members() == [1, 0, 1]
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).set_members({added: 9, taken: 9})
    await put(added, "PLANNED", "")
    await jobs.recount_members(container)
    assert await members() == [1, 0, 1], "what is wrong is corrected meanwhile"
    await relay.drain()
    assert await members() == [0, 0, 1]


@pytest.mark.both_adapters
async def test_members_counted_meanwhile_are_not_corrected_away(container: Container) -> None:
    moved, wrong, new, gone = *await add_releases(container, 3), new_id()
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).set_members({moved: 3, wrong: 2})
    found = {
        moved: Miscount(said=2, counted=1),
        wrong: Miscount(said=2, counted=1),
        new: Miscount(said=0, counted=1),
        gone: Miscount(said=0, counted=1),
    }
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).correct_members(found)
    async with container.scope(write=False) as scope:
        known = await SqlRatings(scope.uow).stats([moved, wrong, new, gone])
    assert {id_: one.members for id_, one in known.items()} == {moved: 3, wrong: 1, new: 1}


@pytest.mark.both_adapters
async def test_members_and_voters_are_counted_again(container: Container) -> None:
    """What no event told: the jobs look."""
    (release_id,) = await add_releases(container, 1)
    async with container.scope(write=True) as scope:
        await SqlRatings(scope.uow).set_members({release_id: 5})
        await usecases.cast(context_of(scope), [ballot(release_id, new_id(), 9)])
    await jobs.recount_members(container)
    assert (await stats(container, release_id)).members == 0
    await jobs.recount_voters(container)
    async with container.scope(write=False) as scope:
        row = (await scope.uow.session.execute(select(vote_table))).one()
    assert row.checked_at > row.voted_at
    assert row.watched is False
