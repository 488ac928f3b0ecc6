"""Building the model of what is liked together: every night by one process, and when an administrator asks."""

from typing import Any, Final

from catalog.recommendations.adapters.fitting import fitted
from catalog.recommendations.algorithms.ease import selected
from catalog.recommendations.algorithms.fitted import FittedModel, ModelRecord, is_due, last_night
from catalog.recommendations.algorithms.gathering import PEOPLE_MAX, Gathering
from catalog.recommendations.usecases import Models, Tastes
from kernel.ids import new_id
from kernel.jobs import JobContext, Jobs
from kernel.scope import Container

JOB: Final = "recommendation-model"
PEOPLE_AT_ONCE: Final = 20
"""Libraries of one read: some 10 ms of the event loop."""
LOOK_INTERVAL_S: Final = 900.0
"""Between looks at whether a model is due."""
_READING: Final = 0.3
"""Of the whole work; the rest is the fit."""


async def order_if_due(container: Container) -> None:
    """Order a model where there is none since the last night; one order a night, whichever process asks."""
    async with container.scope(write=False) as scope:
        newest = await scope.port(Models).newest()
    now = container.clock.now()
    if is_due(None if newest is None else newest.built_at, now):
        async with container.scope(write=True) as scope:
            await scope.port(Jobs).enqueue(JOB, {}, key=f"{JOB}:{last_night(now):%Y-%m-%d}")


async def build(job: JobContext, _payload: dict[str, Any]) -> dict[str, Any]:
    """Job ``recommendation-model``: read all libraries, fit in a process of its own, store the model in one transaction."""
    container, began_ms = job.container, job.container.clock.monotonic_ms()
    gathering = Gathering()
    last: str | None = None
    while gathering.people < PEOPLE_MAX:
        async with container.scope(write=False) as scope:
            page = await scope.port(Tastes).after(last, PEOPLE_AT_ONCE)
        if not page:
            break
        gathering.add(page)
        last = max(page)
        await job.report("reading", _READING * gathering.people / PEOPLE_MAX)

    async def report(done: float) -> None:
        await job.report("fitting", _READING + (1 - _READING) * done)

    release_ids, likes, members = gathering.finished()
    if len(selected(likes)):
        packed = await fitted(release_ids, likes, members, report)
    else:  # nothing to fit, as on the first day: no process for that
        packed = FittedModel.build(release_ids, likes, members).packed()
    items = FittedModel.unpacked(packed).items
    async with container.scope(write=True) as scope:
        record = ModelRecord(
            version=new_id(),
            built_at=scope.clock.now(),
            people=gathering.people,
            items=items,
            took_s=round((container.clock.monotonic_ms() - began_ms) / 1000, 3),
        )
        await scope.port(Models).store(record, packed)
    return {"version": record.version, "people": record.people, "items": record.items}
