"""What a release is called: the three names that everybody sees, and the others it is found by."""

from dataclasses import dataclass, field
from enum import StrEnum

from kernel.text.titles import folded, stored_key

NAME_MAX = 255
OTHER_NAMES_MAX = 100
"""Of one release: the most in bangumi-data is 12, and readings, abbreviations and more languages come to them."""


class NameKind(StrEnum):
    """What one of the other names of a release is, beside the three that everybody sees."""

    OFFICIAL = "official"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    ROMANISED = "romanised"
    READING = "reading"


@dataclass(frozen=True)
class Names:
    """What a work is called."""

    main: str
    english: str | None = None
    alternative: str | None = None


@dataclass(frozen=True)
class OtherName:
    """One more name that a work is known and found by; ``language`` is a BCP 47 tag, empty where nobody said it."""

    text: str
    language: str = ""
    kind: NameKind = NameKind.SYNONYM


@dataclass(eq=False)
class NameRow:
    """An :class:`OtherName` in its place among those of its release."""

    id: str
    position: int
    text: str
    language: str
    kind: NameKind
    key: str = field(init=False)
    """What it is found by when whole titles are compared."""

    def __post_init__(self) -> None:
        self.key = stored_key(self.text)

    @property
    def name(self) -> OtherName:
        """The name alone."""
        return OtherName(self.text, self.language, self.kind)


def search_text(name: Names) -> str:
    """All names of a work, folded, for the search to look in."""
    return " ".join(folded(part) for part in (name.main, name.english, name.alternative) if part)
