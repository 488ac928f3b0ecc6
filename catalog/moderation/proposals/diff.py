"""A proposal's change as a field diff, and the three-way check against what stands now.  Pure.

A document is everything that can be said of a thing, as flat names (``name.main``) and JSON values; a diff names some of
its fields with what the author saw there (``before``) and what it should be (``after``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.releases.model import slug_of

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field; JSON values."""

    before: Any
    after: Any


Diff = Mapping[str, Change]


def same(first: Any, second: Any) -> bool:
    """Whether two values of a field say the same: lists of names (genres) in any order and spelling, the rest exactly."""
    if isinstance(first, list) and isinstance(second, list):
        return {slug_of(str(name)) for name in first} == {slug_of(str(name)) for name in second}
    # 1 is not True here, and 12.0 is 12.
    return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)


def between(seen: Document, wanted: Document) -> dict[str, Change]:
    """What has to change for ``seen`` to say what ``wanted`` does, in the fields of ``wanted``."""
    return {name: Change(seen.get(name), after) for name, after in wanted.items() if not same(seen.get(name), after)}


def conflicts(diff: Diff, current: Document) -> list[str]:
    """Fields that somebody else changed since the author saw them, to something other than the author wants."""
    return [
        name
        for name, change in diff.items()
        if not same(current.get(name), change.before) and not same(current.get(name), change.after)
    ]


def applied(diff: Diff, current: Document) -> dict[str, Change]:
    """What accepting ``diff`` really changes: not what somebody else has done already in the meantime."""
    return between(current, {name: change.after for name, change in diff.items()})


def rebased(diff: Diff, current: Document, keep: Collection[str]) -> dict[str, Change]:
    """``diff`` made anew on what stands now: of the conflicting fields those in ``keep`` still stand, the others go."""
    lost = {name for name in conflicts(diff, current) if name not in keep}
    return between(current, {name: change.after for name, change in diff.items() if name not in lost})


def undone(diff: Diff, current: Document) -> tuple[dict[str, Any], list[str]]:
    """The values that take an applied ``diff`` back, and the fields that somebody changed since and are in the way."""
    in_the_way = [
        name
        for name, change in diff.items()
        if not same(current.get(name), change.after) and not same(current.get(name), change.before)
    ]
    return {name: change.before for name, change in diff.items()}, in_the_way
