"""The ids of a member's accepted commands with the versions they made: how a retry gets its answer instead of its effect.  Pure.

It is a string, because the document is: kept with each command of a busy member, hundreds of ids cost no more than one value.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED_COMMANDS = 512
"""A client retries what was in flight when its connection broke or the store was away: up to 32 on each of 8 connections
(``gateway.connections.MAX_IN_FLIGHT``, ``model.MAX_CONNECTIONS_PER_MEMBER``).  Twice that, in 10 kB.
Kept per member, so that nobody can flush another's memory."""

DIGEST_BYTES = 8
"""Two of a member's own ids out of 512 are taken for one another once in 10¹⁴ parties."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Oldest first: ``<digest of the id>:<version>,`` each."""

    text: str = ""

    @classmethod
    def of(cls, commands: Iterable[tuple[str, int]]) -> "Accepted":
        """Of (command id, version), oldest first."""
        accepted = cls()
        for command_id, version in commands:
            accepted = accepted.having(command_id, version)
        return accepted

    def __len__(self) -> int:
        return self.text.count(",")

    def version_of(self, command_id: str) -> int | None:
        """The version the command made, where it is remembered."""
        key = f"{_digest(command_id)}:"
        at = self.text.find(key)
        if at < 0:
            return None
        start = at + len(key)
        return int(self.text[start : self.text.index(",", start)])

    def having(self, command_id: str, version: int) -> "Accepted":
        """The same and one more; the oldest is forgotten beyond :data:`REMEMBERED_COMMANDS`."""
        text = f"{self.text}{_digest(command_id)}:{version},"
        if text.count(",") > REMEMBERED_COMMANDS:
            text = text[text.index(",") + 1 :]
        return Accepted(text)


@lru_cache(maxsize=256)  # each is looked for and then kept
def _digest(command_id: str) -> str:
    digest = hashlib.blake2b(command_id.encode(), digest_size=DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
