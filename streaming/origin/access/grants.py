"""Grants: what lets the edge serve a stream's media without asking for each file (docs/adr/0014).

A grant is a name in a folder that the edge sees, ``TOKEN/ASSET``, which leads to the asset's own folder.  It is made when a token was
found good, and is the edge's alone: the application's own answers and every key are checked as before.  Taking one away is always
safe: who may still watch is asked about once more, and has it back.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from kernel.clock import Clock
from kernel.errors import AniError, Unavailable
from streaming.origin.access.token import Keyring, StreamToken, TokenRefused, verify

RECHECK_S: Final = 300
"""Between two looks at whether a granted stream may go on.  What ends rights is told by an event and needs no look; this finds what no
event tells: a region's block that begins elsewhere, an asset that was lost, a database put back from a backup."""
SWEEP_S: Final = 10
"""Between two looks for what has expired: with the 20 s that the edge keeps a file open, a link is dead 30 s after its end."""

QUIET_REST: Final = timedelta(seconds=45)
"""A stream with less than this left of its lease was not heard of for a while: the edge that serves it says nothing.  Without its grant
the edge asks at the next segment, which renews the lease: 10 s until a sweep sees it, 20 s until the edge does, and 15 s to spare."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as it stands."""

    token: str
    renewed_at_s: float
    """Unix seconds: when its stream was last found to be good."""


class Grants(Protocol):
    """The grants of an installation."""

    async def grant(self, token: str, asset_id: str) -> bool:
        """Let the edge serve the media of ``asset_id`` to whoever has ``token``, which was verified.

        Whether that is new; ``False`` also where there is nothing to serve, or the folder cannot be written.
        """
        ...

    async def revoke(self, session_ids: Collection[str]) -> int:
        """Take away the grants of stream sessions, at once; how many there were."""
        ...

    async def remove(self, token: str) -> None:
        """Take away one grant, if it is there."""
        ...

    async def renew(self, token: str) -> None:
        """The stream was found to be good now."""
        ...

    async def held(self) -> Sequence[Grant]:
        """All grants; what was left of unfinished ones is removed."""
        ...


@dataclass(frozen=True, slots=True)
class Swept:
    """What a look at all grants came to."""

    expired: int
    refused: int
    quiet: int
    """Taken away for the edge to ask again, and for no other reason."""


async def sweep(
    grants: Grants,
    check: Callable[[StreamToken], Awaitable[object]],
    quiet_of: Callable[[Collection[str]], Awaitable[Collection[str]]],
    *,
    keyring: Keyring,
    clock: Clock,
) -> Swept:
    """Take away the grants whose tokens have expired, whose streams may not go on, or were not heard of for a while.

    ``check`` raises an ``AniError`` for those that may not; :class:`~kernel.errors.Unavailable` says nothing about a stream.
    ``quiet_of`` says which of some sessions have less than :data:`QUIET_REST` left of their leases.
    """
    expired = refused = 0
    standing: list[tuple[Grant, StreamToken]] = []
    for grant in await grants.held():
        try:
            standing.append((grant, verify(grant.token, keyring, now_s=clock.now_ms() / 1000)))
        except TokenRefused:  # expired, or signed with a key that is believed no longer
            await grants.remove(grant.token)
            expired += 1
    quiet = await quiet_of({token.session_id for _, token in standing}) if standing else ()
    for grant, token in standing:
        if token.session_id in quiet:
            await grants.remove(grant.token)
            continue
        if clock.now_ms() / 1000 - grant.renewed_at_s < RECHECK_S:
            continue
        try:
            await check(token)
        except Unavailable:
            continue
        except AniError:
            await grants.remove(grant.token)
            refused += 1
        else:
            await grants.renew(grant.token)
    return Swept(expired, refused, len(quiet))
