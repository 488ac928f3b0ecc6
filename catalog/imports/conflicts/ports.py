"""What conflicts need from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.imports.conflicts.model import ImportConflict


@dataclass(frozen=True, slots=True)
class KnownRelease:
    """A release that a record may be, as a person has to see it to decide."""

    id: str
    alias: str
    title: str
    english: str | None
    type: str
    year: int | None
    episodes_total: int | None
    external_ids: Mapping[str, str]
    poster_url: str | None


class Conflicts(Protocol):
    """Records that wait for a decision, and past decisions."""

    async def get(self, conflict_id: str) -> ImportConflict | None:
        """``None`` where there is none with this id."""
        ...

    async def open_of(self, source_id: str, keys: Collection[str]) -> Mapping[str, ImportConflict]:
        """Key → the undecided conflict about it."""
        ...

    async def page(
        self, source_id: str | None, *, decided: bool, offset: int, limit: int
    ) -> tuple[Sequence[ImportConflict], int]:
        """The oldest that wait first, or the newest decisions first; and how many there are."""
        ...

    async def releases(self, release_ids: Collection[str]) -> Mapping[str, KnownRelease]:
        """Those that exist."""
        ...

    def add(self, conflict: ImportConflict) -> None:
        """Keep a new one."""
        ...
