"""What people call a release that has no such name, and when so many do that moderators are asked.

A voice is a keyed hash of who chose *and* what: it says that the same person chose the same again, and neither who that is nor what
else they searched for.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from catalog.search.folding import fold
from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.events import Event

CandidateId = NewType("CandidateId", str)

WINDOW: Final = timedelta(days=30)
"""How long a choice counts, and is kept at all: a season's new titles are talked about for that long."""
VOICES_MIN: Final = 3
"""People who must have meant the same: two are a couple that sits together."""
ACCOUNTS_MIN: Final = 2
"""Of them signed in: what costs nothing to repeat proposes nothing by itself."""
PER_NETWORK: Final = 2
"""Voices of one network that count: a family may be two people, and a room of invented accounts is no more."""
MAJORITY: Final = 2 / 3
"""Of all who searched for it, this many must have meant this release: "monster" is several."""
KEY_MIN, KEY_MAX = 2, 60
"""Letters of what is counted; what is longer is no name that people call anything by."""
TEXT_MAX: Final = 100
CHOICES_MAX: Final = 50_000
"""Kept in all (10 MB); while there are so many, no more are counted."""
CANDIDATES_MAX: Final = 1_000
"""Open at a time: more than that nobody decides, and what is meant often comes again."""
_PRIVATE: Final = re.compile(r"@|://|\d[\d ()+-]{5,}\d")
"""Addresses of mail and of pages, and numbers of telephones: typed into the wrong box, and nobody's to keep."""


class AliasCandidateNotFound(NotFound):
    """There is no such name to decide on."""


class AliasCandidateDecided(Conflict):
    """Somebody decided this already."""


class NamesFull(Conflict):
    """This release has as many names as it can have."""


class CandidateState(StrEnum):
    """What somebody decided on a name that people use, or that nobody has yet."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Never asked again."""


@dataclass(frozen=True, kw_only=True)
class AliasAccepted(Event):
    """What people call a release became one of its names."""

    candidate_id: str
    release_id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AliasRejected(Event):
    """What people call a release does not become one of its names."""

    candidate_id: str
    release_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody searched for ``text`` and chose a release."""

    key: str
    """The folded text."""
    release_id: str
    voice: str
    network: str
    """Hashed as the voice is."""
    signed_in: bool
    text: str
    at: datetime


@dataclass(eq=False, kw_only=True)
class AliasCandidate(Entity):
    """A name that moderators are asked about."""

    id: CandidateId
    key: str
    text: str
    release_id: str
    voices: int
    """People who had meant it when it was asked about."""
    created_at: datetime
    state: CandidateState = CandidateState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    def decide(self, state: CandidateState, text: str, by: str, now: datetime) -> None:
        """Accept or reject it.  Raises :class:`AliasCandidateDecided`."""
        if self.state is not CandidateState.OPEN:
            raise AliasCandidateDecided
        self.state, self.text, self.decided_by, self.decided_at = state, text, by, now
        event = AliasAccepted if state is CandidateState.ACCEPTED else AliasRejected
        self.record(event(at=now, candidate_id=self.id, release_id=self.release_id, text=text))


def learnable(text: str) -> str | None:
    """What ``text`` is counted under; ``None`` for what nobody should keep, and for what is no name."""
    key = fold(text)
    letters = key.replace(" ", "")
    if _PRIVATE.search(text) or not KEY_MIN <= len(letters) <= KEY_MAX or letters.isdigit():
        return None
    return key


@dataclass(frozen=True, slots=True)
class Voices:
    """Makes voices; for anybody without the ``secret`` they are nobody's."""

    secret: bytes = field(repr=False)

    def of(self, key: str, release_id: str, who: str) -> str:
        """Who chose this release by this text: 32 hexadecimal digits."""
        said = "\0".join((key, release_id, who)).encode("utf-8", "replace")
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Count:
    """How many people meant a release."""

    voices: int
    accounts: int


def counted(networks: Iterable[tuple[int, int]]) -> Count:
    """Of the voices and the accounts of each network."""
    voices = accounts = 0
    for here, signed_in in networks:
        voices += min(here, PER_NETWORK)
        accounts += min(signed_in, PER_NETWORK)
    return Count(voices, accounts)


def is_candidate(release_id: str, counts: Mapping[str, Count], asked: Mapping[str, int]) -> bool:
    """Whether moderators are to be asked about a name of ``release_id``.

    ``counts`` are those who searched for it, by what they chose; ``asked`` the voices of releases that moderators were asked about
    before, which are no longer among the counts.
    """
    own = counts.get(release_id, Count(0, 0))
    if own.voices < VOICES_MIN or own.accounts < ACCOUNTS_MIN:
        return False
    all_voices = sum(count.voices for count in counts.values()) + sum(asked.values())
    return own.voices >= MAJORITY * all_voices
