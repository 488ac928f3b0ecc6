"""Who sees which, by weight."""

from collections import Counter

from streaming.ads.choice import ranked

WEIGHTS = {"a": 1, "b": 2, "c": 5}


def order(viewer: str, weights: dict[str, int], slot: str = "home") -> list[str]:
    return ranked(list(weights), key=str, weight=weights.__getitem__, viewer=viewer, slot=slot)


def test_each_is_first_for_its_share_of_viewers() -> None:
    viewers = 8_000
    firsts = Counter(order(f"v{number}", WEIGHTS)[0] for number in range(viewers))
    for name, weight in WEIGHTS.items():
        share = weight / sum(WEIGHTS.values())
        # Six standard deviations, and the same numbers each time.
        assert abs(firsts[name] - viewers * share) < 6 * (viewers * share * (1 - share)) ** 0.5, name


def test_one_viewer_sees_the_same_in_one_place_whatever_the_order_of_the_list() -> None:
    assert order("ann", WEIGHTS) == order("ann", dict(reversed(WEIGHTS.items())))
    assert len({tuple(order("ann", WEIGHTS, f"slot {number}")) for number in range(50)}) > 1


def test_a_new_one_takes_places_and_moves_nobody_else() -> None:
    with_new = WEIGHTS | {"d": 2}
    for number in range(500):
        before, after = order(f"v{number}", WEIGHTS), order(f"v{number}", with_new)
        assert [name for name in after if name != "d"] == before
