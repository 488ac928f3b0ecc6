"""Taking, keeping and losing a place among the streams of an account, and what this needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from kernel.access import Actor, Role, Standing
from kernel.clock import Clock
from kernel.errors import Forbidden
from streaming.origin.leases.model import SAFE_REST, StreamHolder, StreamLimitReached, StreamLimits
from streaming.origin.model import LEASE, StopReason, StreamNotFound, StreamOver, StreamSession

P = TypeVar("P")


class StreamLeases(Protocol):
    """The leases of stream sessions.  A session is *watched* while it has not ended and its lease runs."""

    async def lock(self, user_id: str, /) -> None:
        """Hold an account's streams until the transaction ends: who else calls this for it waits."""
        ...

    async def watched_by(self, user_id: str, now: datetime, /) -> Sequence[StreamHolder]:
        """What an account watches, the oldest first."""
        ...

    async def watched(self, now: datetime, *, offset: int, limit: int) -> tuple[Sequence[StreamHolder], int]:
        """What everybody watches, the newest first, and how many streams that are in all."""
        ...

    async def get(self, session_id: str, /) -> StreamSession | None:
        """The session, ended or expired ones included."""
        ...

    async def of_login(self, login_id: str, /) -> Sequence[StreamSession]:
        """Sessions of a sign-in that have not ended, lapsed ones included."""
        ...

    async def of_user(self, user_id: str, /) -> Sequence[StreamSession]:
        """Sessions of an account that have not ended, lapsed ones included."""
        ...

    async def of_episodes(self, episode_ids: Collection[str], /) -> Sequence[StreamSession]:
        """Sessions of these episodes that have not ended, lapsed ones included."""
        ...

    async def leased_until(self, session_ids: Collection[str], now: datetime, /) -> Mapping[str, datetime]:
        """Until when those of ``session_ids`` that are not over are leased."""
        ...

    async def renew(self, session_ids: Collection[str], /, *, until: datetime, ending_after: datetime) -> None:
        """Lease those of ``session_ids`` that have not ended, and whose lease ends after ``ending_after``, until ``until``."""
        ...


class StreamRevocations(Protocol):
    """Whoever remembers in memory that a stream may go on: the gates of all processes, and what serves live channels."""

    def revoke(self, session_id: str, /) -> None:
        """The tokens of this session are good for nothing, once the transaction is committed."""
        ...


class ViewerNames(Protocol):
    """What viewers are called."""

    async def of(self, user_ids: Collection[str], /) -> Mapping[str, str]:
        """The nicknames of those that exist."""
        ...


class Scope(Protocol):
    """Where ports are looked up: ``kernel.scope.Scope``, as far as it is needed here."""

    @property
    def clock(self) -> Clock:
        """What tells the time."""
        ...

    def port(self, kind: type[P], /) -> P:
        """The adapter of a port, of this transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What one use case stands on."""

    leases: StreamLeases
    limits: StreamLimits
    revocations: StreamRevocations
    now: datetime

    @classmethod
    def of(cls, scope: Scope) -> "Context":
        """The ports that ``scope`` has, and the time now."""
        return cls(
            leases=scope.port(StreamLeases),
            limits=scope.port(StreamLimits),
            revocations=scope.port(StreamRevocations),
            now=scope.clock.now(),
        )

    def end(self, session: StreamSession, reason: StopReason) -> None:
        """End a session here and at whoever remembers it."""
        if session.end(self.now, reason):
            self.revocations.revoke(session.id)


async def make_room(context: Context, viewer: Actor, *, takeover: str | None) -> None:
    """Hold a place for one more stream of ``viewer`` until the transaction ends; ``takeover``: a stream of theirs that ends for it.

    A player names its own former stream there without looking, so one that is over, or somebody else's, changes nothing.
    Raises :class:`StreamLimitReached`.
    """
    limit = context.limits.of(viewer.role)
    if limit is None and takeover is None:
        return
    await context.leases.lock(viewer.user_id)
    former = await context.leases.get(takeover) if takeover else None
    if former is not None and former.user_id == viewer.user_id:
        context.end(former, StopReason.TAKEN_OVER)
    holders = [
        each for each in await context.leases.watched_by(viewer.user_id, context.now) if each.session_id != takeover
    ]
    if limit is not None and len(holders) >= limit:
        raise StreamLimitReached(limit=limit, holders=holders)


async def has_room(context: Context, session: StreamSession, role: Role) -> bool:
    """Whether a session that lapsed may go on: its viewer, with this role, has a place left."""
    limit = context.limits.of(role)
    if limit is None or session.user_id is None:
        return True
    others = await context.leases.watched_by(session.user_id, context.now)
    return sum(each.session_id != session.id for each in others) < limit


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of streams that go on."""

    over: frozenset[str]
    """They ended or ran out in the meantime."""
    lapsed: frozenset[str]
    """Each has to be taken back by itself (:func:`take_back`)."""


async def renew(context: Context, session_ids: Collection[str]) -> Renewed:
    """The players of these sessions were heard of: they go on being watched."""
    until = await context.leases.leased_until(session_ids, context.now)
    safe = {each for each, end in until.items() if end > context.now + SAFE_REST}
    if safe:
        await context.leases.renew(safe, until=context.now + LEASE, ending_after=context.now + SAFE_REST)
    return Renewed(frozenset(session_ids) - until.keys(), frozenset(until.keys() - safe))


async def still_running(context: Context, session_id: str) -> None:
    """Raises :class:`StreamNotFound`, :class:`StreamOver`."""
    if await context.leases.leased_until([session_id], context.now):
        return
    if await context.leases.get(session_id) is None:
        raise StreamNotFound(session_id=session_id)
    raise StreamOver


async def quiet(context: Context, session_ids: Collection[str], rest: timedelta) -> frozenset[str]:
    """Those of ``session_ids`` that have less than ``rest`` left of their leases; none that is over."""
    until = await context.leases.leased_until(session_ids, context.now)
    return frozenset(session_id for session_id, end in until.items() if end < context.now + rest)


async def take_back(context: Context, standing: Standing, session_id: str) -> bool:
    """Lease a lapsed session anew if its viewer has a place left; whether it may go on."""
    session = await context.leases.get(session_id)
    if session is None or session.is_over(context.now):
        return False
    if session.user_id is not None:
        await context.leases.lock(session.user_id)
        viewer = await standing.of_session(Actor(session.user_id, "", Role.USER, session.login_id or ""))
        if viewer is None or not await has_room(context, session, viewer.role):
            return False
    session.leased_until = context.now + LEASE
    return True


async def end_stream(context: Context, session_id: str, *, actor: Actor) -> None:
    """Stop giving out media for a session: one's own, or as a moderator anybody's.

    Raises :class:`StreamNotFound`; somebody else's session is :class:`Forbidden`.
    """
    session = await context.leases.get(session_id)
    if session is None:
        raise StreamNotFound(session_id=session_id)
    if session.user_id == actor.user_id:
        context.end(session, StopReason.STOPPED)
    elif actor.may(Role.MODERATOR):
        context.end(session, StopReason.MODERATOR)
    else:
        raise Forbidden


async def end_streams_of_viewer(context: Context, actor: Actor) -> None:
    """Somebody stops everything that is watched under their account."""
    for session in await context.leases.of_user(actor.user_id):
        context.end(session, StopReason.STOPPED)


async def end_streams_of_login(context: Context, login_id: str) -> None:
    """A sign-in was revoked: what was started from it ends."""
    for session in await context.leases.of_login(login_id):
        context.end(session, StopReason.SIGNED_OUT)


async def end_streams_of_demoted(context: Context, user_id: str) -> None:
    """Somebody may do less than before: what they watch ends, and begins anew as they may now."""
    for session in await context.leases.of_user(user_id):
        context.end(session, StopReason.ROLE_CHANGED)


async def end_streams_of_episodes(
    context: Context, episode_ids: Collection[str], *, standing: Standing | None = None, spared: Role | None = None
) -> None:
    """These episodes are shown no longer, or only to those who have the role ``spared`` now, as ``standing`` knows."""
    found = await context.leases.of_episodes(episode_ids)
    roles: Mapping[str, Role] = {}
    if standing is not None and spared is not None:
        roles = await standing.roles({each.login_id for each in found if each.login_id is not None})
    for session in found:
        role = roles.get(session.login_id or "")
        if role is None or spared is None or not role.at_least(spared):
            context.end(session, StopReason.UNPUBLISHED)
