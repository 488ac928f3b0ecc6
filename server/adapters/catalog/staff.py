"""What the catalogue keeps of people by name: in the copy of their data, and when they are gone."""

from collections.abc import Sequence

from accounts.identity.events import UserDeleted
from accounts.library.merging.repository import SqlLibraryMerges
from accounts.personal.catalogue import CatalogueArchive, MergedRow, StaffActKept
from catalog.ratings.merging.repository import SqlVoteMerges
from catalog.recommendations.merging.repository import SqlChoiceMerges
from catalog.staff.repository import SqlStaffActs
from kernel.feature import Feature
from kernel.outbox.outbox import Subscriber
from kernel.scope import Scope


class CatalogueOfPerson:
    """:class:`accounts.personal.catalogue.CatalogueArchive`."""

    def __init__(self, scope: Scope) -> None:
        self._library = SqlLibraryMerges(scope.uow)
        self._votes = SqlVoteMerges(scope.uow)
        self._choices = SqlChoiceMerges(scope.uow)
        self._acts = SqlStaffActs(scope.uow)

    async def merged_rows(self, user_id: str) -> Sequence[MergedRow]:
        """Libraries, then votes, then choices."""
        found = [*await self._library.of_user(user_id), *await self._votes.of_user(user_id)]
        found += await self._choices.of_user(user_id)
        return [MergedRow(merge_id=one[0], kind=one[1], before=one[2], after=one[3]) for one in found]

    async def staff_acts(self, user_id: str) -> Sequence[StaffActKept]:
        """As the catalogue has them."""
        return [
            StaffActKept(kind=one.kind, subject_id=one.subject_id, at=one.at) for one in await self._acts.of(user_id)
        ]


async def forget_staff(scope: Scope, event: UserDeleted) -> None:
    """What they did stays without their name."""
    await SqlStaffActs(scope.uow).forget(event.user_id)


JOINED = Feature(
    ports={CatalogueArchive: CatalogueOfPerson},
    subscribers={UserDeleted: [Subscriber("forget_staff_of_catalogue", forget_staff)]},
)
"""A part of ``server/wiring.py``."""
