"""What is searched in and what is found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.releases.model import ReleaseType, Status
from catalog.releases.names import Names, OtherName

Readings = Callable[[str], tuple[str, ...]]
"""Japanese text → how it is read, in Latin letters, in every spelling known; nothing where no dictionary is installed."""


def no_readings(_: str) -> tuple[str, ...]:
    """Where no dictionary is installed: kanji are found by themselves alone."""
    return ()


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a release; ``language`` is a BCP 47 tag, empty where it is unknown."""

    text: str
    language: str = ""


class Named(Protocol):
    """Whatever is found by its names."""

    @property
    def id(self) -> str:
        """What a match says was found."""
        ...

    @property
    def names(self) -> tuple[Name, ...]:
        """The first is the main one."""
        ...

    @property
    def published(self) -> bool:
        """Whether everybody may find it."""
        ...

    @property
    def standing(self) -> int:
        """The order among equally alike ones, the lowest first."""
        ...

    @property
    def year(self) -> int:
        """0 where it is unknown."""
        ...

    @property
    def side_work(self) -> int:
        """What kind of work it is, see :class:`NamedRelease`."""
        ...


@dataclass(frozen=True, slots=True)
class NamedRelease:
    """A release as the search knows it.  The first of its ``names`` is the main one."""

    release_id: str
    names: tuple[Name, ...]
    published: bool
    year: int = 0
    """0 where it is unknown."""
    side_work: int = 0
    """0 for what a franchise is known by (a series), more for what hangs on it (1 a film, 2 a special): what is equally alike is
    sorted by it."""

    @property
    def id(self) -> str:
        """What :class:`Named` calls it by: the release's."""
        return self.release_id

    @property
    def standing(self) -> int:
        """Series before films and specials, older before newer (a first season before the second)."""
        return self.side_work * 10_000 + (self.year or 9_999)


@dataclass(frozen=True, slots=True)
class Match:
    """Something whose name is like a query: ``score`` is 1 for the same name, and 0 for nothing in common."""

    release_id: str
    """Of a release, or of whatever else the index is of."""
    score: float
    name: str
    """The main name."""


@dataclass(frozen=True, slots=True)
class SuggestedRelease:
    """As much of a release as is suggested: whole ones take half of the time of all there is to suggest."""

    id: str
    alias: str
    type: ReleaseType
    year: int | None
    status: Status
    poster_url: str | None
    name: Names
    names: Sequence[OtherName]
