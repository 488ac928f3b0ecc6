"""Relations that records say, made between the releases they became."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.franchises import usecases as franchises
from catalog.franchises.usecases import FranchiseContext
from catalog.imports.applying.model import Action, Outcome
from catalog.imports.faults import Fault
from catalog.imports.limits import RELATED_AT_ONCE
from catalog.imports.records.model import Row, SourceRelation
from kernel.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class OpenRelation:
    """A relation that was said and not made yet, of two records that became releases."""

    from_key: str
    relation: SourceRelation
    from_id: str
    to_id: str


@dataclass(frozen=True, slots=True)
class WaitingRelation:
    """A relation that was said and not made yet, of a record that became a release; the other one may not have."""

    from_key: str
    relation: SourceRelation
    from_id: str


class SourceRelations(Protocol):
    """What the records of sources say of each other."""

    async def say(self, source_id: str, told: Mapping[str, Sequence[SourceRelation]]) -> None:
        """Record → all that it says from now on.  What it said before and says still is not made again."""
        ...

    async def unsettled(
        self, source_id: str, told: Mapping[str, Sequence[SourceRelation]]
    ) -> Mapping[str, tuple[SourceRelation, ...]]:
        """Record → those of what it says that are not made or refused, of records that say something or did."""
        ...

    async def waiting(self, source_id: str, limit: int) -> Sequence[WaitingRelation]:
        """Those of a source that :meth:`open` has, or would have if the other record were a release."""
        ...

    async def open(self, source_id: str, limit: int) -> Sequence[OpenRelation]:
        """Some of those of a source."""
        ...

    async def settle(self, source_id: str, relations: Sequence[OpenRelation]) -> None:
        """These are made, or never will be: what people change afterwards stays."""
        ...


class MergedReleases(Protocol):
    """Where releases went."""

    async def merged_into(self, release_ids: Collection[str]) -> Mapping[str, str]:
        """Release that became part of another → that other one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelateContext:
    """What relating works with, in the transaction of the records."""

    relations: SourceRelations
    merged: MergedReleases
    franchises: FranchiseContext


async def say(context: RelateContext, source_id: str, rows: Sequence[Row]) -> None:
    """Keep what ``rows`` say, for :func:`relate`."""
    await context.relations.say(source_id, {row.record.key: row.record.relations for row in rows})


async def relate(context: RelateContext, source_id: str) -> tuple[int, list[Outcome]]:
    """Make a few of the relations whose two records are releases: how many are done, and those of them that cannot be.

    A relation to a record that is further down, or waits for a decision, is open until that one has a release; one with a
    release that an editor deleted is never made.
    """
    waiting = await context.relations.open(source_id, RELATED_AT_ONCE)
    if not waiting:
        return 0, []
    leads_to = await context.merged.merged_into({one for each in waiting for one in (each.from_id, each.to_id)})
    refused = []
    for each in waiting:
        from_id, to_id = leads_to.get(each.from_id, each.from_id), leads_to.get(each.to_id, each.to_id)
        try:
            if from_id != to_id:
                await franchises.relate(context.franchises, from_id, to_id, each.relation.kind)
        except NotFound:
            continue
        except Invalid as error:  # a circle, or a franchise that is full
            message = Fault.of(error).stored()
            refused.append(
                Outcome(key=each.from_key, title="", action=Action.FAILED, release_id=from_id, message=message)
            )
    await context.relations.settle(source_id, waiting)
    return len(waiting), refused
