"""Where episodes go when releases are merged, and what stands against going back."""

from datetime import UTC, datetime, timedelta

from accounts.library.collections.model import Favorite, ShelfItem, ShelfName
from accounts.library.merging.rules import joined_favorite, joined_progress, joined_shelf
from accounts.library.progress.model import Progress
from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.merging.model import Placement
from catalog.releases.merging.plan import edited_since, misplaced, placed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def episode(name: str, ordinal: float, *, playable: bool = True) -> EpisodePlace:
    return EpisodePlace(name, name[0], ordinal, playable)


def test_episodes_come_over_where_their_number_is_free() -> None:
    placements, replaced = placed("a", "b", [episode("a1", 1)], [episode("b1", 1), episode("b2", 2)])
    assert placements == (Placement("b2", "b", 2, "a", 2),)
    assert replaced == {"b1": "a1"}


def test_what_can_be_played_changes_places_with_what_cannot() -> None:
    placements, replaced = placed("a", "b", [episode("a1", 1, playable=False)], [episode("b1", 1)])
    assert placements == (Placement("b1", "b", 1, "a", 1), Placement("a1", "a", 1, "b", 1))
    assert replaced == {"a1": "b1"}
    assert [one.reversed.reversed for one in placements] == list(placements)


def test_what_stands_against_going_back() -> None:
    way = (Placement("b2", "b", 2, "a", 2),)
    assert misplaced({"b2": ("a", 2), "a1": ("a", 1)}, way) == []
    assert misplaced({}, way) == ["episode 2 was deleted"]
    assert misplaced({"b2": ("a", 7)}, way) == ["episode 2 was moved or renumbered"]
    assert misplaced({"b2": ("a", 2), "x": ("b", 2)}, way) == ["there is another episode 2 by now"]
    assert edited_since({"year": 2001, "season": "winter"}, {"year": [None, 2000], "season": [None, "winter"]}) == [
        "year"
    ]


def test_one_persons_rows_of_both() -> None:
    older, newer = Favorite(release_id="b", added_at=NOW), Favorite(release_id="a", added_at=LATER)
    assert joined_favorite("a", newer, older).added_at == NOW
    assert joined_favorite("a", None, older) == Favorite(release_id="a", added_at=NOW)
    one = ShelfItem(release_id="a", shelf=ShelfName.PLANNED, changed_at=LATER)
    other = ShelfItem(release_id="b", shelf=ShelfName.WATCHED, changed_at=NOW, started_at=NOW, finished_at=NOW)
    assert (joined_shelf("a", one, other).shelf, joined_shelf("a", one, other).started_at) == (ShelfName.PLANNED, NOW)
    seen = Progress(
        user_id="u", episode_id="b1", release_id="b", position_ms=9, duration_ms=9, at_ms=5, finished=True,
        watched_at_ms=5, completions=1,
    )  # fmt: skip
    begun = Progress(
        user_id="u", episode_id="a1", release_id="a", position_ms=3, duration_ms=9, at_ms=8, finished=False
    )
    joined = joined_progress("a", "a1", begun, seen)
    assert (joined.episode_id, joined.position_ms, joined.is_watched) == ("a1", 3, True)
