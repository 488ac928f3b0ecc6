"""``/api/v1/releases/{release}/vote`` and ``…/rating``, and the rankings."""

from catalog.ratings import queries
from catalog.ratings.model import Ballot, Ranking, ReleaseStats
from catalog.ratings.schemas import (
    FiguresOut,
    RankingIn,
    RankingOut,
    RatingOut,
    RatingsIn,
    RatingsOut,
    VoteIn,
)
from catalog.ratings.trending import Interest
from catalog.ratings.usecases import RecentInterest, VoteWriter
from catalog.releases.model import ReleaseNotFound
from catalog.releases.routes import reader
from catalog.releases.usecases import Reader
from kernel.access import Role
from kernel.errors import Conflict, TooManyRequests, Unavailable, UnavailableForLegalReasons
from kernel.http import Call, Router
from kernel.limits import Limit
from kernel.scope import Scope

router = Router(tag="Ratings")

VOTES = Limit("votes", attempts=120, window_s=60)
"""Two a second: somebody going through all they ever saw, and no program that makes the writer its own."""


async def _release_id(scope: Scope, release: str, reader: Reader | None) -> str:
    """Of a published one; without a ``reader`` one that is blocked too."""
    found = await queries.published_release(scope.uow.session, release)
    if found is None:
        raise ReleaseNotFound
    release_id, blocks = found
    if reader is not None:
        reader.check_blocks(blocks)
    return release_id


async def _cast(call: Call, release: str, score: int | None) -> RatingOut:
    # Not in a transaction of its own: the votes of many people are one.
    async with call.container.scope(write=False) as scope:
        # A vote is its owner's to take back wherever they are.
        release_id = await _release_id(scope, release, None if score is None else reader(call))
        recent, writer = scope.port(RecentInterest), scope.port(VoteWriter)
    user_id = call.user.user_id
    is_news = score is not None and await recent.is_news(Interest.VOTE, user_id, release_id)
    ballot = Ballot(user_id=user_id, release_id=release_id, score=score, at=call.clock.now(), is_news=is_news)
    return RatingOut.of_voter(await writer.cast(ballot), score)


@router.put(
    "/releases/{release}/vote",
    role=Role.USER,
    transaction=False,
    limit=VOTES,
    summary="Vote on a release",
    raises=(ReleaseNotFound, UnavailableForLegalReasons, Conflict, TooManyRequests, Unavailable),
)
async def vote(call: Call, release: str, body: VoteIn) -> RatingOut:
    """By its identifier or alias; another vote replaces one's own. Answered once it is durable, with the new rating."""
    return await _cast(call, release, body.score)


@router.delete(
    "/releases/{release}/vote",
    role=Role.USER,
    transaction=False,
    limit=VOTES,
    summary="Withdraw one's vote",
    raises=(ReleaseNotFound, Conflict, TooManyRequests, Unavailable),
)
async def withdraw_vote(call: Call, release: str) -> RatingOut:
    """Without one, nothing changes."""
    return await _cast(call, release, None)


@router.get(
    "/releases/{release}/rating",
    summary="What people make of a release",
    raises=(ReleaseNotFound, UnavailableForLegalReasons),
)
async def get_rating(call: Call, release: str) -> RatingOut:
    """By its identifier or alias; with one's own vote where one is signed in."""
    session = call.scope.uow.session
    release_id = await _release_id(call.scope, release, reader(call))
    known = (await queries.stats(session, [release_id])).get(release_id) or ReleaseStats(release_id=release_id)
    own = None if call.actor is None else await queries.score(session, call.actor.user_id, release_id)
    return RatingOut.of_voter(known, own)


@router.get("/ratings", summary="What people make of many releases")
async def list_ratings(call: Call, query: RatingsIn) -> RatingsOut:
    """For the cards of a list."""
    found = await queries.published_stats(call.scope.uow.session, query.id, reader(call))
    return RatingsOut(items=[FiguresOut.of(found[id_]) for id_ in dict.fromkeys(query.id) if id_ in found])


async def _ranking(call: Call, kind: Ranking, query: RankingIn) -> RankingOut:
    now = call.clock.now()
    session = call.scope.uow.session
    ranked = await queries.ranking(session, kind, reader(call), now, offset=query.offset, limit=query.page_size)
    return RankingOut.of(ranked, query, now)


@router.get("/rankings/top", summary="Releases by their weighted score")
async def rank_by_score(call: Call, query: RankingIn) -> RankingOut:
    """Those with enough votes of people who watched at least a fifth."""
    return await _ranking(call, "top", query)


@router.get("/rankings/popular", summary="Releases by how many people have them")
async def rank_by_members(call: Call, query: RankingIn) -> RankingOut:
    """In any collection."""
    return await _ranking(call, "popular", query)


@router.get("/rankings/trending", summary="Releases by recent interest")
async def rank_by_trend(call: Call, query: RankingIn) -> RankingOut:
    """Started, favourites, planned, voted for; what was done a week ago weighs half."""
    return await _ranking(call, "trending", query)
