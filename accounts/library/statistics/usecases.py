"""Looking at one's library in numbers, sharing them, and comparing tastes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from accounts.library.collections.usecases import Collections
from accounts.library.scores import OwnScores
from accounts.library.statistics import model
from accounts.library.statistics.compatibility import Compatibility, compatibility
from accounts.library.statistics.model import (
    ACTIVITY_DAYS,
    ActiveDay,
    ComparisonOff,
    Profile,
    ProfileNotFound,
    ReleaseFacts,
    Sharing,
    SharingChanged,
    Statistics,
    WatchedRelease,
)
from kernel.events import Event


class CatalogFacts(Protocol):
    """What releases are counted by; bound in ``server/wiring.py``."""

    async def of(self, release_ids: Collection[str]) -> Mapping[str, ReleaseFacts]:
        """Those of ``release_ids`` that are published."""
        ...


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose library it is, as everybody may know."""

    user_id: str
    nickname: str
    avatar_url: str | None
    member_since: datetime


class Owners(Protocol):
    """People by name."""

    async def named(self, nickname: str) -> Owner | None:
        """Somebody who may sign in; ``None`` where nobody is called so, or they are banned."""
        ...


class WatchedTime(Protocol):
    """Sums over the history."""

    async def releases(self, user_id: str) -> Sequence[WatchedRelease]:
        """What was watched of each release."""
        ...

    async def rewatches(self, user_id: str) -> int:
        """How often episodes were seen again after the first time."""
        ...

    async def days(self, user_id: str, since: datetime, utc_offset_min: int) -> Sequence[ActiveDay]:
        """Days with something watched, by when each episode was watched last, in the order of days."""
        ...


class Sharings(Protocol):
    """What people let others see."""

    async def of(self, user_id: str) -> Sharing:
        """Nothing, where they have not said."""
        ...

    async def store(self, user_id: str, sharing: Sharing) -> None:
        """Replace it."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


class KeptComparisons(Protocol):
    """Comparisons made lately."""

    async def get(self, one: str, other: str) -> Compatibility | None:
        """Of these two, whoever asked; ``None`` where it is old or was lost."""
        ...

    async def keep(self, one: str, other: str, found: Compatibility) -> None:
        """For a day: who changes their scores and asks again learns nothing of the other's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    collections: Collections
    watched: WatchedTime
    scores: OwnScores
    catalog: CatalogFacts
    owners: Owners
    sharings: Sharings
    now: datetime


async def statistics(context: StatisticsContext, user_id: str) -> Statistics:
    """The library of ``user_id`` in numbers."""
    watched = await context.watched.releases(user_id)
    scores = {id_: given.score for id_, given in (await context.scores.all_of(user_id)).items()}
    facts = await context.catalog.of({one.release_id for one in watched} | scores.keys())
    collections, rewatches = await context.collections.counts(user_id), await context.watched.rewatches(user_id)
    return await asyncio.to_thread(model.summary, collections, watched, rewatches, scores, facts)


async def activity(context: StatisticsContext, user_id: str, utc_offset_min: int) -> Sequence[ActiveDay]:
    """The days of the last year on which ``user_id`` watched, as they were where UTC is ``utc_offset_min`` behind."""
    return await context.watched.days(user_id, context.now - timedelta(days=ACTIVITY_DAYS), utc_offset_min)


async def share(context: StatisticsContext, user_id: str, wanted: Sharing) -> Sharing:
    """Let others see this, from now on."""
    if wanted != await context.sharings.of(user_id):
        await context.sharings.store(user_id, wanted)
        context.sharings.announce(
            SharingChanged(at=context.now, user_id=user_id, profile=wanted.profile, comparison=wanted.comparison)
        )
    return wanted


async def profile(context: StatisticsContext, nickname: str) -> Profile:
    """Raises :class:`ProfileNotFound`, whether there is nobody or they do not want one."""
    owner = await context.owners.named(nickname)
    sharing = Sharing() if owner is None else await context.sharings.of(owner.user_id)
    if owner is None or not sharing.profile:
        raise ProfileNotFound
    numbers = await statistics(context, owner.user_id)
    return Profile(owner.nickname, owner.avatar_url, owner.member_since, numbers, sharing.comparison)


async def compare(context: StatisticsContext, kept: KeptComparisons, user_id: str, nickname: str) -> Compatibility:
    """How far two people's tastes agree.

    Raises :class:`ComparisonOff` for somebody who does not allow it themselves, :class:`ProfileNotFound` where there is nobody
    else of that name, or they do not.
    """
    if not (await context.sharings.of(user_id)).comparison:
        raise ComparisonOff
    other = await context.owners.named(nickname)
    if other is None or other.user_id == user_id or not (await context.sharings.of(other.user_id)).comparison:
        raise ProfileNotFound
    if (known := await kept.get(user_id, other.user_id)) is not None:
        return known
    mine = {id_: given.score for id_, given in (await context.scores.all_of(user_id)).items()}
    theirs = {id_: given.score for id_, given in (await context.scores.all_of(other.user_id)).items()}
    found = compatibility(mine, theirs)
    if found.percent is not None:  # that there are too few in common may change with the next vote
        await kept.keep(user_id, other.user_id, found)
    return found
