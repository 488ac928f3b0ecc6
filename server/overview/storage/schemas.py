"""What is answered about the storage."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from server.overview.schemas import DiskOut
from server.overview.storage.model import Reason

PlaceName = Literal["local", "s3"]


class AmountOut(BaseModel):
    """How many, and how much they take."""

    count: int
    size_bytes: int


class StoragePlaceOut(BaseModel):
    """Where videos lie: the folder of this machine, or a bucket."""

    name: PlaceName
    address: str = Field(description="The folder, or the bucket with the prefix of what is ours in it.")
    takes_new: bool = Field(description="New videos go there (`ANI_STORAGE`).")
    videos: AmountOut


class StorageCheckOut(BaseModel):
    """What `ani storage check` came to."""

    ended_at: datetime
    videos: int
    files: int
    size_bytes: int
    fault_count: int
    faults: list[str] = Field(description="The first of them, in sentences.")


class StorageOut(BaseModel):
    """How much of what is where."""

    places: list[StoragePlaceOut]
    recordings: AmountOut = Field(description="Of live channels; they lie on this machine, like uploads.")
    uploads: AmountOut = Field(description="Files that were sent, whole or not, and are not ingested yet.")
    disk: DiskOut
    last_check: StorageCheckOut | None


class GarbageOut(BaseModel):
    """What belongs to no video."""

    place: PlaceName
    key: str
    files: int
    size_bytes: int
    reason: Reason = Field(
        description="Of a video that is gone; of a transfer that was cut off; left by a move or a copy."
    )


class StorageGarbageOut(BaseModel):
    """What `ani storage gc` would remove."""

    count: int
    size_bytes: int
    largest: list[GarbageOut] = Field(description="The largest 100.")
