"""Locks as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from catalog.releases.merge_locks.model import REASON_MAX, MergeLock
from catalog.releases.schemas import Identifier, Strict


class MergeLockIn(Strict):
    release_id: Identifier
    other_id: Identifier
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=REASON_MAX)] = ""


class MergeLockOut(BaseModel):
    """Two releases that are never merged."""

    release_id: str
    other_id: str
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, lock: MergeLock) -> "MergeLockOut":
        return cls.model_validate(lock, from_attributes=True)


class MergeLockPage(BaseModel):
    items: list[MergeLockOut]
    total: int
    page: int
    page_size: int
