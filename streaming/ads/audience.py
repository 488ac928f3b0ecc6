"""Whom something is shown to, and how often.  Pure."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kernel.access import Actor
from kernel.errors import Invalid
from kernel.limits import address_key

GUEST: Final = "guest"
"""Stands among roles for whoever has not signed in."""
MAX_TARGETS: Final = 50
"""Of one kind: more languages or genres than that are everybody."""
MAX_CAP: Final = 100
MAX_CAP_DAYS: Final = 30
"""Views are remembered for so long."""
VIEWER_KEY_CHARS: Final = 32
_SUBTAG_END: Final = re.compile("[-,;]")
MAX_VIEWER_CHARS: Final = 64
"""Of the name that a browser gives itself: a UUID has 36."""


class CapIncomplete(Invalid):
    """A frequency cap needs both how often and in how many days."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The release that a page or a video is about; nothing of it where there is none."""

    release_id: str = ""
    kind: str = ""
    genres: frozenset[str] = frozenset()
    """By slug."""


NOWHERE: Final = Subject()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks, as far as it matters here."""

    key: str
    """The same for the same person, and nobody's name: see :class:`ViewerKeys`."""
    role: str
    """A site role, or :data:`GUEST`."""
    language: str = ""
    """Primary subtag (RFC 5646 §2.2.1) in lower case; empty: unknown."""
    region: str = ""
    """ISO 3166-1 alpha-2; empty: unknown."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for.  What is empty asks for nothing; the others must all fit."""

    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    release_ids: tuple[str, ...] = ()

    @property
    def needs_release(self) -> bool:
        """Whether it asks what a page is about."""
        return bool(self.kinds or self.genres or self.release_ids)

    def includes(self, viewer: Viewer, subject: Subject = NOWHERE) -> bool:
        """Whether ``viewer``, who looks at ``subject``, is meant.  An unknown language or region is in no list."""
        return (
            (not self.roles or viewer.role in self.roles)
            and (not self.languages or viewer.language in self.languages)
            and (not self.regions or viewer.region in self.regions)
            and (not self.kinds or subject.kind in self.kinds)
            and (not self.genres or not subject.genres.isdisjoint(self.genres))
            and (not self.release_ids or subject.release_id in self.release_ids)
        )


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most ``impressions`` for one viewer within ``days``; 0 of both: no cap."""

    impressions: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if bool(self.impressions) != bool(self.days):
            raise CapIncomplete

    def allows(self, seen_at: Sequence[datetime], now: datetime) -> bool:
        """Whether somebody who saw it at those moments may see it once more."""
        if not self.impressions:
            return True
        since = now - timedelta(days=self.days)
        return sum(moment > since for moment in seen_at) < self.impressions


@dataclass(frozen=True, slots=True)
class ViewerKeys:
    """Names viewers without saying who they are: a keyed hash, and nobody without the ``secret`` can go back."""

    secret: bytes = field(repr=False)

    def of(self, user_id: str | None, *, chosen: str = "", address: str = "") -> str:
        """An account, or for whoever is signed out the name that their browser chose, or their address where it chose none.

        Of IPv6 addresses those of one /64 are one place, as throttles see it: a device changes within it every day.
        """
        place = f"browser\0{chosen}" if chosen else f"address\0{address_key(address)}"
        said = f"user\0{user_id}" if user_id else place
        return hmac.new(self.secret, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:VIEWER_KEY_CHARS]


def role_of(actor: Actor | None) -> str:
    """What they are among the roles of an :class:`Audience`."""
    return GUEST if actor is None else actor.role.value


def primary_language(tag: str | None) -> str:
    """``de`` of ``de-CH`` (RFC 5646 §2.2.1), and of ``de-CH,en;q=0.5`` as browsers say it, in lower case; empty for nothing."""
    return _SUBTAG_END.split(tag or "", maxsplit=1)[0].strip().lower()
