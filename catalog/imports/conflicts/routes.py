"""``/api/v1/imports/conflicts``: for administrators."""

from catalog.franchises.usecases import FranchiseContext, Franchises
from catalog.imports.applying.relations import RelateContext, SourceRelations
from catalog.imports.applying.usecases import ApplyContext, Catalogue, Records, StreamOrders, import_schedules
from catalog.imports.conflicts import usecases
from catalog.imports.conflicts.model import ConflictDecided, ConflictNotFound, Decision, DecisionIncomplete
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.conflicts.schemas import ConflictOut, ConflictsIn, ConflictsOut, DecisionIn
from catalog.imports.conflicts.usecases import DecisionContext
from catalog.imports.rules.usecases import Rules
from catalog.imports.sources.usecases import Sources
from catalog.releases.usecases import Releases
from catalog.schedule.usecases import Listings, Schedules
from kernel.access import Role
from kernel.http import Call, Router

router = Router(tag="Imports")


@router.get("/imports/conflicts", role=Role.ADMIN, summary="Imported records that wait for a decision")
async def list_import_conflicts(call: Call, query: ConflictsIn) -> ConflictsOut:
    """Those that waited longest first; decided ones the newest decision first."""
    conflicts = call.port(Conflicts)
    found, total = await conflicts.page(
        query.source_id, decided=query.decided, offset=query.offset, limit=query.page_size
    )
    releases = await conflicts.releases({each for one in found for each in one.candidates})
    return ConflictsOut(
        items=[ConflictOut.of(one, releases) for one in found],
        total=total,
        page=query.page,
        page_size=query.page_size,
    )


@router.post(
    "/imports/conflicts/{conflict_id}/decision",
    role=Role.ADMIN,
    summary="Decide what an imported record is",
    raises=(ConflictNotFound, ConflictDecided, DecisionIncomplete),
)
async def decide_import_conflict(call: Call, conflict_id: str, body: DecisionIn) -> ConflictOut:
    """Done at once, and remembered for all runs to come."""
    if body.decision is Decision.SETTLED:
        raise DecisionIncomplete
    now = call.clock.now()
    context = DecisionContext(
        conflicts=call.port(Conflicts),
        sources=call.port(Sources),
        apply=ApplyContext(
            source_id="",
            records=call.port(Records),
            catalogue=call.port(Catalogue),
            rules=call.port(Rules),
            schedules=import_schedules(call.port(Releases), call.port(Schedules), call.port(Listings), now),
            streams=call.port(StreamOrders),
            relating=RelateContext(
                relations=call.port(SourceRelations),
                merged=call.port(Catalogue),
                franchises=FranchiseContext(franchises=call.port(Franchises), releases=call.port(Releases), now=now),
            ),
            now=now,
        ),
        by=call.user.user_id,
        now=now,
    )
    decided = await usecases.decide(context, conflict_id, body.decision, body.release_id)
    return ConflictOut.of(decided, await context.conflicts.releases(decided.candidates))
