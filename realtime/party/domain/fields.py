"""What the fields of a command hold, and the limits clients are held to.

The wire is built from these annotations by ``realtime.party.schemas``; a type it does not know fails at import.
"""

from dataclasses import dataclass
from typing import Annotated

from realtime.party.domain.model import MAX_MEMBERS, MAX_TITLE_CHARACTERS

DAY_MS = 24 * 3600 * 1000.0
"""No media is longer."""


@dataclass(frozen=True, slots=True)
class Between:
    """A number within these limits, the limits included unless ``above``, which leaves out the lower one."""

    low: float
    high: float
    above: bool = False


@dataclass(frozen=True, slots=True)
class Rounded(Between):
    """The same, sent with a fraction or without and rounded here."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Text that matches a regular expression."""

    pattern: str
    max_characters: int | None = None


@dataclass(frozen=True, slots=True)
class OneLine:
    """Text made one line of what can be shown."""

    max_characters: int


@dataclass(frozen=True, slots=True)
class HashOf:
    """The hash (argon2id) of what is sent under another name."""

    name: str
    max_characters: int


PositionMs = Annotated[int, Rounded(0, DAY_MS)]
ShiftMs = Annotated[int, Rounded(-DAY_MS, DAY_MS)]
Rate = Annotated[float, Between(0, 16, above=True)]
Title = Annotated[str, OneLine(MAX_TITLE_CHARACTERS)]
Capacity = Annotated[int, Between(1, MAX_MEMBERS)]
PasswordHash = Annotated[str, HashOf("password", max_characters=200)]
ItemId = Annotated[str, Matching(r"^[\x21-\x7e]{1,101}$")]
"""A member's id (36 characters), a colon and the id of the command that added the item."""
QueueIndex = Annotated[int, Between(0, 10_000)]
LanguageTag = Annotated[str, Matching(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_characters=35)]
"""BCP 47; 35 characters is what its section 4.4.1 tells to make room for."""
