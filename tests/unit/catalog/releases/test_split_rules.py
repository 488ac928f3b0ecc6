"""What a split moves, how it counts, and what it refuses."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.releases.episodes.model import EpisodePlace
from catalog.releases.external_ids import NO_EXTERNAL_IDS, ExternalIds
from catalog.releases.locks.model import LockedField
from catalog.releases.merging.model import Placement
from catalog.releases.model import Release, ReleaseDraft, ReleaseId, ReleaseType
from catalog.releases.names import Names
from catalog.releases.splitting.model import (
    AllEpisodesChosen,
    ForeignEpisodes,
    ForeignIdentifiers,
    NoEpisodesChosen,
)
from catalog.releases.splitting.plan import SplitRequest, planned, shifted_by, whole_numbers

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IDS = ExternalIds(mal="5", anidb="7")


def release(**facts: Any) -> Release:
    facts = {"alias": "old", "type": ReleaseType.TV, "name": Names("Old"), "external_ids": IDS, **facts}
    return Release.create(ReleaseId("old"), ReleaseDraft(**facts), [], NOW)


def episodes(*ordinals: float) -> list[EpisodePlace]:
    return [EpisodePlace(f"e{one:g}", "old", one) for one in ordinals]


def request(*ids: str, **said: Any) -> SplitRequest:
    usual: dict[str, Any] = {
        "alias": "new",
        "type": ReleaseType.TV,
        "name": Names("New"),
        "year": 2020,
        "external_ids": NO_EXTERNAL_IDS,
        "renumber": False,
    }
    return SplitRequest(episode_ids=ids, **(usual | said))


@pytest.mark.parametrize(
    ("ordinals", "shift"), [((13, 14, 24.5), 12), ((1, 2), 0), ((0, 1), 0), ((0.5,), 0), ((12.5, 13), 11)]
)
def test_numbers_begin_with_one_and_keep_their_gaps(ordinals: tuple[float, ...], shift: int) -> None:
    assert shifted_by(ordinals) == shift


def test_a_total_counts_whole_numbers() -> None:
    assert whole_numbers([0, 1, 2, 2.5, 3]) == 3


def test_what_moves_and_what_is_locked() -> None:
    asked = request("e2", "e3", "e2", external_ids=ExternalIds(mal="5"), renumber=True)
    plan = planned(release(episodes_total=12), "new", asked, episodes(1, 2, 3))
    assert plan.placements == (Placement("e2", "old", 2, "new", 1), Placement("e3", "old", 3, "new", 2))
    assert plan.fields == {"external_ids.mal": ("5", None), "episodes_total": (12, 10)}
    assert plan.locks == (LockedField.EXTERNAL_IDS, LockedField.EPISODES_TOTAL)
    assert (plan.draft.external_ids, plan.draft.episodes_total) == (ExternalIds(mal="5"), 2)


def test_nothing_is_locked_that_did_not_change() -> None:
    plan = planned(release(), "new", request("e2"), episodes(1, 2))
    assert (plan.fields, plan.locks) == ({}, ())


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        pytest.param(request(), NoEpisodesChosen, id="none"),
        pytest.param(request("e1", "e2"), AllEpisodesChosen, id="all"),
        pytest.param(request("e1", "x"), ForeignEpisodes, id="foreign"),
        pytest.param(request("e1", external_ids=ExternalIds(mal="6")), ForeignIdentifiers, id="another-number"),
        pytest.param(request("e1", external_ids=ExternalIds(imdb="tt1234567")), ForeignIdentifiers, id="no-such"),
    ],
)
def test_what_is_refused(asked: SplitRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        planned(release(), "new", asked, episodes(1, 2))
