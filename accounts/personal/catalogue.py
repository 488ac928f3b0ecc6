"""What the catalogue keeps of somebody beside their library, for the copy of their data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedRow:
    """What a merge of two releases changed of theirs, kept for its undo."""

    merge_id: str
    kind: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActKept:
    """What they did as an editor, a moderator or an administrator of the catalogue."""

    kind: str
    subject_id: str
    at: datetime | None


class CatalogueArchive(Protocol):
    """What is kept there; bound in ``server/wiring.py``."""

    async def merged_rows(self, user_id: str) -> Sequence[MergedRow]:
        """Of all merges that can be undone."""
        ...

    async def staff_acts(self, user_id: str) -> Sequence[StaffActKept]:
        """By kind, the newest first."""
        ...
