"""Telling a person's other devices that their library changed."""

from collections.abc import Sequence
from typing import Literal, Protocol

from accounts.library.progress.model import Progress

LibraryPart = Literal["favorites", "collections", "lists", "history"]
"""Which part of a library."""

MAX_NAMED: int = 100
"""Ids in one message; who hears of none reads the whole part again."""


class LibraryPush(Protocol):
    """To all sockets of a user, once this transaction is durable; best effort. Bound in ``server/wiring.py``.

    Not by way of the outbox: positions come far too often for a row each, and a hint that is lost costs a reload.
    """

    def library_changed(
        self, user_id: str, change: LibraryPart, *, release_ids: Sequence[str] = (), lists: Sequence[str] = ()
    ) -> None:
        """``change`` is new; the ids say of what, where they are no more than :data:`MAX_NAMED`."""
        ...

    def progress_changed(self, user_id: str, rows: Sequence[Progress]) -> None:
        """These rows of the watch history are new."""
        ...
