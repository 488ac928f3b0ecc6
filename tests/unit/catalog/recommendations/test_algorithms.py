"""EASE, TF-IDF, the blend, the varied order and the reasons, on matrices small enough to work out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.recommendations.algorithms import ease
from catalog.recommendations.algorithms.blend import CONTENT, blended, liked_together
from catalog.recommendations.algorithms.content import Contents, Label, LabelKind
from catalog.recommendations.algorithms.ease import Likes
from catalog.recommendations.algorithms.fitted import FittedModel, UnreadableModel
from catalog.recommendations.algorithms.reasons import because
from catalog.recommendations.algorithms.rerank import diversified

NONE = np.empty(0, dtype=np.int64)


def likes_of(*people: list[int], count: int) -> Likes:
    offsets = np.concatenate(([0], np.cumsum([len(items) for items in people]))).astype(np.int64)
    return Likes(offsets, np.array([item for items in people for item in items], dtype=np.int32), count)


def genres(*names: str) -> list[Label]:
    return [Label(LabelKind.GENRE, name, name.title()) for name in names]


def weights(found: ease.Neighbours) -> dict[tuple[int, int], float]:
    return {
        (work, int(other)): float(weight)
        for work in range(len(found))
        for other, weight in zip(found.items[work], found.weights[work], strict=True)
    }


def test_the_weights_of_ease_are_those_of_the_paper() -> None:
    # G = [[3, 2], [2, 2]], λ = 1: P = [[3, -2], [-2, 4]] / 8, B = [[0, 2/4], [2/3, 0]].
    found = ease.fit(likes_of([0, 1], [0, 1], [0], count=2), l2=1)
    assert weights(found) == pytest.approx({(0, 1): 0.5, (1, 0): 2 / 3})
    assert found.together.tolist() == [[2], [2]]


def test_the_weights_kept_are_the_largest_by_magnitude_and_stand_in_their_order() -> None:
    people = [[0, 1], [0, 1], [0, 1], [2, 3], [2, 3], [0, 3], [1, 2]]
    everything = ease.fit(likes_of(*people, count=4), l2=1)
    gram = np.array([[sum(a in p and b in p for p in people) for b in range(4)] for a in range(4)], dtype=float)
    inverse = np.linalg.inv(gram + np.eye(4))
    expected = -inverse / np.diag(inverse)
    assert weights(everything) == pytest.approx(
        {(a, b): expected[a, b] for a in range(4) for b in range(4) if a != b}, abs=1e-6
    )
    assert all(list(row) == sorted(row, reverse=True) for row in everything.weights.tolist())
    kept = ease.fit(likes_of(*people, count=4), l2=1, neighbours=2)
    for work in range(4):
        others = sorted((other for other in range(4) if other != work), key=lambda other: -abs(expected[work, other]))
        assert set(kept.items[work].tolist()) == set(others[:2])


@pytest.mark.parametrize("size", [1, 256, 300])
def test_a_matrix_is_inverted_in_place_block_by_block(size: int) -> None:
    dice = np.random.default_rng(size)
    likes = (dice.random((2 * size, size)) < 0.05).astype(np.float32)
    matrix = likes.T @ likes + 10 * np.eye(size, dtype=np.float32)
    told: list[float] = []
    inverse = matrix.copy()
    ease.invert(inverse, told.append)
    assert np.abs(inverse @ matrix - np.eye(size)).max() < 1e-4
    assert (told[-1], len(told)) == (1, -(-size // 256))


def test_who_takes_part_is_liked_enough_and_the_most_liked() -> None:
    likes = likes_of([0, 1, 2], [0, 2], [0, 3], [3], count=5)
    assert ease.selected(likes, least=2).tolist() == [0, 2, 3]
    assert ease.selected(likes, least=2, most=2).tolist() == [0, 2], "of equals the first"
    kept = ease.restricted(likes, np.array([0, 2]))
    assert (kept.offsets.tolist(), kept.items.tolist(), kept.count) == ([0, 2, 4, 5, 5], [0, 1, 0, 1, 0], 2)
    assert len(ease.fit(ease.restricted(likes, NONE))) == 0


def test_the_likeness_of_labels() -> None:
    # A label of n works of 3 weighs ln(1 + 3/n): drama 2 → 0.916, space 1 → 1.386, war 1 → 1.386.
    contents = Contents.build([genres("drama", "space"), genres("drama", "war"), []])
    drama, rare = math.log(1 + 3 / 2), math.log(1 + 3)
    alike = drama**2 / (drama**2 + rare**2)
    assert contents.likeness_to(0, np.array([0, 1, 2])).tolist() == pytest.approx([1, alike, 0])
    of_first = contents.likeness(contents.profile(np.array([0]), NONE))
    assert of_first.tolist() == pytest.approx([1, alike, 0])
    torn = contents.profile(np.array([0]), np.array([0]))
    assert torn.tolist() == pytest.approx((contents.profile(np.array([0]), NONE) / 2).tolist()), "half is taken away"
    assert contents.likeness(contents.profile(NONE, NONE)).tolist() == [0, 0, 0]
    assert [label.text for label in contents.shared(0, 1, 3)] == ["Drama"]


def test_the_form_of_a_work_is_no_reason_to_name() -> None:
    kind = [Label(LabelKind.TYPE, "TV", "TV"), Label(LabelKind.DECADE, "199", "1990s")]
    contents = Contents.build([[*genres("war"), *kind], kind])
    assert contents.likeness_to(0, np.array([1]))[0] > 0
    assert contents.shared(0, 1, 3) == []


def neighbours() -> ease.Neighbours:
    return ease.Neighbours(
        np.array([[1, 2], [0, 2], [0, 1]], dtype=np.int32),
        np.array([[0.5, -0.1], [0.4, 0.2], [0.3, -0.2]], dtype=np.float32),
        np.array([[20, 0], [20, 5], [0, 5]], dtype=np.int32),
    )


def test_what_is_liked_together_is_a_sum_and_a_dislike_takes_half_of_its_own_away() -> None:
    found = liked_together(neighbours(), np.array([0, 1]), NONE, 3)
    assert found.sums.tolist() == pytest.approx([0.4, 0.5, 0.1])
    assert found.together.tolist() == [20, 20, 5]
    less = liked_together(neighbours(), np.array([0]), np.array([2]), 3)
    assert less.sums.tolist() == pytest.approx([-0.15, 0.5, -0.1]), "what is seldom liked with it is no better for that"
    assert less.together.tolist() == [0, 20, 0], "dislikes are nothing to lean on"


def test_the_blend_leans_on_likes_as_far_as_there_are_any() -> None:
    found = liked_together(neighbours(), np.array([0]), NONE, 3)
    likeness = np.array([0.0, 0.2, 0.8], dtype=np.float32)
    mixed = blended(found, likeness)
    assert mixed.share.tolist() == pytest.approx([0, 0.5, 0])
    assert mixed.scores.tolist() == pytest.approx([0, 0.5 * 1 + 0.5 * CONTENT * 0.25, CONTENT])
    allowed = np.array([True, True, False])
    assert blended(found, likeness, allowed).scores[1] == pytest.approx(0.5 + 0.5 * CONTENT), "measured by what may be"


def test_a_reason_is_the_largest_summand() -> None:
    contents = Contents.build([genres("war"), genres("war"), genres("love", "war"), genres("love")])
    rows = np.array([0, 1, 2, -1])
    liked = np.array([0, 3])
    together = liked_together(neighbours(), rows[liked[:1]], NONE, 4)
    profile = contents.profile(liked, NONE)
    mixed = blended(together, contents.likeness(profile))
    first, second = because([1, 2], liked, profile, mixed, contents, neighbours(), rows)
    assert (first.liked, first.together, first.shared) == (0, 20, ())
    assert (second.liked, second.together) == (3, 0), "its weight from 0 is negative, and love is rarer than war"
    assert [label.key for label in second.shared] == ["love"]


def chosen(scores: list[float], alike: list[list[float]], franchises: list[str | None], studios: list[tuple[str, ...]], count: int) -> list[int]:  # fmt: skip
    likeness = np.array(alike, dtype=np.float32)
    return diversified(np.array(scores, dtype=np.float32), lambda at: likeness[at], franchises, studios, count=count)


def test_the_next_one_is_good_and_different() -> None:
    # The second best is like the best (0.9): 0.7 · 0.95 - 0.3 · 0.9 = 0.395; the third is not: 0.7 · 0.8 = 0.56.
    alike: list[list[float]] = [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]]
    assert chosen([1, 0.95, 0.8], alike, [None] * 3, [()] * 3, 3) == [0, 2, 1]


works = st.lists(
    st.tuples(st.floats(0.01, 1), st.sampled_from(["a", "b", "c", None]), st.sets(st.sampled_from("xyz"), max_size=2)),
    max_size=30,
)


@given(works, st.integers(1, 12))
def test_no_list_has_two_of_a_franchise_or_four_of_a_studio(
    candidates: list[tuple[float, str | None, set[str]]], count: int
) -> None:
    scores, franchises = [score for score, _, _ in candidates], [franchise for _, franchise, _ in candidates]
    studios = [tuple(sorted(group)) for _, _, group in candidates]
    same = np.eye(len(candidates), dtype=np.float32).tolist()
    found = chosen(scores, same, franchises, studios, count)
    assert len(found) == len(set(found)) <= count
    known = [franchises[place] for place in found if franchises[place] is not None]
    assert len(known) == len(set(known))
    assert all(sum(studio in studios[place] for place in found) <= 3 for studio in "xyz")
    if len(found) < count:  # then nothing else may be added
        for place in set(range(len(candidates))) - set(found):
            full = [studio for studio in studios[place] if sum(studio in studios[one] for one in found) >= 3]
            assert franchises[place] in known or full


def test_a_model_comes_back_from_its_bytes() -> None:
    people = [[0, 1, 2]] * 5 + [[1, 3]]
    model = FittedModel.build(["a", "b", "c", "d"], likes_of(*people, count=4), np.array([6, 7, 8, 9], dtype=np.int32))
    assert (model.items, model.release_ids) == (3, ("a", "b", "c", "d")), "one like is too little for d"
    again = FittedModel.unpacked(model.packed())
    assert (again.release_ids, again.likes.tolist(), again.members.tolist()) == (model.release_ids, [5, 6, 5, 1], [6, 7, 8, 9])  # fmt: skip
    assert again.neighbours.items.tolist() == model.neighbours.items.tolist()
    assert again.neighbours.weights == pytest.approx(model.neighbours.weights, rel=1e-3)
    assert FittedModel.unpacked(FittedModel.build([], likes_of(count=0), np.zeros(0, np.int32)).packed()).items == 0
    for broken in (b"", b"PK\x03\x04", model.packed()[:-40]):
        with pytest.raises(UnreadableModel):
            FittedModel.unpacked(broken)
