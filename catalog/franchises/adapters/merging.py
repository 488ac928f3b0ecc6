"""The place of a release in its franchise, when it is merged into another."""

from dataclasses import replace
from typing import Any

from catalog.franchises.model import Franchise, FranchiseDraft, Member
from catalog.franchises.relations import Relation, RelationKind, circle
from catalog.franchises.usecases import Franchises
from catalog.releases.merging.model import Move
from kernel.scope import Scope


class FranchiseFollower:
    """The release that stays takes the place of the other where it has none of its own, and its relations."""

    name = "franchises"

    def __init__(self, scope: Scope) -> None:
        self._franchises = scope.port(Franchises)

    async def merge(self, move: Move) -> Any:
        """The franchise of the source as it was, and the version the merge made of it."""
        found = await self._franchises.of_release(move.source_id)
        if found is None:
            return None
        other = await self._franchises.of_release(move.target_id)
        before = _document(found)
        draft = _renamed(found.draft, move.source_id, move.target_id, keeps=other is None or other.id == found.id)
        found.edit(draft, move.now)
        await self._franchises.store(found)
        return {"franchise_id": found.id, "before": before, "version": found.version}

    async def contradictions(self, move: Move, record: Any) -> list[str]:  # noqa: ARG002 - the port's signature
        """Whether somebody edited the franchise since."""
        if not record:
            return []
        found = await self._franchises.get(record["franchise_id"])
        if found is None:
            return ["their franchise was deleted"]
        return [] if found.version == record["version"] else [f"the franchise {found.name} was edited since"]

    async def undo(self, move: Move, record: Any) -> None:
        """As it was."""
        if not record:
            return
        found = await self._franchises.get(record["franchise_id"])
        assert found is not None
        members = tuple(Member(**values) for values in record["before"]["members"])
        relations = tuple(
            Relation(one, other, RelationKind(kind)) for one, other, kind in record["before"]["relations"]
        )
        found.edit(replace(found.draft, members=members, relations=relations), move.now)
        await self._franchises.store(found)


def _document(franchise: Franchise) -> dict[str, Any]:
    return {
        "members": [
            {name: getattr(member, name) for name in Member.__dataclass_fields__} for member in franchise.members
        ],
        "relations": [[one.from_id, one.to_id, one.kind.value] for one in franchise.relations],
    }


def _renamed(draft: FranchiseDraft, source_id: str, target_id: str, *, keeps: bool) -> FranchiseDraft:
    """``draft`` with the target in the place of the source; without either where the target has another franchise."""
    there = any(member.release_id == target_id for member in draft.members)
    members = tuple(
        replace(member, release_id=target_id) if member.release_id == source_id else member
        for member in draft.members
        if member.release_id != source_id or (keeps and not there)
    )
    relations: list[Relation] = []
    for one in draft.relations:
        ends = [target_id if end == source_id else end for end in (one.from_id, one.to_id)]
        touched = source_id in {one.from_id, one.to_id}
        if touched and (not keeps or ends[0] == ends[1]):
            continue
        relation = Relation(ends[0], ends[1], one.kind)
        if relation.canonical not in relations and not circle([*relations, relation]):
            relations.append(relation.canonical)
    return replace(draft, members=members, relations=tuple(relations))
