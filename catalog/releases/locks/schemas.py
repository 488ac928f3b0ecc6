"""The JSON of locks."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from catalog.releases.locks.model import LockedField


class LocksIn(BaseModel):
    """Which fields are locked from now on."""

    model_config = ConfigDict(extra="forbid")

    fields: Annotated[list[LockedField], Field(max_length=len(LockedField))]


class LockOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    field: LockedField
    locked_by: str | None
    locked_at: datetime


class LocksOut(BaseModel):
    """The locked fields of a release."""

    items: list[LockOut]
