"""What a dry run would relate, once it has read everything: relations may be to a record further down."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.franchises.relations import RelationKind
from catalog.imports.applying.foreseen import Families, Foreseen, Work, stored
from catalog.imports.applying.model import Action, RecordState
from catalog.imports.faults import Fault
from catalog.imports.limits import DIFFS_KEPT, FLUSH_ROWS
from catalog.imports.records.model import SourceRelation
from catalog.imports.runs.model import ImportRun, RunRow
from catalog.imports.runs.usecases import RunContext, Runs, get
from kernel.concurrency.turns import in_turns
from kernel.errors import Invalid
from kernel.ids import new_id


@dataclass(slots=True)
class Foresight:
    """What a dry run would relate."""

    made: dict[str, list[list[str | None]]] = field(default_factory=dict)
    """Row → its relations."""
    rows: list[RunRow] = field(default_factory=list)
    """Beside those that are kept: of records that say what they said, and relations that cannot be."""
    idle: list[str] = field(default_factory=list)
    """Rows with nothing to see."""


async def linked_so_far(runs: Runs, run: ImportRun) -> dict[str, str]:
    """Release → the record that would be linked to it, of a dry run that goes on where its process was lost."""
    taken = await runs.taken(run.id) if run.rows_kept else {}
    return {row.release_id: key for key, row in taken.items() if row.release_id is not None}


async def foreseen(context: RunContext, run_id: str) -> Foresight:
    """What :func:`~catalog.imports.runs.usecases.relate_some` would make of what is there after a run that only looked."""
    apply, relating = context.apply, context.apply.relating
    run, taken = await get(context.runs, run_id), await context.runs.taken(run_id)
    says: dict[str, list[SourceRelation]] = {
        key: [SourceRelation(RelationKind(str(one[0])), str(one[1])) for one in row.relations]
        for key, row in taken.items()
        if row.relations is not None
    }
    own = frozenset(says)
    linked = {key: row.release_id for key, row in taken.items()}
    for one in await relating.relations.waiting(run.source_id, DIFFS_KEPT):
        if one.from_key not in own:
            says.setdefault(one.from_key, []).append(one.relation)
            linked.setdefault(one.from_key, one.from_id)
    concerned = {*says, *(one.key for relations in says.values() for one in relations)}
    others = concerned - linked.keys()
    for key, record in (await apply.records.of(run.source_id, others)).items():
        if record.state is RecordState.LINKED:
            linked[key] = record.release_id
    works = await _works(context, {key: linked[key] for key in concerned & linked.keys()}, taken)
    found = Foresight()
    families = Families(relating.franchises.franchises, {work.node: work.title for work in works.values()})
    async for key in in_turns(sorted(says), FLUSH_ROWS):
        made, first = list[Foreseen](), works.get(key)
        for relation in sorted(says[key], key=lambda one: (one.key, one.kind)):
            second = works.get(relation.key)
            if first is None or second is None or first.node == second.node:
                continue
            try:
                if await families.relate(first, second, relation):
                    made.append(Foreseen(relation, second))
            except Invalid as error:
                message = Fault.of(error).stored()
                found.rows.append(RunRow(new_id(), run.id, key, "", Action.FAILED, first.release_id, message, {}))
        row = taken.get(key)
        if row is not None and row.relations is not None:
            found.made[row.id] = stored(made)
            if not made and row.action is Action.UNCHANGED:
                found.idle.append(row.id)
        elif row is not None and made:
            found.made[row.id] = stored(made)
        elif first is not None and made:
            found.rows.append(
                RunRow(new_id(), run.id, key, first.title, Action.UNCHANGED, first.release_id, "", {}, stored(made))
            )
    found.idle += [
        row.id
        for row in taken.values()
        if row.action is Action.UNCHANGED and row.relations is None and row.id not in found.made
    ]
    return found


async def _works(
    context: RunContext, linked: Mapping[str, str | None], taken: Mapping[str, RunRow]
) -> Mapping[str, Work]:
    """Key → work, where that is or would be a release that nobody deleted."""
    ids = {one for one in linked.values() if one is not None}
    leads_to = await context.apply.catalogue.merged_into(ids) if ids else {}
    releases = await context.apply.catalogue.releases({leads_to.get(one, one) for one in ids}) if ids else {}
    works = {}
    for key, release_id in linked.items():
        if release_id is None:
            works[key] = Work(key, taken[key].title, None)
        elif (release := releases.get(leads_to.get(release_id, release_id))) is not None:
            works[key] = Work(key, release.name.main, release.id)
    return works


async def keep(context: RunContext, run_id: str, worker: str, found: Foresight) -> None:
    """Have the rows of a dry run show its relations.  Raises ``RunTakenOver``."""
    run = await get(context.runs, run_id)
    run.ensure_worker(worker)
    await context.runs.foresee(found.made)
    await context.runs.drop_rows(found.idle)
    run.advance({Action.FAILED: sum(one.action is Action.FAILED for one in found.rows)}, run.reached, None, context.now)
    run.rows_kept -= len(found.idle)
    rows = found.rows[: max(DIFFS_KEPT - run.rows_kept, 0)]
    await context.runs.keep_rows(rows)
    run.rows_kept += len(rows)
