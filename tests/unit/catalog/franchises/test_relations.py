"""How releases are related: one direction for each relation, and no circles."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.franchises.relations import BadRelation, Relation, RelationKind, canonical, circle

SEQUEL, PREQUEL, SIDE = RelationKind.SEQUEL, RelationKind.PREQUEL, RelationKind.SIDE_STORY


def chain(*ids: str, kind: RelationKind = SEQUEL) -> list[Relation]:
    return [Relation(one, other, kind) for one, other in pairwise(ids)]


def test_a_sequel_is_a_prequel_seen_from_the_other_side() -> None:
    assert canonical([Relation("a", "b", SEQUEL), Relation("b", "a", PREQUEL)]) == (Relation("a", "b", SEQUEL),)


@pytest.mark.parametrize("kind", RelationKind)
def test_every_kind_has_one_direction_and_comes_back(kind: RelationKind) -> None:
    relation = Relation("b", "a", kind)
    assert relation.canonical == relation.reversed.canonical == relation.canonical.canonical
    assert relation.reversed.reversed == relation


def test_nothing_is_related_to_itself() -> None:
    with pytest.raises(BadRelation):
        Relation("a", "a", SEQUEL)


@pytest.mark.parametrize(
    ("relations", "found"),
    [
        (chain("a", "b", "c"), []),
        (chain("a", "b", "c", "a"), ["a", "b", "c", "a"]),
        ([*chain("a", "b"), Relation("a", "b", PREQUEL)], ["a", "b", "a"]),
        (chain("x", "a", "b", "a"), ["a", "b", "a"]),
        ([*chain("a", "b"), Relation("b", "a", SIDE)], []),  # each kind by itself
        (chain("a", "b", "a", kind=SIDE), ["a", "b", "a"]),
        (chain("a", "b", "c", "a", kind=RelationKind.OTHER), []),  # has no direction
        ([*chain("a", "b", "d"), *chain("a", "c", "d")], []),  # two ways to one
    ],
)
def test_circles(relations: list[Relation], found: list[str]) -> None:
    assert list(circle(relations)) == found


def test_a_long_chain_is_no_recursion() -> None:
    ids = [str(number) for number in range(5_000)]
    assert circle(chain(*ids)) == ()
    assert len(circle(chain(*ids, "0"))) == 5_001


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=20))
def test_a_circle_is_found_exactly_where_no_order_exists(pairs: list[tuple[int, int]]) -> None:
    found = circle([Relation(str(one), str(other), SEQUEL) for one, other in pairs])
    left = set(pairs)
    while sources := {one for one, _ in left} - {other for _, other in left}:
        left = {pair for pair in left if pair[0] not in sources}
    assert bool(found) == bool(left)
    assert all((int(one), int(other)) in set(pairs) for one, other in pairwise(found))
