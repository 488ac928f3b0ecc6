"""What people chose, what they find similar, and the nightly model, in both databases."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import insert

import catalog.releases.usecases
from accounts.library.collections.adapters.context import context_of
from accounts.library.collections.model import ShelfName
from accounts.library.collections.usecases import change_favorites, put_on_shelves
from catalog.ratings.repository import vote_table
from catalog.recommendations import jobs
from catalog.recommendations.algorithms.fitted import ModelRecord
from catalog.recommendations.model import Preferences, ReasonKind, Signal, Taste
from catalog.recommendations.repository import PART_BYTES
from catalog.recommendations.similar.model import Pair
from catalog.recommendations.similar.usecases import SimilarPairs
from catalog.recommendations.usecases import Choices, Models, Tastes
from catalog.releases.episodes.adapters.context import context_of as releases_context
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.usecases import Reader
from kernel.ids import new_id
from kernel.jobs import JobContext
from kernel.scope import Container
from tests.conftest import MakeUser
from tests.support.catalog.recommendations import refreshed

ANYBODY = Reader(sees_drafts=False)


async def shows(container: Container, *genres: str, publish: bool = True) -> list[str]:
    """A release for each genre."""
    made = []
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        for number, genre in enumerate(genres):
            draft = ReleaseDraft(f"show-{genre}-{number}", ReleaseType.TV, Names(f"Show {number}"), year=2020)
            release = await catalog.releases.usecases.create_release(releases_context(scope), draft, [genre])
            if publish:
                release.publish(now)
            await scope.flush()
            made.append(str(release.id))
    return made


async def like(container: Container, user_id: str, release_ids: Iterable[str]) -> None:
    async with container.scope(write=True) as scope:
        await change_favorites(context_of(scope), user_id=user_id, add=release_ids)


@pytest.mark.both_adapters
async def test_choices(container: Container, make_user: MakeUser) -> None:
    person, other = await make_user(), await make_user()
    first, second = await shows(container, "war", "love")
    chosen = Preferences(sequels=True, count_dropped=False, minimum_members=3, kinds=("MOVIE", "TV"))
    async with container.scope(write=True) as scope:
        choices, now = scope.port(Choices), scope.clock.now()
        assert await choices.preferences(person.user_id) == Preferences()
        await choices.store_preferences(person.user_id, Preferences(minimum_members=9), now)
        await choices.store_preferences(person.user_id, chosen, now)
        assert await choices.hide(person.user_id, first, now)
        assert not await choices.hide(person.user_id, first, now), "twice is once"
        assert await choices.hide(person.user_id, second, now + timedelta(seconds=1))
    async with container.scope(write=True) as scope:
        choices = scope.port(Choices)
        assert await choices.preferences(person.user_id) == chosen
        assert await choices.hidden_ids(person.user_id) == {first, second}
        assert await choices.hidden_ids(other.user_id) == frozenset()
        page, total = await choices.hidden_page(person.user_id, offset=0, limit=1)
        assert ([one.release_id for one in page], total) == ([second], 2)
        assert not await choices.restore(other.user_id, second)
        assert await choices.restore(person.user_id, second)
        assert await choices.hidden_ids(person.user_id) == {first}


@pytest.mark.both_adapters
async def test_similar_pairs(container: Container, make_user: MakeUser) -> None:
    one, two = await make_user(), await make_user()
    war, love, space = await shows(container, "war", "love", "space")
    (draft,) = await shows(container, "draft", publish=False)
    async with container.scope(write=True) as scope:
        pairs, now = scope.port(SimilarPairs), scope.clock.now()
        known = await pairs.add(Pair.of(war, space), now)
        assert await pairs.add(Pair.of(space, war), now) == known, "a pair has no order"
        assert await pairs.vote(known.id, one.user_id, now)
        assert not await pairs.vote(known.id, one.user_id, now), "one vote a person"
        assert await pairs.vote(known.id, two.user_id, now)
        hidden = await pairs.add(Pair.of(war, draft), now)
        await pairs.vote(hidden.id, one.user_id, now)
        less = await pairs.add(Pair.of(war, love), now)
        await pairs.vote(less.id, two.user_id, now)
        await pairs.add(Pair.of(love, space), now)
    async with container.scope(write=True) as scope:
        pairs = scope.port(SimilarPairs)
        found = await pairs.of_release(war, ANYBODY, one.user_id, 10)
        assert [(each.release_id, each.votes, each.voted) for each in found] == [(space, 2, True), (love, 1, False)]
        assert [each.pair_id for each in await pairs.of_release(space, ANYBODY, None, 10)] == [known.id], (
            "without votes no pair"
        )
        assert len(await pairs.votes_of(two.user_id)) == 2
        assert await pairs.withdraw(known.id, one.user_id)
        assert not await pairs.withdraw(known.id, one.user_id)
        await pairs.remove(less.id)
        assert [each.votes for each in await pairs.of_release(war, ANYBODY, one.user_id, 10)] == [1]
        removed = await pairs.get(Pair.of(love, war))
        assert removed is not None
        assert removed.removed
        assert not (await pairs.add(Pair.of(love, space), scope.clock.now())).removed


@pytest.mark.both_adapters
async def test_what_libraries_say(container: Container, make_user: MakeUser) -> None:
    war, love, space = await shows(container, "war", "love", "space")
    people = sorted([(await make_user()).user_id for _ in range(3)])
    async with container.scope(write=True) as scope:
        context = context_of(scope)
        wanted = {war: ShelfName.WATCHED, love: ShelfName.PLANNED, space: ShelfName.ABANDONED}
        await put_on_shelves(context, user_id=people[0], wanted=wanted)
        await put_on_shelves(context, user_id=people[0], wanted={love: None})
        await change_favorites(context, user_id=people[0], add=[war, love])
        await change_favorites(context, user_id=people[0], remove=[love])
        await change_favorites(context, user_id=people[2], add=[space])
        vote = {"voted_at": context.now, "watched": True, "suspended": False, "checked_at": context.now}
        for release_id, score in ((war, 9), (love, 2)):
            row = {**vote, "user_id": people[0], "release_id": release_id, "score": score}
            await scope.uow.session.execute(insert(vote_table).values(row))
    async with container.scope(write=False) as scope:
        tastes = scope.port(Tastes)
        own = sorted(await tastes.of(people[0]), key=lambda signal: signal.release_id)
        assert own == [
            Signal(release_id=war, favorite=True, shelf="WATCHED", score=9),
            Signal(release_id=love, score=2),
            Signal(release_id=space, shelf="ABANDONED"),
        ]
        assert await tastes.of(people[1]) == []
        first = await tastes.after(None, 1)
        assert list(first) == [people[0]]
        assert await tastes.after(people[0], 5) == {people[2]: [Signal(release_id=space, favorite=True)]}
        assert await tastes.after(people[2], 5) == {}


@pytest.mark.both_adapters
async def test_a_night(container: Container, make_user: MakeUser) -> None:
    """Libraries, the fit in a process of its own, the stored model, and what this process recommends from it."""
    war, love, space, rare = await shows(container, "war", "love", "space", "rare")
    await shows(container, "draft", publish=False)
    people = [(await make_user()).user_id for _ in range(6)]
    for user_id in people:
        await like(container, user_id, [war, space])
    await like(container, people[0], [love])
    await jobs.order_if_due(container)
    await jobs.order_if_due(container)
    done = await jobs.build(JobContext(new_id(), container), {})
    assert (done["people"], done["items"]) == (6, 2), "one like is too little"
    recommender = await refreshed(container)
    model = recommender.model()
    assert model is not None
    assert (model.version, model.people, model.items) == (done["version"], 6, 2)
    taste = Taste(liked=(war,), known=frozenset({war}))
    found = await recommender.recommend(taste, Preferences(), frozenset(), container.clock.now(), count=9)
    assert (found[0].release_id, found[0].reason.because_id) == (space, war)
    assert (found[0].reason.kind, found[0].reason.people) == (ReasonKind.LIKED_TOGETHER, 6)
    assert {one.release_id for one in found[1:]} == {love, rare}, "a draft is for nobody"


@pytest.mark.both_adapters
async def test_models_are_kept_in_pieces_and_old_ones_go(container: Container) -> None:
    packed = bytes(range(256)) * (PART_BYTES // 256) + b"the end"
    versions = []
    for number in range(3):
        async with container.scope(write=True) as scope:
            record = ModelRecord(version=new_id(), built_at=scope.clock.now(), people=number, items=1, took_s=0.5)
            await scope.port(Models).store(record, packed)
            versions.append(record.version)
    async with container.scope(write=False) as scope:
        models = scope.port(Models)
        newest = await models.newest()
        assert newest is not None
        assert (newest.version, newest.people) == (versions[2], 2)
        assert [await models.part(versions[2], place) for place in range(3)] == [packed[:PART_BYTES], b"the end", None]
        assert await models.part(versions[1], 0) is not None
        assert await models.part(versions[0], 0) is None
