"""What is recommended to whom, over a catalogue of some works."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.recommendations.algorithms.content import Label, LabelKind
from catalog.recommendations.algorithms.fitted import FittedModel, is_due
from catalog.recommendations.algorithms.gathering import Gathering
from catalog.recommendations.engine import CatalogueItem, CatalogueItems, Snapshot
from catalog.recommendations.model import Opinion, Preferences, Reason, ReasonKind, Signal, Taste, opinion

NOW = datetime(2026, 11, 30, tzinfo=UTC)
NOBODY = frozenset[str]()


def item(
    release_id: str,
    *genres: str,
    kind: str = "TV",
    year: int | None = 2010,
    franchise: str | None = None,
    studio: str | None = None,
) -> CatalogueItem:
    labels = [Label(LabelKind.GENRE, genre, genre.title()) for genre in genres]
    labels += [] if studio is None else [Label(LabelKind.STUDIO, studio, studio)]
    return CatalogueItem(release_id=release_id, kind=kind, year=year, labels=tuple(labels), franchise_id=franchise)


def gathered(*people: tuple[str, ...]) -> FittedModel:
    gathering = Gathering()
    for number, liked in enumerate(people):
        gathering.add({f"person {number}": [Signal(release_id=release_id, favorite=True) for release_id in liked]})
    return FittedModel.build(*gathering.finished())


CATALOGUE = [
    item("mecha", "mecha", "war", franchise="robots", studio="sunrise"),
    item("mecha 2", "mecha", "war", franchise="robots", studio="sunrise"),
    item("space", "space", "war", studio="sunrise"),
    item("love", "romance"),
    item("film", "romance", kind="MOVIE", year=2026),
    item("old", "history", year=1980),
]
MODEL = gathered(*[("mecha", "love")] * 6, *[("space", "old", "mecha")] * 5, *[("love",)] * 3)


def ids(snapshot: Snapshot, taste: Taste, preferences: Preferences | None = None, hidden: frozenset[str] = NOBODY) -> list[str]:  # fmt: skip
    found = snapshot.recommend(taste, preferences or Preferences(), hidden, NOW)
    return [one.release_id for one in found]


def test_what_a_like_is() -> None:
    said = {
        Opinion.LIKED: [
            Signal(release_id="a", favorite=True),
            Signal(release_id="a", favorite=True, score=1),
            Signal(release_id="a", score=8, shelf="ABANDONED", episodes_watched=9),
            Signal(release_id="a", shelf="WATCHED"),
            Signal(release_id="a", shelf="WATCHING", episodes_watched=1),
        ],
        Opinion.DISLIKED: [Signal(release_id="a", score=4, shelf="WATCHED")],
        Opinion.DROPPED: [Signal(release_id="a", shelf="ABANDONED", episodes_watched=3)],
        Opinion.NONE: [
            Signal(release_id="a", shelf="WATCHING"),
            Signal(release_id="a", shelf="PLANNED"),
            Signal(release_id="a", shelf="POSTPONED", episodes_watched=5),
            Signal(release_id="a", shelf="ABANDONED", episodes_watched=2),
            Signal(release_id="a", episodes_watched=12),
            Signal(release_id="a", score=7, shelf="WATCHED"),
        ],
    }
    for expected, signals in said.items():
        assert {opinion(signal) for signal in signals} == {expected}
    taste = Taste.of([Signal(release_id="a", favorite=True), Signal(release_id="b", shelf="PLANNED")])
    assert taste == Taste(liked=("a",), known=frozenset({"a", "b"}))


def test_what_is_liked_together_comes_first_and_says_why() -> None:
    snapshot = Snapshot(CatalogueItems(CATALOGUE), MODEL)
    found = snapshot.recommend(Taste(liked=("mecha",), known=frozenset({"mecha"})), Preferences(), NOBODY, NOW)
    liked = Reason(kind=ReasonKind.LIKED_TOGETHER, because_id="mecha", people=5)
    # Five like it with space and with old: that it is a war of the same studio decides; six like it with love.
    assert [(one.release_id, one.reason) for one in found] == [
        ("space", liked),
        ("love", replace(liked, people=6)),
        ("old", liked),
        ("film", Reason(kind=ReasonKind.RECENT)),
    ]
    alike = Snapshot(CatalogueItems(CATALOGUE), None).recommend(
        Taste(liked=("mecha",), known=frozenset({"mecha"})), Preferences(), NOBODY, NOW
    )[0]
    shared = Reason(kind=ReasonKind.ALIKE, because_id="mecha", shared=("War", "sunrise"))
    assert (alike.release_id, alike.reason) == ("space", shared)


def test_a_stranger_gets_what_is_popular_and_new_and_is_told_so() -> None:
    found = Snapshot(CatalogueItems(CATALOGUE), MODEL).recommend(Taste(), Preferences(), NOBODY, NOW)
    reasons = {one.release_id: (one.reason.kind, one.reason.people) for one in found}
    assert reasons["love"] == (ReasonKind.POPULAR, 9)
    assert reasons["film"] == (ReasonKind.RECENT, 0)
    assert len(found) == 5, "one of the two of a franchise"
    before = Snapshot(CatalogueItems(CATALOGUE), None).recommend(Taste(), Preferences(), NOBODY, NOW)
    assert before[0].release_id == "film"
    assert {one.reason.kind for one in before[1:]} == {ReasonKind.VARIED}


def test_switches() -> None:
    snapshot = Snapshot(CatalogueItems(CATALOGUE), MODEL)
    taste = Taste(liked=("mecha",), known=frozenset({"mecha"}))
    assert "mecha 2" not in ids(snapshot, taste)
    assert "mecha 2" in ids(snapshot, taste, Preferences(sequels=True))
    dropped = Taste(liked=("love",), dropped=("mecha",), known=frozenset({"mecha", "love"}))
    assert "mecha 2" not in ids(snapshot, dropped, Preferences(sequels=True)), "never more of what was dropped"
    assert ids(snapshot, taste, Preferences(kinds=("MOVIE",))) == ["film"]
    assert set(ids(snapshot, taste, Preferences(minimum_members=6))) == {"love"}
    assert "space" not in ids(snapshot, taste, hidden=frozenset({"space"}))


def test_what_was_dropped_counts_against_its_neighbours_where_it_shall() -> None:
    together = [("mecha", "love")] * 6 + [("mecha", "old", "space")] * 8 + [("old", "space")] * 20
    snapshot = Snapshot(CatalogueItems(CATALOGUE), gathered(*together))
    taste = Taste(liked=("mecha",), dropped=("space",), known=frozenset({"mecha", "space"}))
    assert ids(snapshot, taste, Preferences(count_dropped=False))[:2] == ["old", "love"]
    assert ids(snapshot, taste)[:2] == ["love", "old"]


def test_similar_to_a_release() -> None:
    snapshot = Snapshot(CatalogueItems(CATALOGUE), MODEL)
    found = snapshot.similar("mecha")
    assert [one.release_id for one in found] == ["space", "love", "old"], "and nothing of its own franchise"
    assert all(one.reason.because_id == "mecha" for one in found)
    assert snapshot.similar("nobody knows it") == []


def test_releases_that_left_the_catalogue_leave_the_model() -> None:
    kept = [one for one in CATALOGUE if one.release_id not in {"love", "mecha 2"}]
    found = ids(
        Snapshot(CatalogueItems(kept), MODEL), Taste(liked=("mecha", "love"), known=frozenset({"mecha", "love"}))
    )
    assert set(found) == {"space", "old", "film"}
    assert ids(Snapshot(CatalogueItems([]), MODEL), Taste(liked=("mecha",))) == []


names = st.sampled_from([one.release_id for one in CATALOGUE])


@settings(max_examples=40)  # each looks at the whole catalogue: 10 ms
@given(st.frozensets(names), st.frozensets(names), st.frozensets(names), st.frozensets(names), st.booleans())
def test_nothing_of_ones_own_list_and_nothing_hidden(
    liked: frozenset[str], disliked: frozenset[str], planned: frozenset[str], hidden: frozenset[str], sequels: bool
) -> None:
    known = liked | disliked | planned
    taste = Taste(liked=tuple(sorted(liked)), disliked=tuple(sorted(disliked - liked)), known=known)
    found = ids(Snapshot(CatalogueItems(CATALOGUE), MODEL), taste, Preferences(sequels=sequels), hidden)
    assert len(found) == len(set(found))
    assert not set(found) & (known | hidden)
    assert not {"mecha", "mecha 2"} <= set(found), "one of a franchise"


def test_what_people_like_is_added_up() -> None:
    gathering = Gathering()
    gathering.add({"one": [Signal(release_id="a", favorite=True), Signal(release_id="b", shelf="PLANNED")], "two": []})
    gathering.add({"three": [Signal(release_id="b", favorite=True), Signal(release_id="a", shelf="WATCHED")]})
    release_ids, likes, members = gathering.finished()
    of = dict(zip(release_ids, zip(likes.liked_by().tolist(), members.tolist(), strict=True), strict=True))
    assert (gathering.people, of) == (3, {"a": (2, 2), "b": (1, 2)})
    assert np.diff(likes.offsets).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("built", "now", "due"),
    [
        (None, "2026-11-30T12:00", True),
        ("2026-11-30T03:10", "2026-11-30T12:00", False),
        ("2026-11-29T23:00", "2026-11-30T02:59", False),
        ("2026-11-29T23:00", "2026-11-30T03:00", True),
        ("2026-11-28T03:10", "2026-11-30T02:00", True),
    ],
)
def test_a_model_a_night(built: str | None, now: str, due: bool) -> None:
    moment = None if built is None else datetime.fromisoformat(built).replace(tzinfo=UTC)
    assert is_due(moment, datetime.fromisoformat(now).replace(tzinfo=UTC)) is due
