"""What a franchise may be, its orders, and how far somebody is in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog.franchises.model import (
    MAX_MEMBERS,
    BadPlace,
    EmptyFranchiseName,
    Franchise,
    FranchiseCreated,
    FranchiseDraft,
    FranchiseId,
    FranchiseTextTooLong,
    FranchiseUpdated,
    Member,
    MemberTwice,
    Order,
    PlaceTwice,
    RelationOutside,
    TooManyRelations,
    TooManyReleases,
    in_line,
    in_order,
    united,
    with_member,
    without,
)
from catalog.franchises.progress import Season, SeasonProgress, Seen, candidates, seasons_seen
from catalog.franchises.relations import Relation, RelationCircle, RelationKind
from catalog.releases.model import BadAlias
from kernel.errors import AniError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEQUEL, PREQUEL = RelationKind.SEQUEL, RelationKind.PREQUEL


def member(release_id: str, *places: int, may_skip: bool = False) -> Member:
    release, chronological, recommended = places if len(places) == 3 else places * 3
    return Member(
        release_id=release_id,
        release_place=release,
        chronological_place=chronological,
        recommended_place=recommended,
        may_skip=may_skip,
    )


DRAFT = FranchiseDraft(
    alias="monogatari",
    name=" Monogatari ",
    members=(member("b", 2, 1, 2), member("a", 1, 2, 1), member("c", 9, 8, 7)),
    relations=(Relation("b", "a", PREQUEL), Relation("a", "b", SEQUEL)),
)


def test_a_franchise_is_kept_in_release_order_with_each_relation_once() -> None:
    made = Franchise.create(FranchiseId("f"), DRAFT, NOW)
    assert (made.name, made.release_ids, made.relations) == (
        "Monogatari",
        ("a", "b", "c"),
        (Relation("a", "b", SEQUEL),),
    )
    assert [in_order(made.members, order) for order in Order] == [["a", "b", "c"], ["b", "a", "c"], ["a", "b", "c"]]
    (event,) = made.pull_events()
    assert event == FranchiseCreated(at=NOW, franchise_id="f", alias="monogatari", release_ids=("a", "b", "c"))


def test_an_edit_says_what_it_changed() -> None:
    made = Franchise.create(FranchiseId("f"), DRAFT, NOW)
    made.pull_events()
    made.edit(replace(made.draft, members=(member("a", 1), member("d", 2)), relations=()), NOW)
    (event,) = made.pull_events()
    assert isinstance(event, FranchiseUpdated)
    assert (event.added, event.removed) == (("d",), ("b", "c"))
    assert event.changes["relations"] == (["a sequel b"], [])
    assert "name" not in event.changes


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"alias": "Not An Alias"}, BadAlias),
        ({"name": " \t"}, EmptyFranchiseName),
        ({"name": "x" * 256}, FranchiseTextTooLong),
        ({"members": (member("a", 1), member("a", 2)), "relations": ()}, MemberTwice),
        ({"members": (member("a", 1, 1, 1), member("b", 2, 2, 1))}, PlaceTwice),
        ({"members": (member("a", 0), member("b", 2))}, BadPlace),
        ({"members": tuple(member(str(n), n) for n in range(1, MAX_MEMBERS + 2)), "relations": ()}, TooManyReleases),
        ({"relations": DRAFT.relations * 2_000}, TooManyRelations),
        ({"relations": (Relation("a", "z", SEQUEL),)}, RelationOutside),
        ({"relations": (Relation("a", "b", SEQUEL), Relation("b", "a", SEQUEL))}, RelationCircle),
    ],
)
def test_what_is_refused_leaves_it_as_it_was(changes: dict[str, object], error: type[AniError]) -> None:
    made = Franchise.create(FranchiseId("f"), DRAFT, NOW)
    before = made.draft
    with pytest.raises(error):
        made.edit(replace(DRAFT, **changes), NOW)  # type: ignore[arg-type]  # of a table
    assert made.draft == before


@pytest.mark.parametrize(
    ("relation", "orders"),
    [
        (Relation("a", "x", SEQUEL), ["axbc", "baxc", "axbc"]),
        (Relation("x", "b", PREQUEL), ["abxc", "bxac", "abxc"]),
        (Relation("b", "x", PREQUEL), ["axbc", "xbac", "axbc"]),
        (Relation("x", "a", SEQUEL), ["xabc", "bxac", "xabc"]),
        (Relation("c", "x", RelationKind.SIDE_STORY), ["abcx", "bacx", "abcx"]),
    ],
)
def test_a_new_one_comes_beside_what_it_belongs_to(relation: Relation, orders: list[str]) -> None:
    members = with_member(Franchise.create(FranchiseId("f"), DRAFT, NOW).members, "x", relation)
    assert ["".join(in_order(members, order)) for order in Order] == orders


def test_two_become_one_and_keep_what_was_said_of_each() -> None:
    skipped = replace(member("x", 5), may_skip=True, note="A recap")
    members = united(DRAFT.members, (skipped,))
    assert ["".join(in_order(members, order)) for order in Order] == ["abcx", "bacx", "abcx"]
    assert [(one.may_skip, one.note) for one in members][-1] == (True, "A recap")


def test_without_a_release_its_relations_go_too() -> None:
    left = without(DRAFT, lambda release_id: release_id != "a")
    assert ([one.release_id for one in left.members], left.relations) == (["b", "c"], ())


LINE = in_line(dict.fromkeys(Order, ("a", "b", "c", "d")), may_skip={"b"})
SEASONS = {
    "a": Season("a", 12, 12),
    "b": Season("b", 1, 1),
    "c": Season("c", 3, None),
    "d": Season("d", 0, 24, is_ongoing=True),
}


def counted(**seen: Seen) -> list[SeasonProgress]:
    return seasons_seen(LINE, SEASONS, seen)


def test_one_bar_over_all_seasons() -> None:
    progress = counted(a=Seen(14), c=Seen(1))
    assert [(one.watched, one.total) for one in progress] == [(12, 12), (0, 1), (1, 3), (0, 24)]
    assert candidates(progress) == ["c", "d"], "what may be skipped is passed over"


def test_what_may_be_skipped_is_gone_on_with_once_begun() -> None:
    seasons = {**SEASONS, "b": Season("b", 2, 2)}
    assert candidates(seasons_seen(LINE, seasons, {"b": Seen(1)})) == ["a", "b", "c", "d"]


def test_the_watched_shelf_counts_and_abandoned_is_left_alone() -> None:
    progress = counted(a=Seen(on_watched_shelf=True), c=Seen(abandoned=True), d=Seen(on_watched_shelf=True))
    assert [one.watched for one in progress] == [12, 0, 0, 0], "more of d is still to come"
    assert candidates(progress) == ["d"]


def test_a_release_nobody_knows_an_episode_of_is_not_finished() -> None:
    (one,) = seasons_seen(LINE[:1], {"a": Season("a", 0, None)}, {"a": Seen(on_watched_shelf=True)})
    assert not one.is_finished
