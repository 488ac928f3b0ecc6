"""Choices and candidates over HTTP."""

from typing import Final

from catalog.releases import usecases as releases_usecases
from catalog.releases.model import ReleaseNotFound
from catalog.releases.routes import reader
from catalog.releases.usecases import Releases
from catalog.search.learning import usecases
from catalog.search.learning.model import AliasCandidateDecided, AliasCandidateNotFound, NamesFull, Voices
from catalog.search.learning.schemas import (
    AliasAcceptIn,
    AliasCandidateOut,
    AliasCandidatePage,
    CandidatesIn,
    SearchChoiceIn,
)
from catalog.search.learning.usecases import AliasCandidates, ChooseContext, Chooser, NameScores
from kernel.access import Role
from kernel.errors import Stale, TooManyRequests, UnavailableForLegalReasons
from kernel.http import Call, Router
from kernel.limits import Limit, address_key, is_loopback

router = Router(tag="Catalog")

CHOICES: Final = Limit("search-choices", attempts=100, window_s=86_400)
"""Nobody searches for a hundred titles a day; what one place can add to the table in a month is a sixteenth of it."""


@router.post(
    "/search/choices",
    status=204,
    transaction=False,
    limit=CHOICES,
    summary="Say which release was meant",
    raises=(ReleaseNotFound, UnavailableForLegalReasons, TooManyRequests),
)
async def choose(call: Call, body: SearchChoiceIn) -> None:
    """That a search for ``query`` ended with this release. Where its names do not say that, it is counted for 30 days under a hash
    that names nobody; what enough people mean becomes a suggestion for moderators. Nothing says whether it was counted."""
    async with call.container.scope(write=False) as scope:
        await releases_usecases.release(scope.port(Releases), reader(call), body.release_id)
        scores = scope.port(NameScores)
    searched = await usecases.unnamed(scores, body.query, body.release_id)
    if searched is None:
        return
    who = Chooser(
        user_id=None if call.actor is None else call.actor.user_id,
        network="" if is_loopback(call.address) else address_key(call.address),
    )
    async with call.write_scope() as scope:
        context = ChooseContext(
            candidates=scope.port(AliasCandidates),
            voices=scope.port(Voices),
            now=call.clock.now(),
        )
        await usecases.choose(context, searched, body.release_id, who)


@router.get("/search/alias-candidates", role=Role.MODERATOR, summary="Names that people search releases by")
async def list_alias_candidates(call: Call, query: CandidatesIn) -> AliasCandidatePage:
    """Open ones with the most voices first, or those decided last."""
    found, total = await usecases.page(
        call.port(AliasCandidates),
        call.port(Releases),
        query.state,
        offset=query.offset,
        limit=query.page_size,
    )
    return AliasCandidatePage(
        items=[AliasCandidateOut.of(one) for one in found], total=total, page=query.page, page_size=query.page_size
    )


@router.post(
    "/search/alias-candidates/{candidate_id}/accept",
    role=Role.MODERATOR,
    summary="Make it a name of the release",
    raises=(AliasCandidateNotFound, AliasCandidateDecided, ReleaseNotFound, NamesFull, Stale),
)
async def accept_alias_candidate(call: Call, candidate_id: str, body: AliasAcceptIn) -> AliasCandidateOut:
    """It is found by it a moment later."""
    done = await usecases.accept(
        call.port(AliasCandidates),
        call.port(Releases),
        candidate_id,
        None if body.text is None else " ".join(body.text.split()),
        by=call.user.user_id,
        now=call.clock.now(),
    )
    return AliasCandidateOut.of(done)


@router.post(
    "/search/alias-candidates/{candidate_id}/reject",
    role=Role.MODERATOR,
    summary="Never ask about it again",
    raises=(AliasCandidateNotFound, AliasCandidateDecided, Stale),
)
async def reject_alias_candidate(call: Call, candidate_id: str) -> AliasCandidateOut:
    done = await usecases.reject(
        call.port(AliasCandidates), call.port(Releases), candidate_id, by=call.user.user_id, now=call.clock.now()
    )
    return AliasCandidateOut.of(done)
