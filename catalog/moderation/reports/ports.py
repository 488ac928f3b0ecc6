"""What reports need from outside."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from catalog.moderation.cursor import Cursor
from catalog.moderation.reports.model import (
    Report,
    ReportState,
    ReportSubject,
)
from kernel.access import Actor


class Reports(Protocol):
    """Where reports are kept."""

    async def get(self, report_id: str) -> Report | None:
        """``None`` where there is none with this id."""
        ...

    async def by(self, reporter_id: str, kind: ReportSubject, target_id: str) -> Report | None:
        """What somebody reported of one thing; there is one at most."""
        ...

    def add(self, report: Report) -> None:
        """Keep a new one."""
        ...

    async def page(
        self,
        *,
        states: Sequence[ReportState],
        kind: ReportSubject | None,
        reporter_id: str | None,
        after: Cursor | None,
        limit: int,
    ) -> list[Report]:
        """Oldest first."""
        ...

    async def open_by_kind(self) -> Mapping[str, int]:
        """Kind of thing → how many open reports there are."""
        ...


class Subjects(Protocol):
    """What else can be reported, and is not the catalogue's; bound in ``server/wiring.py``."""

    async def title(self, actor: Actor, kind: ReportSubject, target_id: str) -> str | None:
        """What a user or a team that ``actor`` can see is called."""
        ...

    async def releases_of(self, pair_ids: Collection[str]) -> Mapping[str, str]:
        """Pair of similar releases → the one of both on whose page it is looked at."""
        ...
