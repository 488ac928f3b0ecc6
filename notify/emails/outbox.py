"""Where ordered e-mail waits, and how long after a failure it is tried again."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from accounts.identity.emails import OutgoingEmail

MAX_ATTEMPTS: Final = 6
"""With the delays below the last one comes an hour after the first: who waits for an e-mail has given up by then."""


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after the ``attempts``-th failure: 2, 4, 8 … minutes."""
    return timedelta(minutes=2**attempts)


class EmailQueue(Protocol):
    """What was put into the ``EmailOutbox`` of ``accounts.identity``, for whoever sends it."""

    async def due(self, now: datetime, *, limit: int) -> list[str]:
        """Ids of e-mails whose time has come, oldest first."""
        ...

    async def claim(self, email_id: str, now: datetime, retry_at: datetime) -> OutgoingEmail | None:
        """Take one that is due; unless removed, it is due again at ``retry_at``. ``None``: another process has it."""
        ...

    async def postpone(self, email_id: str, retry_at: datetime) -> None:
        """Make it due again at ``retry_at``."""
        ...

    async def remove(self, email_id: str) -> None:
        """It was sent, or nobody is to have it any more."""
        ...
