"""What to go on with, on plain values."""

from accounts.library.next_up.model import NextUpEntry, entry_for, season_entry
from accounts.library.progress.model import Progress

SEASON = ["e1", "e2", "e3", "e4"]
MINUTE = 60_000


def seen(episode: str, minute: float, at_ms: int, *, completions: int = 0) -> Progress:
    """24 minutes long; from minute 22 it is finished."""
    finished = minute >= 22
    return Progress(
        user_id="u",
        episode_id=episode,
        release_id="r",
        position_ms=int(minute * MINUTE),
        duration_ms=24 * MINUTE,
        at_ms=at_ms,
        finished=finished,
        watched_at_ms=at_ms if finished or completions else 0,
        completions=max(completions, int(finished)),
    )


def entry(*rows: Progress, season: list[str] | None = None) -> NextUpEntry | None:
    latest = max(rows, key=lambda row: row.at_ms)
    return entry_for(latest, SEASON if season is None else season, {row.episode_id: row for row in rows})


def test_an_episode_begun_is_gone_on_with() -> None:
    assert entry(seen("e2", 10, 5)) == NextUpEntry("resume", "r", "e2", 10 * MINUTE, 24 * MINUTE, 5)


def test_after_one_finished_comes_the_next() -> None:
    assert entry(seen("e1", 24, 5)) == NextUpEntry("next", "r", "e2", 0, None, 5)


def test_what_was_seen_already_is_skipped() -> None:
    found = entry(seen("e2", 23, 1), seen("e1", 23, 5))
    assert found is not None
    assert found.episode_id == "e3"


def test_next_up_never_repeats_what_is_in_progress() -> None:
    assert entry(seen("e2", 10, 1), seen("e1", 23, 5)) == NextUpEntry("resume", "r", "e2", 10 * MINUTE, 24 * MINUTE, 5)


def test_a_series_seen_to_its_end_is_over() -> None:
    assert entry(seen("e4", 24, 5)) is None


def test_a_glance_is_nothing() -> None:
    assert entry(seen("e1", 0.5, 5)) is None


def test_what_was_taken_down_is_not_offered() -> None:
    assert entry(seen("e2", 10, 5), season=["e1", "e3"]) is None
    assert entry(seen("e1", 23, 5), season=[]) is None


def test_seeing_it_again_goes_in_order() -> None:
    rows = [seen("e1", 23, 10, completions=2), seen("e2", 24, 2), seen("e3", 24, 3), seen("e4", 24, 4)]
    assert entry(*rows) == NextUpEntry("next", "r", "e2", 0, 24 * MINUTE, 10)


def season(*rows: Progress, ids: list[str] | None = None) -> NextUpEntry | None:
    return season_entry("r", SEASON if ids is None else ids, {row.episode_id: row for row in rows})


def test_of_a_season_that_was_not_begun_the_first() -> None:
    assert season() == NextUpEntry("next", "r", "e1", 0, None, 0)
    assert season(ids=[]) is None, "nothing can be played"


def test_of_a_season_the_one_that_goes_on_or_whichever_was_left_out() -> None:
    assert season(seen("e1", 24, 1), seen("e2", 10, 2)) == NextUpEntry("resume", "r", "e2", 10 * MINUTE, 24 * MINUTE, 2)
    found = season(seen("e1", 24, 1), seen("e3", 24, 2), seen("e4", 24, 3))
    assert found is not None
    assert (found.kind, found.episode_id) == ("next", "e2")
    assert season(*(seen(one, 24, at_ms) for at_ms, one in enumerate(SEASON, start=1))) is None
