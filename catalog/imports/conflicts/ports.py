"""What conflicts need from outside."""

from collections.abc import Collection, Mapping
from typing import Protocol

from catalog.imports.conflicts.model import ImportConflict


class Conflicts(Protocol):
    """Records that wait for a decision, and past decisions."""

    async def open_of(self, source_id: str, keys: Collection[str]) -> Mapping[str, ImportConflict]:
        """Key → the undecided conflict about it."""
        ...

    def add(self, conflict: ImportConflict) -> None:
        """Keep a new one."""
        ...
