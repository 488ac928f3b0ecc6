"""Locks as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from catalog.releases.merge_locks.model import REASON_MAX, MergeLock
from catalog.releases.schemas import Identifier, Strict


class MergeLockIn(Strict):
    """Two releases that are not to be taken for one, and why."""

    release_id: Identifier
    other_id: Identifier
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=REASON_MAX)] = ""


class MergeLockOut(BaseModel):
    """Two releases that are never merged."""

    release_id: str
    other_id: str
    reason: str
    created_at: datetime
    release_title: str | None = Field(description="Null while it is deleted or merged.")
    other_title: str | None

    @classmethod
    def of(cls, lock: MergeLock, titles: Mapping[str, str]) -> "MergeLockOut":
        """``titles``: release → its main name; of those that are there."""
        return cls(
            release_id=lock.release_id,
            other_id=lock.other_id,
            reason=lock.reason,
            created_at=lock.created_at,
            release_title=titles.get(lock.release_id),
            other_title=titles.get(lock.other_id),
        )


class MergeLockPage(BaseModel):
    """A page of pairs that are not to be taken for one."""

    items: list[MergeLockOut]
    total: int
    page: int
    page_size: int
