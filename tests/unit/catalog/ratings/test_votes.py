"""Casting, changing and withdrawing votes, and what follows from what people watch and like."""

import contextlib
from collections.abc import Coroutine

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ratings import usecases
from catalog.ratings.model import Ballot, RatingChanged, Tally, Watched, watched_enough
from catalog.ratings.trending import WEIGHTS, Interest
from catalog.ratings.weighted import Prior
from tests.unit.catalog.ratings.memory import NOW, Memory


def ballot(user: str, score: int | None, release: str = "r", *, news: bool = False) -> Ballot:
    return Ballot(user_id=user, release_id=release, score=score, at=NOW, is_news=news)


def run(work: Coroutine[None, None, object]) -> None:
    """To its end, without a loop: memory waits for nothing."""
    with contextlib.suppress(StopIteration):
        work.send(None)


async def test_a_vote_is_cast_changed_and_withdrawn() -> None:
    memory = Memory()
    stats = (await usecases.cast(memory.context, [ballot("ann", 7), ballot("bob", 9)]))["r"]
    assert stats.tally.counts == (0, 0, 0, 0, 0, 0, 1, 0, 1, 0)
    assert stats.tally.mean == 8
    stats = (await usecases.cast(memory.context, [ballot("ann", 10)]))["r"]
    assert stats.tally.counts == (0, 0, 0, 0, 0, 0, 0, 0, 1, 1)
    stats = (await usecases.cast(memory.context, [ballot("ann", None)]))["r"]
    assert stats.tally.counts == (0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    assert [event.votes for event in memory.events if isinstance(event, RatingChanged)] == [2, 2, 1]


async def test_what_changes_nothing_is_no_news() -> None:
    memory = Memory()
    await usecases.cast(memory.context, [ballot("ann", 7)])
    memory.events.clear()
    same = (await usecases.cast(memory.context, [ballot("ann", 7)]))["r"]
    none = (await usecases.cast(memory.context, [ballot("bob", None)]))["r"]
    assert same == none == memory.known["r"]
    assert (await usecases.cast(memory.context, [ballot("bob", None, "other")]))["other"].tally.votes == 0
    assert memory.events == []


async def test_of_several_ballots_of_one_person_the_last_holds() -> None:
    memory = Memory()
    await usecases.cast(memory.context, [ballot("ann", 3), ballot("ann", None), ballot("ann", 8)])
    assert memory.known["r"].tally == Tally((0, 0, 0, 0, 0, 0, 0, 1, 0, 0))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("rs"), st.none() | st.integers(1, 10)), max_size=12))
def test_the_histogram_is_what_the_votes_are(steps: list[tuple[str, str, int | None]]) -> None:
    memory = Memory()
    memory.lengths = {"r": 1}
    memory.seen = {("r", "a"): Watched(1, finished=False)}
    for user, release, score in steps:
        run(usecases.cast(memory.context, [ballot(user, score, release)]))
    for release in ("r", "s"):
        assert memory.known.get(release, None) is None or memory.known[release].tally == memory.histogram(release)
        assert memory.histogram(release).ranked_votes == sum(
            key == (release, "a") == ("r", "a") for key in memory.votes
        )


@pytest.mark.parametrize(
    ("seen", "episodes", "enough"),
    [
        (Watched(2.4, finished=False), 12, True),
        (Watched(2.3, finished=False), 12, False),
        (Watched(0.2, finished=False), 1, True),  # a fifth of a film
        (Watched(0.0, finished=True), 12, True),
        (Watched(0.0, finished=True), None, True),  # brought along in a list; there is nothing to watch here
        (Watched(5.0, finished=False), None, False),
    ],
)
def test_who_has_watched_enough(seen: Watched, episodes: int | None, enough: bool) -> None:
    assert watched_enough(seen, episodes) is enough


async def test_the_ranking_counts_those_who_watched() -> None:
    memory = Memory()
    memory.lengths = {"r": 10}
    voters = [f"u{number}" for number in range(8)]
    memory.seen = {("r", user): Watched(2, finished=False) for user in voters[:4]}
    stats = (await usecases.cast(memory.context, [ballot(user, 10) for user in voters]))["r"]
    assert (stats.tally.votes, stats.tally.ranked_votes, stats.weighted) == (8, 4, None)
    # Somebody goes on watching.
    memory.seen[("r", "u4")] = Watched(2, finished=False)
    await usecases.count_those_who_watched(memory.context, sorted(memory.votes))
    stats = memory.known["r"]
    assert stats.tally.ranked_votes == 5
    assert stats.weighted == pytest.approx((50 + 5 * 5.5) / 10)
    # What was seen once stays seen, whatever becomes of the history.
    memory.seen.clear()
    stats = (await usecases.cast(memory.context, [ballot("u4", 5)]))["r"]
    assert (stats.tally.ranked_votes, stats.tally.ranked_total) == (5, 45)


async def test_votes_follow_their_account() -> None:
    memory = Memory()
    releases = [f"r{number:03}" for number in range(usecases.CHUNK + 5)]
    await usecases.cast(memory.context, [ballot("ann", 1, id_) for id_ in releases] + [ballot("bob", 9, "r000")])

    async def follow() -> None:
        after: str | None = None
        while (after := await usecases.follow_voter(memory.context, memory, "ann", after)) is not None:
            pass

    memory.banned.add("ann")
    for _ in range(2):  # again changes nothing
        await follow()
        assert memory.known["r000"].tally == Tally((0, 0, 0, 0, 0, 0, 0, 0, 1, 0))
        assert memory.known[releases[-1]].tally.votes == 0
    memory.banned.clear()
    await follow()
    assert memory.known["r000"].tally.counts[0] == 1
    memory.gone.add("ann")
    await follow()
    assert {key[1] for key in memory.votes} == {"bob"}
    assert all(memory.known[id_].tally == memory.histogram(id_) for id_ in releases)


async def test_interest_counts_once_a_week() -> None:
    memory = Memory()
    for _ in range(3):
        await usecases.show_interest(memory.context, memory, user_id="ann", release_ids=["r"], kind=Interest.FAVORITE)
    assert memory.known["r"].trend == WEIGHTS[Interest.FAVORITE]
    await usecases.show_interest(
        memory.context, memory, user_id="ann", release_ids=["r"], kind=Interest.STARTED, members=1
    )
    assert memory.known["r"].trend == WEIGHTS[Interest.FAVORITE] + WEIGHTS[Interest.STARTED]
    assert memory.known["r"].members == 1


async def test_news_is_told_with_the_vote() -> None:
    memory = Memory()
    await usecases.cast(memory.context, [ballot("ann", 7, news=True), ballot("bob", 7), ballot("cid", None, news=True)])
    assert [event.interested for event in memory.events if isinstance(event, RatingChanged)] == [1]


async def test_scores_are_weighed_anew_when_what_is_usual_moves() -> None:
    memory = Memory()
    memory.lengths = {"r": 1, "s": 1}
    users = [f"u{number:02}" for number in range(20)]
    memory.seen = {(id_, user): Watched(1, finished=True) for id_ in "rs" for user in users}
    await usecases.cast(memory.context, [ballot(user, 10, "r") for user in users])
    await usecases.cast(memory.context, [ballot(user, 8, "s") for user in users])
    prior = await usecases.moved_prior(memory)
    assert prior == Prior(20.0, 9.0)
    await memory.set_prior(prior)
    assert await usecases.moved_prior(memory) is None
    assert await usecases.weigh_next(memory, None) is None
    assert (memory.known["r"].weighted, memory.known["s"].weighted) == (9.5, 8.5)


async def test_members_are_corrected() -> None:
    memory = Memory()
    memory.members_of = {"r": 4}
    await memory.set_members({"r": 7, "s": 1})
    await usecases.recount_members(memory, memory, ["r", "s", "t"])
    assert {id_: one.members for id_, one in memory.known.items()} == {"r": 4, "s": 0}


async def test_members_that_are_not_delivered_yet_are_not_counted_twice() -> None:
    memory = Memory()
    memory.members_of, memory.on_the_way = {"r": 4, "s": 2}, {"r": 3, "s": -1, "t": 0}
    await memory.set_members({"r": 1, "s": 2})
    await usecases.recount_members(memory, memory, ["r", "s", "t"])
    assert {id_: one.members for id_, one in memory.known.items()} == {"r": 1, "s": 3}, "three of them come, one goes"
