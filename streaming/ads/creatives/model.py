"""The video of somebody else's ad.  Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MAX_CREATIVES: Final = 50
"""Of one ad of ours: what its server has beyond that is not shown until others were not shown for :data:`IDLE`."""
MAX_ATTEMPTS: Final = 3
AGAIN_AFTER: Final = timedelta(minutes=30)
"""After a failure, and for an order whose job was lost."""
IDLE: Final = timedelta(days=7)
"""So long it is kept unseen."""
GONE: Final = timedelta(hours=1)
"""The same once its ad is deleted: whoever sees it just now sees it to its end."""
USE_COUNTS_AFTER: Final = timedelta(hours=6)
"""Not every break writes down that it was shown."""
KEY_CHARS: Final = 64
MAX_NAME_CHARS: Final = 120


def key_of(creative: str) -> str:
    """One name of bounded length for what a creative is called."""
    return hashlib.sha256(creative.encode("utf-8", "replace")).hexdigest()


class CreativeState(StrEnum):
    """How far it is."""

    READY = "ready"
    PREPARING = "preparing"
    FAILED = "failed"


@dataclass(eq=False, kw_only=True)
class AdCreative:
    """A video of another server, on its way to being shown or there already.  Ingest knows it by its id, as it knows episodes."""

    id: str
    ad_id: str | None
    """The ad of ours that led to it; ``None``: it is deleted."""
    key: str
    name: str
    """What it is called in logs."""
    media_url: str
    created_at: datetime
    used_at: datetime
    """When it was last to be shown, give or take :data:`USE_COUNTS_AFTER`."""
    ordered_at: datetime
    attempts: int = 1
    fault: int = 0
    """The VAST error code of why it cannot be shown; 0: none."""

    def state(self, *, has_video: bool) -> CreativeState:
        """How far it is."""
        if has_video:
            return CreativeState.READY
        return CreativeState.FAILED if self.fault else CreativeState.PREPARING

    def may_try_again(self, now: datetime) -> bool:
        """Whether to fetch it once more, having no video of it."""
        return self.attempts < MAX_ATTEMPTS and now - self.ordered_at >= AGAIN_AFTER

    def order_again(self, media_url: str, now: datetime) -> None:
        """It is fetched anew, from where it is by now."""
        self.attempts += 1
        self.fault = 0
        self.ordered_at = now
        self.media_url = media_url

    def use(self, now: datetime) -> bool:
        """It is to be shown; whether that is worth writing down."""
        if now - self.used_at < USE_COUNTS_AFTER:
            return False
        self.used_at = now
        return True
