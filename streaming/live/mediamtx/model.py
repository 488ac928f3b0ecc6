"""What a token for MediaMTX allows, and where it is good.  Pure.

MediaMTX with ``authMethod: jwt`` takes a JWT signed by a key of ``authJWTJWKS``, and lets in who has a permission in its claim
``mediamtx_permissions``: ``{"action": "publish" | "read", "path": …}``.  An empty path means every path and one that begins with ``~``
is a regular expression, so ours is never either.  It looks at a token when a session begins, and not again.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from streaming.live.model import ChannelId

PERMISSIONS_CLAIM: Final = "mediamtx_permissions"
"""The default of ``authJWTClaimKey``."""
AUDIENCE: Final = "mediamtx"
PATHS: Final = "live"
"""Before each name, so that the server can have paths of its own."""


class MediaAction(StrEnum):
    """What somebody does there, by MediaMTX's words."""

    PUBLISH = "publish"
    READ = "read"


LIFETIMES: Final = {MediaAction.PUBLISH: timedelta(minutes=10), MediaAction.READ: timedelta(minutes=2)}
"""Whoever publishes pastes it into an encoder by hand; a player uses it at once."""


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """One channel, and one thing to do there."""

    action: MediaAction
    path: str

    @property
    def permissions(self) -> list[dict[str, str]]:
        """The value of the claim."""
        return [{"action": self.action.value, "path": self.path}]


def grant(action: MediaAction, channel_id: ChannelId) -> MediaGrant:
    """The only thing that a token is good for."""
    return MediaGrant(action, f"{PATHS}/{channel_id}")


@dataclass(frozen=True, slots=True)
class MediaServer:
    """Where a MediaMTX is reached: addresses of its listeners, without a slash at the end."""

    webrtc_url: str
    hls_url: str = ""
    """Empty: nobody is told."""

    def addresses(self, granted: MediaGrant) -> dict[str, str]:
        """By what they are for: ``whip_url`` of a publisher; ``whep_url`` and ``hls_url`` of a viewer."""
        if granted.action is MediaAction.PUBLISH:
            return {"whip_url": f"{self.webrtc_url}/{granted.path}/whip"}
        found = {"whep_url": f"{self.webrtc_url}/{granted.path}/whep"}
        return found | ({"hls_url": f"{self.hls_url}/{granted.path}/index.m3u8"} if self.hls_url else {})
