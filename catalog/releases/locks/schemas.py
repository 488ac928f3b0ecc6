"""The JSON of locks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from catalog.releases.locks.model import Lock, LockedField


class LocksIn(BaseModel):
    """Which fields are locked from now on."""

    model_config = ConfigDict(extra="forbid")

    fields: Annotated[list[LockedField], Field(max_length=len(LockedField))]


class LockOut(BaseModel):
    """A field that imports leave as it is."""

    model_config = ConfigDict(from_attributes=True)

    field: LockedField
    locked_by: str | None
    locked_by_name: str | None = Field(None, description="Null when the account is gone.")
    locked_at: datetime


class LocksOut(BaseModel):
    """The locked fields of a release."""

    items: list[LockOut]

    @classmethod
    def of(cls, locks: Sequence[Lock], names: Mapping[str, str]) -> "LocksOut":
        """``names``: user → nickname."""
        items = [LockOut.model_validate(lock) for lock in locks]
        for item in items:
            item.locked_by_name = names.get(item.locked_by or "")
        return cls(items=items)
