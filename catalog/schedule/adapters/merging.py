"""When the episodes of a release air, when it is merged into another."""

from typing import Any

from catalog.releases.merging.model import Move
from catalog.schedule.model import Schedule, ScheduleDraft
from catalog.schedule.usecases import Schedules
from kernel.ids import new_id
from kernel.scope import Scope


class ScheduleFollower:
    """The release that stays takes the schedule of the other where nothing is said of its own."""

    name = "schedule"

    def __init__(self, scope: Scope) -> None:
        self._schedules = scope.port(Schedules)

    async def merge(self, move: Move) -> Any:
        """Whether it was taken: the other one keeps it, where nobody sees it."""
        known = await self._schedules.of_releases((move.source_id, move.target_id))
        source, target = known.get(move.source_id), known.get(move.target_id)
        if source is None or not source.slots or (target is not None and target.draft != ScheduleDraft()):
            return None
        if target is None:
            target = Schedule(release_id=move.target_id, zone="", breaks=(), overrides=(), updated_at=move.now)
            self._schedules.add(target)
        target.replace(source.draft, [new_id() for _ in source.slots], move.now)
        return True

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Nothing: what an editor said since stays."""
        return []

    async def undo(self, move: Move, record: Any) -> None:
        """Nothing is said of it again, unless somebody did since."""
        if not record:
            return
        known = await self._schedules.of_releases((move.source_id, move.target_id))
        source, target = known.get(move.source_id), known.get(move.target_id)
        if source is not None and target is not None and target.draft == source.draft:
            target.replace(ScheduleDraft(), [], move.now)
