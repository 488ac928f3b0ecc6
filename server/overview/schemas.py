"""What administration answers and takes."""

from datetime import datetime

from pydantic import BaseModel, Field


class JobsOut(BaseModel):
    """How many jobs are in each state."""

    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class DeliveriesOut(BaseModel):
    """Domain events on their way to those who hear of them."""

    waiting: int
    failed: int = Field(description="Given up; see /admin/deliveries")


class DiskOut(BaseModel):
    """The disk that media lies on."""

    used_bytes: int
    free_bytes: int
    total_bytes: int


class OverviewOut(BaseModel):
    """The server in numbers, for administrators."""

    users: int
    banned_users: int
    releases: int
    episodes: int
    jobs: JobsOut
    deliveries: DeliveriesOut
    disk: DiskOut


class DeliveryOut(BaseModel):
    """An event that one subscriber could not take, however often it was tried."""

    id: str
    event: str
    subscriber: str
    attempts: int
    failed_at: datetime
    last_error: str


class DeliveryPage(BaseModel):
    """A page of events that a subscriber could not take."""

    items: list[DeliveryOut]
    total: int
    page: int
    page_size: int
