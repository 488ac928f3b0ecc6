"""How two releases of a franchise are related, in one direction, and the circles that must not come of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kernel.errors import Invalid


class BadRelation(Invalid):
    """A release cannot be related to itself."""


class RelationCircle(Invalid):
    """These would follow each other in a circle: {circle}. Take one of the relations away."""


class RelationKind(StrEnum):
    """What the second of two releases is to the first; the vocabulary of anime catalogues."""

    SEQUEL = "sequel"
    PREQUEL = "prequel"
    SIDE_STORY = "side_story"
    PARENT_STORY = "parent_story"
    SUMMARY = "summary"
    FULL_STORY = "full_story"
    SPIN_OFF = "spin_off"
    ORIGIN = "origin"
    """What a spin-off was made from."""
    ALTERNATIVE_VERSION = "alternative_version"
    ALTERNATIVE_SETTING = "alternative_setting"
    SHARED_CHARACTERS = "shared_characters"
    OTHER = "other"


_FORWARD: Final = {
    RelationKind.PREQUEL: RelationKind.SEQUEL,
    RelationKind.PARENT_STORY: RelationKind.SIDE_STORY,
    RelationKind.FULL_STORY: RelationKind.SUMMARY,
    RelationKind.ORIGIN: RelationKind.SPIN_OFF,
}
_BACKWARD: Final = {forward: backward for backward, forward in _FORWARD.items()}


@dataclass(frozen=True, slots=True)
class Relation:
    """``to_id`` is the ``kind`` of ``from_id``: its sequel, a side story of it."""

    from_id: str
    to_id: str
    kind: RelationKind

    def __post_init__(self) -> None:
        if self.from_id == self.to_id:
            raise BadRelation

    @property
    def canonical(self) -> "Relation":
        """The same in the one direction it is kept in, so that "B is the sequel of A" and "A is the prequel of B" are one."""
        if (forward := _FORWARD.get(self.kind)) is not None:
            return Relation(self.to_id, self.from_id, forward)
        if self.kind not in _BACKWARD and self.from_id > self.to_id:
            return self.reversed
        return self

    @property
    def reversed(self) -> "Relation":
        """The same, seen from the other release."""
        return Relation(self.to_id, self.from_id, _BACKWARD.get(self.kind) or _FORWARD.get(self.kind) or self.kind)


def canonical(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Each once, in the direction it is kept in, in the order they came."""
    return tuple(dict.fromkeys(relation.canonical for relation in relations))


def circle(relations: Iterable[Relation]) -> Sequence[str]:
    """Releases that follow each other in a circle by relations of one directed kind, its first one again at the end;
    empty where there is none.

    Every kind by itself: a side story may be told after the sequel of what it belongs to.
    """
    edges: dict[tuple[RelationKind, str], list[str]] = {}
    for relation in canonical(relations):
        if relation.kind in _BACKWARD:
            edges.setdefault((relation.kind, relation.from_id), []).append(relation.to_id)
    done: set[tuple[RelationKind, str]] = set()
    for start in edges:
        # Depth first, without recursion: a chain may be as long as a franchise.
        path, waiting = [start], [iter(edges[start])]
        on_path = {start}
        while path:
            following = next(waiting[-1], None)
            if following is None:
                done.add(path[-1])
                on_path.discard(path.pop())
                waiting.pop()
                continue
            node = (start[0], following)
            if node in on_path:
                ids = [release_id for _, release_id in path]
                return [*ids[ids.index(following) :], following]
            if node not in done:
                path.append(node)
                on_path.add(node)
                waiting.append(iter(edges.get(node, ())))
    return ()
