"""What SPEKE is about: versions, and the sentences it refuses with.

Sources: AWS, "SPEKE API v2" and "SPEKE API v2.1" (docs.aws.amazon.com/speke); DASH-IF CPIX 2.3 and 2.4.
"""

from dataclasses import dataclass
from typing import Final

from kernel.events import Event

CPIX_VERSIONS: Final = {"2.0": "2.3", "2.1": "2.4"}
"""Version of SPEKE, as in ``X-Speke-Version`` → the version of CPIX that belongs to it."""

MAX_REQUEST_BYTES: Final = 256 * 1024
"""A request for eight keys and three systems has 6 kB; this is room for a long list of periods."""
MAX_CONTENT_ID_CHARS: Final = 240
"""Of what a packager calls its content; with a prefix of ours before it, the store holds 255."""
MAX_KEYS: Final = 128
"""Keys of one request: eight classes of tracks in sixteen periods."""
MAX_RECIPIENTS: Final = 8
"""Certificates that one request wants its keys encrypted for: each costs two RSA operations."""


class SpekeRefused(Exception):
    """A request that is answered with 422; its text is one that SPEKE prescribes, where it prescribes one."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


MISSING_CONTENT_ID: Final = "Missing CPIX@contentId"
MISSING_VERSION: Final = "Missing CPIX@version"
UNSUPPORTED_VERSION: Final = "Unsupported CPIX@version"
UNSUPPORTED_SPEKE: Final = "Unsupported SPEKE version"
MISSING_SCHEME: Final = "Missing ContentKey@commonEncryptionScheme for KID {kid}"
MIXED_SCHEMES: Final = "Non compliant ContentKey@commonEncryptionScheme combination"
WRONG_SCHEME: Final = "ContentKey@commonEncryptionScheme non compatible with DRMSystem {system_id}"
MALFORMED_CONTRACT: Final = "Malformed encryption contract"
MISSING_CONTRACT: Final = "Missing CPIX encryption contract"


@dataclass(frozen=True, kw_only=True)
class PackagerKeysSent(Event):
    """An outside packager was given content keys; the ids say which."""

    packager_id: str
    content_id: str
    key_ids: tuple[str, ...]
