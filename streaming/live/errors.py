"""What can go wrong with live channels."""

from typing import Final

from kernel.errors import AniError, Conflict, Forbidden, Invalid, NotFound, Stale


class ChannelNotFound(NotFound):
    """There is no such channel."""


class TooManyChannels(Conflict):
    """You have {limit} channels, which is as many as one account can have."""


class ChannelTakenDown(Forbidden):
    """This channel was taken down. Ask the people who run this site."""


class StreamKeyInvalid(Forbidden):
    """This stream key is not valid, or no longer. Its owner can make a new one."""


class ChannelBusy(Conflict):
    """Somebody is live on this channel already. Stop them first, or take over with takeover=true."""


class ChannelOffline(Conflict):
    """This channel is not live now."""


class LiveOff(Conflict):
    """This server carries no live channels."""


class NoMediaServer(NotFound):
    """This server sends nobody to a media server."""


class LiveFull(Conflict):
    """This server carries as many live channels as it can ({limit}). Try again later."""


class ViewersFull(Conflict):
    """As many people watch live here as this server can take ({limit}). Watch by Low-Latency HLS, or try again in a moment."""


class LineTestRunning(Conflict):
    """You are testing your line already. That takes half a minute at most."""


class LiveSessionNotFound(NotFound):
    """This live session is over, or never was."""


class FragmentNotAcceptable(Invalid):
    """This ICE fragment cannot be used: {reason}."""


class IceVersionMissing(Invalid):
    """Send If-Match with the entity tag of the last answer, or * to restart ICE."""


class IceSessionStale(Stale):
    """ICE was restarted since. Take the entity tag of the last answer."""


REFUSALS: Final[dict[str, type[AniError]]] = {
    kind.code: kind
    for kind in (
        ChannelBusy,
        ChannelNotFound,
        ChannelOffline,
        FragmentNotAcceptable,
        IceSessionStale,
        IceVersionMissing,
        LiveFull,
        LiveOff,
        LiveSessionNotFound,
        ViewersFull,
    )
}
"""Those that travel between nodes."""
