"""``/api/v1/releases/{release}/similar``: computed neighbours, and what people find similar."""

from catalog.languages.schemas import Localised
from catalog.recommendations.model import SIMILAR_MAX, NotRecommendable
from catalog.recommendations.schemas import shown
from catalog.recommendations.similar import usecases
from catalog.recommendations.similar.model import SimilarNotFound, SimilarTakenOut, SimilarToItself
from catalog.recommendations.similar.schemas import SimilarIn, SimilarOut, VotedSimilarOut
from catalog.recommendations.similar.usecases import SimilarContext, SimilarPairs
from catalog.recommendations.usecases import Recommender, published, visible
from catalog.releases.model import Release, ReleaseNotFound, Status
from catalog.releases.routes import VARY, reader, translations
from catalog.releases.schemas import ReleaseOut
from catalog.releases.usecases import Releases, release_called
from kernel.access import Role
from kernel.errors import TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Reply, Router
from kernel.limits import Limit

router = Router(tag="Recommendations")

SUGGESTIONS = Limit("similar-suggestions", attempts=50, window_s=86_400)
"""Of one account in a day: more than anybody thinks of, and what a moderator can still look through."""
SPARE = 2
"""As many computed ones are asked for as are shown: some of them may be blocked where the reader is."""
VOTES = Limit("similar-votes", attempts=300, window_s=3600)


def _context(call: Call) -> SimilarContext:
    return SimilarContext(
        pairs=call.port(SimilarPairs),
        releases=call.port(Releases),
        actor=call.user,
        reader=reader(call),
        now=call.clock.now(),
    )


async def _release(call: Call, key: str, *, blocked: bool = False) -> Release:
    """By id or alias, a published one that the caller sees; with ``blocked`` also where they do not."""
    found = await release_called(call.port(Releases), key)
    if found.status is not Status.PUBLISHED:
        raise ReleaseNotFound
    if not blocked:
        reader(call).check(found)
    return found


@router.get(
    "/releases/{release}/similar",
    summary="What is similar to a release",
    raises=(ReleaseNotFound, UnavailableForLegalReasons),
)
async def list_similar(call: Call, release: str, query: Localised) -> Reply[SimilarOut]:
    """By id or alias. Releases of its own franchise are not among the computed ones."""
    found = await _release(call, release)
    who = reader(call)
    computed = await call.port(Recommender).similar(found.id, count=SIMILAR_MAX * SPARE)
    community = await usecases.of_release(call.port(SimilarPairs), found.id, who, call.actor)
    releases = dict(await visible(call.port(Releases), computed, who))
    computed = [one for one in computed if one.release_id in releases][:SIMILAR_MAX]
    releases |= await published(call.port(Releases), [one.release_id for one in community], who)
    translated = await translations(call, query, list(releases))
    answer = SimilarOut(
        computed=shown(computed, releases, translated),
        community=[
            VotedSimilarOut(
                release=ReleaseOut.of(releases[one.release_id], translated.get(one.release_id)),
                pair_id=one.pair_id,
                votes=one.votes,
                voted=one.voted,
            )
            for one in community
            if one.release_id in releases
        ],
    )
    return Reply(answer, headers=VARY)


@router.post(
    "/releases/{release}/similar",
    role=Role.USER,
    status=204,
    limit=SUGGESTIONS,
    summary="Suggest a similar release",
    raises=(
        ReleaseNotFound,
        UnavailableForLegalReasons,
        NotRecommendable,
        SimilarTakenOut,
        SimilarToItself,
        TooManyRequests,
    ),
)
async def suggest_similar(call: Call, release: str, body: SimilarIn) -> None:
    """It is one's vote as well; where others suggested the pair before, a vote alone."""
    found = await _release(call, release)
    await usecases.suggest(_context(call), found.id, body.release_id)


@router.put(
    "/releases/{release}/similar/{other_id}/vote",
    role=Role.USER,
    limit=VOTES,
    summary="Agree that two releases are similar",
    raises=(
        ReleaseNotFound,
        UnavailableForLegalReasons,
        NotRecommendable,
        SimilarNotFound,
        SimilarTakenOut,
        SimilarToItself,
        TooManyRequests,
    ),
)
async def vote_similar(call: Call, release: str, other_id: str) -> None:
    """One vote a person."""
    found = await _release(call, release)
    await usecases.vote(_context(call), found.id, other_id)


@router.delete(
    "/releases/{release}/similar/{other_id}/vote",
    role=Role.USER,
    limit=VOTES,
    summary="Take back that two releases are similar",
    raises=(ReleaseNotFound, SimilarToItself, TooManyRequests),
)
async def withdraw_similar_vote(call: Call, release: str, other_id: str) -> None:
    # A vote is its owner's to take back wherever they are.
    found = await _release(call, release, blocked=True)
    await usecases.withdraw(_context(call), found.id, other_id)


@router.delete(
    "/releases/{release}/similar/{other_id}",
    role=Role.MODERATOR,
    summary="Take out a pair that is not similar",
    raises=(ReleaseNotFound, SimilarNotFound, SimilarToItself),
)
async def remove_similar(call: Call, release: str, other_id: str) -> None:
    """For good: nobody can suggest it again."""
    found = await _release(call, release, blocked=True)
    await usecases.remove(_context(call), found.id, other_id)
