"""``/api/v1/imports/runs``: for administrators."""

from catalog.imports.runs import usecases
from catalog.imports.runs.jobs import enqueue
from catalog.imports.runs.model import RunNotFound, RunUnderWay, Trigger
from catalog.imports.runs.schemas import RowsIn, RunIn, RunOut, RunRowOut, RunRowsOut, RunsIn, RunsOut
from catalog.imports.runs.usecases import Order, Runs
from catalog.imports.sources.model import AllStopped, ImportSourceNotFound, SourceResting, SourceStopped
from catalog.imports.sources.usecases import Input, Sources
from kernel.access import Role
from kernel.http import Call, Reply, Router
from kernel.limits import Limit

router = Router(tag="Imports")

RUNS = Limit("import-runs", attempts=120, window_s=3600)


@router.post(
    "/imports/sources/{source_id}/runs",
    status=202,
    role=Role.ADMIN,
    limit=RUNS,
    summary="Read a source",
    raises=(ImportSourceNotFound, SourceStopped, SourceResting, AllStopped, RunUnderWay),
)
async def start_import_run(call: Call, source_id: str, body: RunIn) -> Reply[RunOut]:
    """In the background; its progress comes by Socket.IO (`job:progress`) and is in the run."""
    wanted = Order(
        source_id=source_id,
        given=Input(),
        trigger=Trigger.PERSON,
        dry=body.dry,
        publish=body.publish,
        started_by=call.user.user_id,
    )
    run = await usecases.order(call.port(Sources), call.port(Runs), wanted, call.clock.now())
    await enqueue(call.scope, run)
    return Reply(RunOut.of(run), status=202, headers={"Location": f"/api/v1/imports/runs/{run.id}"})


@router.get("/imports/runs", role=Role.ADMIN, summary="Runs of imports")
async def list_import_runs(call: Call, query: RunsIn) -> RunsOut:
    """The newest first; of each source the last thirty are kept."""
    found, total = await call.port(Runs).page(query.source_id, offset=query.offset, limit=query.page_size)
    return RunsOut(items=[RunOut.of(run) for run in found], total=total, page=query.page, page_size=query.page_size)


@router.get("/imports/runs/{run_id}", role=Role.ADMIN, summary="A run of an import", raises=(RunNotFound,))
async def get_import_run(call: Call, run_id: str) -> RunOut:
    return RunOut.of(await usecases.get(call.port(Runs), run_id))


@router.get(
    "/imports/runs/{run_id}/rows",
    role=Role.ADMIN,
    summary="What a dry run would change; what went wrong in any",
    raises=(RunNotFound,),
)
async def list_import_run_rows(call: Call, run_id: str, query: RowsIn) -> RunRowsOut:
    runs = call.port(Runs)
    await usecases.get(runs, run_id)
    found, total = await runs.rows(run_id, query.action, offset=query.offset, limit=query.page_size)
    return RunRowsOut(
        items=[RunRowOut.of(row) for row in found], total=total, page=query.page, page_size=query.page_size
    )


@router.post("/imports/runs/{run_id}/stop", role=Role.ADMIN, summary="Stop a run", raises=(RunNotFound,))
async def stop_import_run(call: Call, run_id: str) -> RunOut:
    """It ends after the rows it is at; what was done stays."""
    run = await usecases.get(call.port(Runs), run_id)
    run.request_stop(call.clock.now())
    return RunOut.of(run)
