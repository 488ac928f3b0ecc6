"""Shelves: what watching does to them, and how changes are cut into answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.library.collections.model import (
    CatalogRelease,
    Favorite,
    ShelfItem,
    ShelfName,
    after_watching,
    put,
    taken_away,
)
from accounts.library.sync.model import up_to, whole_revisions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SERIES = CatalogRelease(release_id="r", episodes_total=12)
RUNNING = CatalogRelease(release_id="r")


def on(shelf: ShelfName | None) -> ShelfItem | None:
    return None if shelf is None else put(None, "r", shelf, NOW)


@pytest.mark.parametrize(
    ("before", "watched", "release", "after"),
    [
        (None, 0, SERIES, None),
        (None, 1, SERIES, ShelfName.WATCHING),
        (None, 12, SERIES, ShelfName.WATCHED),
        (None, 99, RUNNING, ShelfName.WATCHING),
        (ShelfName.PLANNED, 1, SERIES, ShelfName.WATCHING),
        (ShelfName.POSTPONED, 3, SERIES, ShelfName.WATCHING),
        (ShelfName.POSTPONED, 12, SERIES, ShelfName.WATCHED),
        (ShelfName.WATCHING, 5, SERIES, None),
        (ShelfName.WATCHING, 12, SERIES, ShelfName.WATCHED),
        (ShelfName.WATCHING, 13, SERIES, ShelfName.WATCHED),
        (ShelfName.WATCHED, 12, SERIES, None),
        (ShelfName.WATCHED, 1, SERIES, None),
        (ShelfName.ABANDONED, 1, SERIES, None),
        (ShelfName.ABANDONED, 12, SERIES, None),
    ],
)
def test_watching_moves_a_release(
    before: ShelfName | None, watched: int, release: CatalogRelease, after: ShelfName | None
) -> None:
    moved = after_watching(on(before), release, episodes_watched=watched, now=LATER)
    assert (moved.shelf if moved else None) == after


def test_what_was_taken_away_begins_anew() -> None:
    known = on(ShelfName.WATCHED)
    assert known is not None
    moved = after_watching(taken_away(known, NOW), SERIES, episodes_watched=1, now=LATER)
    assert moved is not None
    assert (moved.shelf, moved.started_at, moved.finished_at, moved.removed) == (ShelfName.WATCHING, LATER, None, False)


def test_dates_of_beginning_and_end() -> None:
    planned = on(ShelfName.PLANNED)
    assert planned is not None
    assert (planned.started_at, planned.finished_at) == (None, None)
    watching = put(planned, "r", ShelfName.WATCHING, NOW)
    watched = put(watching, "r", ShelfName.WATCHED, LATER)
    assert (watched.started_at, watched.finished_at) == (NOW, LATER)
    assert put(watched, "r", ShelfName.WATCHED, LATER + timedelta(days=1)) is watched
    assert put(watched, "r", ShelfName.WATCHING, LATER).finished_at is None


@given(st.lists(st.integers(1, 8), max_size=30).map(sorted), st.integers(1, 12))
def test_no_revision_reaches_a_device_in_halves(revisions: list[int], page: int) -> None:
    """As long as one revision fits in an answer, asking again and again gives every row once."""
    rows = [Favorite(release_id=str(n), added_at=NOW, revision=revision) for n, revision in enumerate(revisions)]
    limit = max(page, max((revisions.count(revision) for revision in revisions), default=0) + 1)
    since, seen = 0, []
    for _ in range(len(rows) + 1):
        answer = [row for row in rows if row.revision > since][:limit]
        cut = whole_revisions(answer, limit)
        kept = up_to(answer, cut)
        seen += kept
        since = max((row.revision for row in kept), default=since)
        if cut is None:
            break
    assert seen == rows
