"""A franchise: the releases of one world, three orders to watch them in, and how they are related."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NewType

from catalog.franchises.relations import Relation, RelationCircle, RelationKind, canonical, circle
from catalog.releases.model import checked_alias
from kernel.changes import Changes, differences, shown
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event
from kernel.text.titles import folded

FranchiseId = NewType("FranchiseId", str)

NAME_MAX: Final = 255
DESCRIPTION_MAX: Final = 10_000
NOTE_MAX: Final = 500
"""Characters of a note beside a release: why it may be skipped, or what to see before."""
MAX_MEMBERS: Final = 300
"""Releases of one franchise: the largest in catalogues of anime has some 120."""
MAX_RELATIONS: Final = 2_000
"""Of one franchise: seven for each release, which nobody's chronology needs."""
MAX_ORDINAL: Final = 100_000


class FranchiseNotFound(NotFound):
    """There is no such franchise."""


class UnknownMember(NotFound):
    """There is no release {release_id}."""


class FranchiseAliasTaken(Conflict):
    """Another franchise already has the alias {alias!r}."""


class InAnotherFranchise(Conflict):
    """A release belongs to one franchise. {release!r} is already in {franchise!r}."""


class EmptyFranchiseName(Invalid):
    """A franchise needs a name."""


class MemberTwice(Invalid):
    """The release {release_id} is in this franchise twice."""


class PlaceTwice(Invalid):
    """Two releases have the place {ordinal} in the {order} order."""


class BadPlace(Invalid):
    """A place is a number from 1 to {limit}."""


class TooManyReleases(Invalid):
    """A franchise has {limit} releases at most."""


class TooManyRelations(Invalid):
    """A franchise has {limit} relations at most."""


class RelationOutside(Invalid):
    """Both releases of a relation must be in the franchise. {release_id} is not."""


class FranchiseTextTooLong(Invalid):
    """A name has {name} characters at most, a description {description}, a note {note}."""


class Order(StrEnum):
    """The orders a franchise is watched in."""

    RELEASE = "release"
    CHRONOLOGICAL = "chronological"
    RECOMMENDED = "recommended"


@dataclass(frozen=True, kw_only=True)
class FranchiseCreated(Event):
    """Releases were put together as a franchise."""

    franchise_id: str
    alias: str
    release_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FranchiseUpdated(Event):
    """A franchise was renamed, or its releases, their orders or their relations changed."""

    franchise_id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FranchiseDeleted(Event):
    """A franchise was taken apart; its releases stay."""

    franchise_id: str
    release_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A release in a franchise, and its place in each order; places are counted from 1 and may have gaps."""

    release_id: str
    release_place: int
    chronological_place: int
    recommended_place: int
    may_skip: bool = False
    note: str = ""

    def place(self, order: Order) -> int:
        """In one of the orders."""
        places = {
            Order.RELEASE: self.release_place,
            Order.CHRONOLOGICAL: self.chronological_place,
            Order.RECOMMENDED: self.recommended_place,
        }
        return places[order]


@dataclass(frozen=True, kw_only=True)
class FranchiseDraft:
    """What an editor says of a franchise."""

    alias: str
    name: str
    description: str = ""
    members: tuple[Member, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(eq=False, kw_only=True)
class Franchise(Entity):
    """Releases that belong together."""

    id: FranchiseId
    alias: str
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    search_text: str = ""
    version: int = 1
    members: tuple[Member, ...] = ()
    """In release order."""
    relations: tuple[Relation, ...] = ()
    """Each in the one direction it is kept in (:attr:`Relation.canonical`)."""

    @classmethod
    def create(cls, franchise_id: FranchiseId, draft: FranchiseDraft, now: datetime) -> "Franchise":
        """Raises ``BadAlias`` and what :func:`checked` does."""
        made = cls(id=franchise_id, alias="", name="", description="", created_at=now, updated_at=now)
        made._say(draft)
        made.record(FranchiseCreated(at=now, franchise_id=franchise_id, alias=made.alias, release_ids=made.release_ids))
        return made

    def edit(self, draft: FranchiseDraft, now: datetime) -> None:
        """Replace all that is said of it.  Raises ``BadAlias`` and what :func:`checked` does."""
        before, releases = self._facts(), self.release_ids
        self._say(draft)
        self.updated_at = now
        self.record(
            FranchiseUpdated(
                at=now,
                franchise_id=self.id,
                added=tuple(one for one in self.release_ids if one not in releases),
                removed=tuple(one for one in releases if one not in self.release_ids),
                changes=differences(before, self._facts()),
            )
        )

    def deleted(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(FranchiseDeleted(at=now, franchise_id=self.id, release_ids=self.release_ids))

    @property
    def release_ids(self) -> tuple[str, ...]:
        """In release order."""
        return tuple(member.release_id for member in self.members)

    @property
    def draft(self) -> FranchiseDraft:
        """What is said of it now, to say it again with something else."""
        return FranchiseDraft(
            alias=self.alias,
            name=self.name,
            description=self.description,
            members=self.members,
            relations=self.relations,
        )

    def _say(self, draft: FranchiseDraft) -> None:
        known = checked(draft)
        self.alias, self.name, self.description = known.alias, known.name, known.description
        self.members, self.relations = known.members, known.relations
        self.search_text = folded(known.name)

    def _facts(self) -> dict[str, Any]:
        return {
            "alias": self.alias,
            "name": self.name,
            "description": shown(self.description),
            **{str(order): shown(in_order(self.members, order)) for order in Order},
            "may_skip": shown([member.release_id for member in self.members if member.may_skip]),
            "notes": shown({member.release_id: member.note for member in self.members if member.note}),
            "relations": shown([f"{one.from_id} {one.kind} {one.to_id}" for one in self.relations]),
        }


def checked(draft: FranchiseDraft) -> FranchiseDraft:
    """``draft`` as it is kept, if it makes sense.

    Raises ``BadAlias``, :class:`EmptyFranchiseName`, :class:`FranchiseTextTooLong`, :class:`TooManyReleases`, :class:`MemberTwice`,
    :class:`BadPlace`, :class:`PlaceTwice`, :class:`TooManyRelations`, :class:`RelationOutside`, ``RelationCircle``.
    """
    name = draft.name.strip()
    if not name:
        raise EmptyFranchiseName
    notes = max((len(member.note) for member in draft.members), default=0)
    if len(name) > NAME_MAX or len(draft.description) > DESCRIPTION_MAX or notes > NOTE_MAX:
        raise FranchiseTextTooLong(name=NAME_MAX, description=DESCRIPTION_MAX, note=NOTE_MAX)
    if len(draft.members) > MAX_MEMBERS:
        raise TooManyReleases(limit=MAX_MEMBERS)
    known: set[str] = set()
    for member in draft.members:
        if member.release_id in known:
            raise MemberTwice(release_id=member.release_id)
        known.add(member.release_id)
    for order in Order:
        _check_places(draft.members, order)
    if len(draft.relations) > MAX_RELATIONS:
        raise TooManyRelations(limit=MAX_RELATIONS)
    relations = canonical(draft.relations)
    for relation in relations:
        for release_id in (relation.from_id, relation.to_id):
            if release_id not in known:
                raise RelationOutside(release_id=release_id)
    if found := circle(relations):
        raise RelationCircle(circle=" → ".join(found))
    members = tuple(sorted(draft.members, key=lambda member: member.release_place))
    return replace(draft, alias=checked_alias(draft.alias), name=name, members=members, relations=relations)


def _check_places(members: Iterable[Member], order: Order) -> None:
    taken: set[int] = set()
    for member in members:
        ordinal = member.place(order)
        if not 1 <= ordinal <= MAX_ORDINAL:
            raise BadPlace(limit=MAX_ORDINAL)
        if ordinal in taken:
            raise PlaceTwice(ordinal=ordinal, order=order.value)
        taken.add(ordinal)


def in_order(members: Iterable[Member], order: Order) -> list[str]:
    """The releases, the first to watch first."""
    return [member.release_id for member in sorted(members, key=lambda member: member.place(order))]


def in_line(
    orders: Mapping[Order, Sequence[str]], may_skip: Collection[str] = (), notes: Mapping[str, str] | None = None
) -> tuple[Member, ...]:
    """Members from their orders, each of which has all releases; places from 1 without gaps."""
    places = {order: {release_id: n for n, release_id in enumerate(ids, start=1)} for order, ids in orders.items()}
    return tuple(
        Member(
            release_id=release_id,
            release_place=places[Order.RELEASE][release_id],
            chronological_place=places[Order.CHRONOLOGICAL][release_id],
            recommended_place=places[Order.RECOMMENDED][release_id],
            may_skip=release_id in may_skip,
            note=(notes or {}).get(release_id, ""),
        )
        for release_id in orders[Order.RELEASE]
    )


def with_member(members: Sequence[Member], release_id: str, relation: Relation) -> tuple[Member, ...]:
    """``members`` with one more, which ``relation`` ties to one that is there: in every order before that one, where it is
    its prequel, else right after it."""
    anchor = relation.to_id if relation.from_id == release_id else relation.from_id
    kind = relation.kind if relation.to_id == release_id else relation.reversed.kind
    step = 0 if kind in {RelationKind.PREQUEL, RelationKind.ORIGIN, RelationKind.PARENT_STORY} else 1
    orders = {order: in_order(members, order) for order in Order}
    for ids in orders.values():
        ids.insert(ids.index(anchor) + step, release_id)
    return _kept(members, orders)


def united(one: Sequence[Member], other: Sequence[Member]) -> tuple[Member, ...]:
    """The members of two franchises as those of one, the second behind the first in every order."""
    orders = {order: [*in_order(one, order), *in_order(other, order)] for order in Order}
    return _kept([*one, *other], orders)


def _kept(members: Iterable[Member], orders: Mapping[Order, Sequence[str]]) -> tuple[Member, ...]:
    held = list(members)
    return in_line(
        orders,
        may_skip={member.release_id for member in held if member.may_skip},
        notes={member.release_id: member.note for member in held},
    )


def without(draft: FranchiseDraft, keep: Callable[[str], bool]) -> FranchiseDraft:
    """``draft`` with those releases alone, and the relations between them, that ``keep`` says yes to."""
    return replace(
        draft,
        members=tuple(member for member in draft.members if keep(member.release_id)),
        relations=tuple(one for one in draft.relations if keep(one.from_id) and keep(one.to_id)),
    )
