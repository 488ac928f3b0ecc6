"""What administrators do with packagers, and who a token belongs to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kernel.errors import Unauthenticated
from streaming.keys.packagers.model import (
    MAX_PACKAGERS,
    TOKEN_PREFIX,
    Packager,
    PackagerNotFound,
    TooManyPackagers,
    hash_token,
)


class Packagers(Protocol):
    """The packagers of this installation."""

    def add(self, packager: Packager) -> None:
        """Keep a new one."""
        ...

    async def all(self) -> Sequence[Packager]:
        """By age; they are few."""
        ...

    async def get(self, packager_id: str) -> Packager | None:
        """``None`` where there is none with this id."""
        ...

    async def by_token(self, token_hash: bytes) -> Packager | None:
        """Whose token it is; ``None``: nobody's, or no longer."""
        ...

    async def remove(self, packager: Packager) -> None:
        """Delete it."""
        ...


async def add(packagers: Packagers, name: str, *, now: datetime) -> tuple[Packager, str]:
    """A new packager and its token.  Raises :class:`TooManyPackagers`."""
    if len(await packagers.all()) >= MAX_PACKAGERS:
        raise TooManyPackagers(limit=MAX_PACKAGERS)
    added, token = Packager.add(name, now)
    packagers.add(added)
    return added, token


async def revoke(packagers: Packagers, packager_id: str, *, now: datetime) -> Packager:
    """Its token is refused from the next request on; keys it was given stay valid.  Raises :class:`PackagerNotFound`."""
    found = await packagers.get(packager_id)
    if found is None:
        raise PackagerNotFound
    found.revoke(now)
    await packagers.remove(found)
    return found


async def authenticate(packagers: Packagers, token: str) -> Packager:
    """Whose token it is.  Raises :class:`kernel.errors.Unauthenticated`."""
    found = await packagers.by_token(hash_token(token)) if token.startswith(TOKEN_PREFIX) else None
    if found is None:
        raise Unauthenticated
    return found
