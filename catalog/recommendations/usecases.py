"""What people ask of recommendations, and what that needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from catalog.recommendations.algorithms.fitted import ModelRecord
from catalog.recommendations.model import (
    HIDDEN_MAX,
    RECOMMENDATIONS_MAX,
    HiddenRelease,
    NotRecommendable,
    Preferences,
    RecommendationHidden,
    RecommendationRestored,
    RecommendationSettingsChanged,
    Signal,
    Suggestion,
    Taste,
    TooManyHidden,
)
from catalog.releases.model import Release, Status
from catalog.releases.usecases import Reader, Releases
from kernel.access import Actor
from kernel.events import Event

SPARE: Final = 10
"""Asked for beyond what is shown: some may have been withdrawn since the catalogue was read, a minute ago at most."""

ROUNDS: Final = 4
"""Times it is asked for others in place of what this reader may not see: 20 ms each, and where so much is blocked a list may be short."""


class Tastes(Protocol):
    """What people's libraries say; bound in ``server/wiring.py``."""

    async def of(self, user_id: str) -> Sequence[Signal]:
        """Everything one person's library says."""
        ...

    async def after(self, user_id: str | None, people: int) -> Mapping[str, Sequence[Signal]]:
        """The next ``people`` who have a library, in the order of their ids, and what theirs say; none at the end."""
        ...


class Choices(Protocol):
    """What people chose about their recommendations."""

    async def preferences(self, user_id: str) -> Preferences:
        """The usual ones, where somebody never chose."""
        ...

    async def store_preferences(self, user_id: str, preferences: Preferences, now: datetime) -> None:
        """Insert or replace."""
        ...

    async def hidden_ids(self, user_id: str) -> frozenset[str]:
        """All that somebody does not want recommended."""
        ...

    async def hidden_page(self, user_id: str, *, offset: int, limit: int) -> tuple[list[HiddenRelease], int]:
        """The newest first, and how many there are."""
        ...

    async def hide(self, user_id: str, release_id: str, now: datetime) -> bool:
        """Whether that is new."""
        ...

    async def restore(self, user_id: str, release_id: str) -> bool:
        """Whether it was hidden."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


class Models(Protocol):
    """Where models of what is liked together are kept."""

    async def newest(self) -> ModelRecord | None:
        """What is told of the newest one."""
        ...

    async def part(self, version: str, position: int) -> bytes | None:
        """One piece of a model; ``None`` behind the last one."""
        ...

    async def store(self, record: ModelRecord, packed: bytes) -> None:
        """Keep a new one, all of it or nothing."""
        ...


class Recommender(Protocol):
    """The catalogue as numbers, in this process."""

    async def recommend(
        self, taste: Taste, preferences: Preferences, hidden: frozenset[str], now: datetime, *, count: int
    ) -> Sequence[Suggestion]:
        """Best first."""
        ...

    async def similar(self, release_id: str, *, count: int) -> Sequence[Suggestion]:
        """What is like a release, best first."""
        ...

    def model(self) -> ModelRecord | None:
        """What is known of the model in use; ``None`` while there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationsContext:
    """What the use cases here work with: ports of one transaction, its moment, and who asks."""

    tastes: Tastes
    choices: Choices
    recommender: Recommender
    releases: Releases
    actor: Actor
    reader: Reader
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """A list for somebody, with the releases that it and its reasons name."""

    suggestions: Sequence[Suggestion]
    releases: Mapping[str, Release]
    likes: int
    """How many releases they like: nothing here is about their taste where it is none."""


async def recommend(context: RecommendationsContext, *, count: int = RECOMMENDATIONS_MAX) -> Recommended:
    """What the caller may like, worked out from their library as it is now."""
    user_id = context.actor.user_id
    taste = Taste.of(await context.tastes.of(user_id))
    preferences = await context.choices.preferences(user_id)
    hidden = await context.choices.hidden_ids(user_id)
    for _ in range(ROUNDS):
        found = await context.recommender.recommend(taste, preferences, hidden, context.now, count=count + SPARE)
        releases = await visible(context.releases, found, context.reader)
        unseen = {one.release_id for one in found if one.release_id not in releases}
        if not unseen or len(found) - len(unseen) >= count:
            break
        hidden |= unseen
    return Recommended(
        suggestions=[one for one in found if one.release_id in releases][:count],
        releases=releases,
        likes=len(taste.liked),
    )


async def visible(releases: Releases, suggestions: Sequence[Suggestion], reader: Reader) -> Mapping[str, Release]:
    """The releases that suggestions and their reasons name, those of them that are published and ``reader`` sees."""
    because = (one.reason.because_id for one in suggestions)
    named = {*(one.release_id for one in suggestions), *(id_ for id_ in because if id_)}
    return await published(releases, named, reader)


async def published(releases: Releases, release_ids: Collection[str], reader: Reader) -> Mapping[str, Release]:
    """Those of ``release_ids`` that are published, and that ``reader`` sees."""
    if not release_ids:
        return {}
    found = await releases.many(list(release_ids))
    return {release.id: release for release in found if release.status is Status.PUBLISHED and reader.sees(release)}


async def hide(context: RecommendationsContext, release_id: str) -> None:
    """Do not recommend a release to the caller; twice is once.  Raises :class:`NotRecommendable`, :class:`TooManyHidden`."""
    user_id = context.actor.user_id
    if release_id not in await published(context.releases, [release_id], context.reader):
        raise NotRecommendable
    hidden = await context.choices.hidden_ids(user_id)
    if release_id not in hidden and len(hidden) >= HIDDEN_MAX:
        raise TooManyHidden
    if await context.choices.hide(user_id, release_id, context.now):
        context.choices.announce(RecommendationHidden(at=context.now, user_id=user_id, release_id=release_id))


async def restore(context: RecommendationsContext, release_id: str) -> None:
    """Take :func:`hide` back; without an effect on what is not hidden."""
    user_id = context.actor.user_id
    if await context.choices.restore(user_id, release_id):
        context.choices.announce(RecommendationRestored(at=context.now, user_id=user_id, release_id=release_id))


async def prefer(context: RecommendationsContext, preferences: Preferences) -> Preferences:
    """Choose what may be recommended to the caller."""
    user_id = context.actor.user_id
    if preferences != await context.choices.preferences(user_id):
        await context.choices.store_preferences(user_id, preferences, context.now)
        context.choices.announce(RecommendationSettingsChanged(at=context.now, user_id=user_id))
    return preferences
