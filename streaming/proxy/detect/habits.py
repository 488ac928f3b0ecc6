"""What is kept of a live stream between two looks: how much of its programme has which trait, and where its ads lie.

How it is learned and what it is used for: ``watcher``; as JSON: ``habits_codec``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from streaming.proxy.playlist.segment_names import SegmentName

#: Values that are kept of one trait.
_MAX_VALUES: Final = 8
#: Trait → value → seconds.
Traits: TypeAlias = dict[str, dict[str, float]]


class Known(NamedTuple):
    """A place of ads: how often seen, weighed, and when last by the clock of the stream."""

    seen: int
    last_s: float


@dataclass(slots=True)
class Block:
    """A run of foreign segments that is not over.  ``signs``: what all of them have shown so far."""

    signs: set[str]
    segments: int = 0
    length_s: float = 0.0
    creative_s: float = 0.0  # of the advertisement that runs, if it is one
    creatives: int = 0  # those of the length of an advertisement that are over
    borders: int = 0
    is_own: bool = True
    is_one_encoder: bool = True
    is_taken: bool = False
    taken_for: tuple[str, ...] = ()
    places: set[str] = field(default_factory=set)
    last: SegmentName | None = None
    traits: Traits = field(default_factory=dict)


@dataclass(slots=True)
class Habit:
    """One rendition: seconds of its programme by trait and value, its last segment, and the block that runs."""

    next_msn: int = -1
    last: SegmentName | None = None
    step: int = 1
    seen_s: float = 0.0
    hidden_s: float = 0.0
    traits: Traits = field(default_factory=dict)
    own: list[str] = field(default_factory=list)  # folders from which the programme came as well
    block: Block | None = None

    def usual(self, trait: str, share: float = 0.5) -> str | None:
        """The value that more than ``share`` of the programme has."""
        values = self.traits.get(trait)
        if not values:
            return None
        value = max(values, key=values.__getitem__)
        return value if values[value] > share * sum(values.values()) else None


@dataclass(frozen=True, slots=True)
class Habits:
    """Of all renditions of a live stream; never changed, only replaced.  ``clock_s``: how much of the stream was seen."""

    ads: Mapping[str, Known] = field(default_factory=dict)
    renditions: Mapping[str, Habit] = field(default_factory=dict)
    clock_s: float = 0.0
    next_msn: int = -1

    def home(self, rendition: str) -> SegmentName | None:
        """The last segment of its programme."""
        habit = self.renditions.get(rendition)
        return habit.last if habit is not None else None

    def begun_anew(self) -> "Habits":
        """The stream began to count anew; where its ads lie is still true."""
        return replace(self, renditions={}, next_msn=-1)


def add_time(traits: Traits, facts: Mapping[str, str], seconds: float) -> None:
    """Count ``seconds`` for each value of ``facts``; a trait keeps its ``_MAX_VALUES`` most frequent ones."""
    for trait, value in facts.items():
        values = traits.setdefault(trait, {})
        values[value] = values.get(value, 0.0) + seconds
        if len(values) > _MAX_VALUES:
            del values[min((one for one in values if one != value), key=lambda one: (values[one], one))]


def add_traits(traits: Traits, others: Traits) -> None:
    """Count what ``others`` counted."""
    for trait, values in others.items():
        for value, seconds in values.items():
            add_time(traits, {trait: value}, seconds)


def copy_habit(habit: Habit) -> Habit:
    """A copy that can be changed: nothing in it is shared."""
    block = habit.block
    if block is not None:
        block = replace(block, signs=set(block.signs), places=set(block.places), traits=_copy_traits(block.traits))
    return replace(habit, traits=_copy_traits(habit.traits), own=list(habit.own), block=block)


def _copy_traits(traits: Traits) -> Traits:
    return {trait: dict(values) for trait, values in traits.items()}
