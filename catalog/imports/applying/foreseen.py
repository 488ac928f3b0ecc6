"""Relations that a dry run would make: those that its records say, in franchises as they would be by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from catalog.franchises.model import MAX_MEMBERS, MAX_RELATIONS, Franchise, TooManyRelations, TooManyReleases
from catalog.franchises.relations import Relation, RelationCircle, circle
from catalog.franchises.usecases import CIRCLE_SHOWN
from catalog.imports.records.model import SourceRelation


@dataclass(frozen=True, slots=True)
class Work:
    """A work by its release; one that the run would make has no release yet, and goes by its key."""

    key: str
    title: str
    release_id: str | None

    @property
    def node(self) -> str:
        """What it is called among relations."""
        return self.release_id or f"key:{self.key}"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A relation that would be made: ``to`` is the ``relation.kind`` of the work that says so."""

    relation: SourceRelation
    to: Work


class FranchisesOfReleases(Protocol):
    """What franchises there are."""

    async def of_release(self, release_id: str) -> Franchise | None:
        """The one a release belongs to."""
        ...


@dataclass(slots=True)
class _Family:
    members: dict[str, None]
    relations: tuple[Relation, ...] = ()


@dataclass(slots=True)
class Families:
    """Franchises as they would be after each relation."""

    franchises: FranchisesOfReleases
    names: Mapping[str, str]
    """Node → what people call it."""
    _of: dict[str, _Family] = field(default_factory=dict)

    async def relate(self, first: Work, second: Work, relation: SourceRelation) -> bool:
        """Whether it would change anything.  Raises ``TooManyReleases``, ``TooManyRelations``, ``RelationCircle``."""
        new = Relation(first.node, second.node, relation.kind).canonical
        one, other = await self._family(first), await self._family(second)
        if new in one.relations:
            return False
        if one is not other:
            one = _Family({**one.members, **other.members}, (*one.relations, *other.relations))
        relations = (*one.relations, new)
        if len(one.members) > MAX_MEMBERS:
            raise TooManyReleases(limit=MAX_MEMBERS)
        if len(relations) > MAX_RELATIONS:
            raise TooManyRelations(limit=MAX_RELATIONS)
        if nodes := circle(relations):
            raise RelationCircle(circle=" → ".join(self.names.get(node, node) for node in nodes[:CIRCLE_SHOWN]))
        one.relations = relations
        self._of.update(dict.fromkeys(one.members, one))
        return True

    async def _family(self, work: Work) -> _Family:
        if (known := self._of.get(work.node)) is not None:
            return known
        found = None if work.release_id is None else await self.franchises.of_release(work.release_id)
        made = (
            _Family({work.node: None}) if found is None else _Family(dict.fromkeys(found.release_ids), found.relations)
        )
        self._of.update(dict.fromkeys(made.members, made))
        return made


def stored(foreseen: Sequence[Foreseen]) -> list[list[str | None]]:
    """As they are stored: kind, key, title, release."""
    return [[one.relation.kind.value, one.relation.key, one.to.title, one.to.release_id] for one in foreseen]
