"""Why a party refuses.  The docstring of an error is its message."""

from typing import ClassVar

from kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Stale, Unauthenticated


class PartyIsOver(Gone):
    """This party is over."""


class NotInParty(Forbidden):
    """You are not in this party."""


class NotPermitted(Forbidden):
    """Your role in this party does not allow this."""

    code: ClassVar[str] = "forbidden"


class OutranksYou(Forbidden):
    """You can only do this to members ranked below you."""


class BannedFromParty(Forbidden):
    """You were banned from this party."""


class KickedFromParty(Forbidden):
    """You were removed from this party. Ask its host for a new invite."""


class FounderOnly(Forbidden):
    """Only the person this party belongs to can do this."""


class InviteNeeded(Forbidden):
    """This party is private: ask for an invite."""


class PasswordNeeded(Forbidden):
    """This party needs its password."""


class PartyFull(Conflict):
    """This party is full ({capacity} members)."""


class VersionPassed(Stale):
    """The party moved on to version {version}."""


class NothingPlaying(Conflict):
    """Choose something to watch first."""


class QueueEmpty(Conflict):
    """There is nothing in the queue."""


class QueueFull(Conflict):
    """The queue is full ({limit} items)."""


class QueueItemNotFound(NotFound):
    """This is not in the queue (any more)."""


class MemberNotFound(NotFound):
    """This member is not in the party."""


class PositionOutOfRange(Invalid):
    """The position must be between 0 and {duration_ms} ms."""


class LiveHasOneRate(Invalid):
    """A live channel cannot be watched faster or slower."""


class ChannelNotWatchable(NotFound):
    """There is no such live channel, or it was taken down."""


class RateOutOfRange(Invalid):
    """The speed must be between {low}× and {high}×."""


class SettingsNotAcceptable(Invalid):
    """{reason}"""


class RoleNotAssignable(Invalid):
    """This role cannot be given to this member."""


class InviteRevoked(Unauthenticated):
    """This invite has been withdrawn. Ask for a new one."""
