"""A name that was found, and the places in it."""

from dataclasses import dataclass
from enum import StrEnum


class MatchedBy(StrEnum):
    """How a name and what was typed are alike."""

    NAME = "name"
    """As it is written, or sounds in Latin letters."""
    INITIALS = "initials"
    """By the beginnings of its words: "snk", "konosuba"."""
    READING = "reading"
    """As a dictionary reads it: all of it is marked."""


Range = tuple[int, int]
"""From and to (exclusive), in code points."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A name as it is written, and what of it was typed: ranges in order that neither touch nor overlap."""

    name: str
    ranges: tuple[Range, ...]
    by: MatchedBy
