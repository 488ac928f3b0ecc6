"""What recommendations need of libraries, and the copy of somebody's data of recommendations."""

from collections.abc import Mapping, Sequence

import accounts.library.queries
import catalog.recommendations.queries
from accounts.personal.recommendations import HiddenKept, RecommendationArchive, RecommendationChoices, SimilarVoteKept
from catalog.recommendations.model import HIDDEN_MAX, Signal
from catalog.recommendations.similar.usecases import SimilarPairs
from catalog.recommendations.usecases import Choices, Tastes
from kernel.concurrency.turns import in_turns
from kernel.feature import Feature
from kernel.scope import Scope


class LibraryTastes:
    """:class:`catalog.recommendations.usecases.Tastes` over libraries and votes."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def of(self, user_id: str) -> Sequence[Signal]:
        """Everything one person's library and votes say."""
        return (await self._signals([user_id]))[user_id]

    async def after(self, user_id: str | None, people: int) -> Mapping[str, Sequence[Signal]]:
        """The next people who have a library, and what they say."""
        return await self._signals(await accounts.library.queries.people_after(self._session, user_id, people))

    async def _signals(self, user_ids: Sequence[str]) -> Mapping[str, Sequence[Signal]]:
        scores = dict(await catalog.recommendations.queries.scores_of(self._session, user_ids))
        found: dict[str, list[Signal]] = {user_id: [] for user_id in user_ids}
        entries = await accounts.library.queries.entries_of(self._session, user_ids)
        async for entry in in_turns(entries):
            found[entry.user_id].append(
                Signal(
                    release_id=entry.release_id,
                    favorite=entry.favorite,
                    shelf=entry.shelf,
                    episodes_watched=entry.episodes_watched,
                    score=scores.pop((entry.user_id, entry.release_id), None),
                )
            )
        for (user_id, release_id), score in scores.items():  # votes for what is not in the library
            found[user_id].append(Signal(release_id=release_id, score=score))
        return found


class ChoicesOf:
    """:class:`accounts.personal.recommendations.RecommendationArchive`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def of_user(self, user_id: str) -> RecommendationChoices:
        """All of one person."""
        choices = self._scope.port(Choices)
        preferences = await choices.preferences(user_id)
        hidden, _ = await choices.hidden_page(user_id, offset=0, limit=HIDDEN_MAX)
        votes = await self._scope.port(SimilarPairs).votes_of(user_id)
        return RecommendationChoices(
            sequels=preferences.sequels,
            count_dropped=preferences.count_dropped,
            minimum_members=preferences.minimum_members,
            kinds=preferences.kinds,
            not_interested=[HiddenKept(release_id=one.release_id, hidden_at=one.hidden_at) for one in hidden],
            similar_votes=[
                SimilarVoteKept(release_id=one.release_id, other_id=one.other_id, voted_at=one.voted_at)
                for one in votes
            ],
        )


JOINED = Feature(ports={Tastes: LibraryTastes, RecommendationArchive: ChoicesOf})
"""A part of ``server/wiring.py``."""
