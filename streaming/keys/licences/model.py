"""Licence servers, and what goes wrong between a player and one of them.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kernel.errors import Forbidden, Invalid, NotFound, TooLarge, Unavailable
from streaming.keys import clearkey
from streaming.keys.model import Protection

MAX_BYTES: Final = 64 * 1024
"""Of a request and of a licence: both have a few kB, with a chain of certificates some ten."""
TIMEOUT_S: Final = 2.0
"""For the licence server: a picture waits for it."""

WIDEVINE: Final = "com.widevine.alpha"
PLAYREADY: Final = "com.microsoft.playready"
FAIRPLAY: Final = "com.apple.fps"


class LicenceServerMissing(NotFound):
    """This server gives no licences for {system}: its operator has not set {setting}."""


class LicenceRequestInvalid(Invalid):
    """This is no licence request for {system}."""


class LicenceRequestTooLarge(TooLarge):
    """A licence request may have {limit_bytes} bytes."""


class LicenceRefused(Forbidden):
    """The licence server refused this device or request."""


class LicenceServerAway(Unavailable):
    """The licence server does not answer as it should. Try again in {retry_after_s} s."""


@dataclass(frozen=True, slots=True)
class WidevineServer:
    """A Widevine licence service (``GetLicense`` of the Widevine cloud, or what speaks like it)."""

    url: str
    signer: str
    """The name by which the service knows us."""
    key: bytes = field(repr=False)
    """32 bytes; signs what we send."""
    iv: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedServer:
    """A licence server for PlayReady or FairPlay, which gets the keys with each request, sealed for it."""

    url: str
    key: bytes = field(repr=False)
    """32 bytes that both know (A256GCM)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceServers:
    """Those that the operator named."""

    widevine: WidevineServer | None = None
    playready: SealedServer | None = None
    fairplay: SealedServer | None = None
    fairplay_certificate: bytes | None = None
    """DER, as Apple gave it; players encrypt their requests for it."""
    clearkey: bool = True
    """Whether keys are given out through ClearKey, too, which shows them to the viewer."""
    issuer: str = ""
    """What this installation calls itself: its public address."""

    def offered(self, protection: Protection) -> Mapping[str, str]:
        """Key system of EME → the last part of the path of its licences, for media that are protected so."""
        there = {
            WIDEVINE: ("widevine", self.widevine),
            PLAYREADY: ("playready", self.playready),
            FAIRPLAY: ("fairplay", self.fairplay if protection is Protection.CBCS else None),
        }
        offered = {system: path for system, (path, server) in there.items() if server is not None}
        return {**offered, clearkey.KEY_SYSTEM: "clearkey"} if self.clearkey else offered
