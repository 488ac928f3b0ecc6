"""What is searched in and what is found."""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class NamedRelease:
    """A release as the search knows it.  The first of its ``names`` is the main one."""

    release_id: str
    names: tuple[Name, ...]
    published: bool
    year: int = 0
    """0 where it is unknown."""
    side_work: int = 0
    """0 for what a franchise is known by (a series), more for what hangs on it (a film, a special): what is equally alike is
    sorted by it."""


@dataclass(frozen=True, slots=True)
class Match:
    """A release whose name is like a query: ``score`` is 1 for the same name, and 0 for nothing in common."""

    release_id: str
    score: float
    name: str
    """The main name."""
