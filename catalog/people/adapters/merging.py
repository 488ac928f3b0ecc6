"""Who made a release and what it is about, when it is merged into another."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from catalog.people.entries.usecases import ReleaseLists
from catalog.people.persons import model as persons
from catalog.people.persons.model import ReleaseCreditsChanged, StaffCredit
from catalog.people.persons.usecases import StaffCredits
from catalog.people.studios import model as studios
from catalog.people.studios.model import ReleaseStudiosChanged, StudioPart
from catalog.people.studios.usecases import StudioParts
from catalog.people.tags import model as tags
from catalog.people.tags.model import ReleaseTag, ReleaseTagsChanged
from catalog.people.tags.usecases import ReleaseTags
from catalog.releases.merging.model import Move
from kernel.changes import differences, shown
from kernel.events import Event
from kernel.scope import Scope

ITEMS_MAX: Final = 500
"""Of one list, as editors may give it."""


class Shown(Protocol):
    """A line of a list."""

    @property
    def shown(self) -> str:
        """For the audit log."""
        ...


Item = TypeVar("Item", bound=Shown)


class Lists(ReleaseLists, Protocol[Item]):
    """The list of each release, of one kind."""

    async def of_release(self, release_id: str) -> list[Item]:
        """In its order."""
        ...

    async def replace(self, release_id: str, items: Sequence[Item], /) -> None:
        """Keep these, and no others."""
        ...


class ListFollower(Generic[Item]):
    """Lists add up; what an editor changed since stays."""

    def __init__(
        self,
        name: str,
        lists: Lists[Item],
        facts: Callable[[Sequence[Item]], Sequence[tuple[Any, ...]]],
        same: Callable[[Item], object],
        event: Callable[..., Event],
        rank: Callable[[Item], int] = lambda _: 0,
    ) -> None:
        self.name = name
        self._lists, self._facts, self._same, self._event, self._rank = lists, facts, same, event, rank

    async def merge(self, move: Move) -> Any:
        """What was added."""
        before = await self._lists.of_release(move.target_id)
        known = {self._same(one) for one in before}
        added = [one for one in await self._lists.of_release(move.source_id) if self._same(one) not in known]
        added = added[: max(0, ITEMS_MAX - len(before))]
        await self._put(move, before, sorted([*before, *added], key=self._rank))
        return [list(fact) for fact in self._facts(added)]

    async def clear(self, release_id: str, now: datetime) -> None:
        """Take out all of it."""
        before = await self._lists.of_release(release_id)
        await self._put(Move("", "", release_id, (), {}, now), before, [])

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing."""
        return []

    async def undo(self, move: Move, record: Any) -> None:
        """Less what was added and still is as it was."""
        added = {tuple(fact) for fact in record or ()}
        before = await self._lists.of_release(move.target_id)
        kept = [one for one, fact in zip(before, self._facts(before), strict=True) if tuple(fact) not in added]
        await self._put(move, before, kept)

    async def _put(self, move: Move, before: Sequence[Item], after: Sequence[Item]) -> None:
        if list(before) == list(after):
            return
        await self._lists.replace(move.target_id, after)
        lines = [shown(one.shown for one in items) for items in (before, after)]
        changes = differences({self.name: lines[0]}, {self.name: lines[1]})
        self._lists.announce(self._event(at=move.now, release_id=move.target_id, changes=changes))


def credit_follower(scope: Scope) -> ListFollower[StaffCredit]:
    """Credits: one for each person, role and character."""
    return ListFollower(
        "credits",
        scope.port(StaffCredits),
        persons.facts,
        lambda one: (one.person.id, one.role, one.character),
        ReleaseCreditsChanged,
    )


def studio_follower(scope: Scope) -> ListFollower[StudioPart]:
    """Studios: one for each part."""
    return ListFollower(
        "studios", scope.port(StudioParts), studios.facts, lambda one: (one.studio.id, one.role), ReleaseStudiosChanged
    )


def tag_follower(scope: Scope) -> ListFollower[ReleaseTag]:
    """Tags, the highest rank first; where both have one, that of the release that stays."""
    return ListFollower(
        "tags", scope.port(ReleaseTags), tags.facts, lambda one: one.tag.id, ReleaseTagsChanged, lambda one: -one.rank
    )
