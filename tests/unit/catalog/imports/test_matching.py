"""Whether a record and a release are one work."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.imports.matching.rules import Ambiguous, Candidate, Doubt, Match, NoMatch, judged, unless_apart
from catalog.imports.matching.season_numbers import season_and_part
from catalog.imports.records.model import SourceRecord
from catalog.releases.model import ReleaseType
from catalog.releases.names import OtherName

RECORD = SourceRecord(
    key="1",
    title="進撃の巨人",
    english="Attack on Titan",
    type=ReleaseType.TV,
    year=2013,
    external_ids={"mal": "16498"},
)
RELEASE = Candidate(
    release_id="r1",
    title="進撃の巨人",
    names=("進撃の巨人", "Attack on Titan"),
    type=ReleaseType.TV,
    year=2013,
    episodes_total=25,
    is_ongoing=False,
    external_ids={"mal": "16498"},
)


def without_ids(**changes: Any) -> Candidate:
    return replace(RELEASE, external_ids={}, **changes)


def test_an_identifier_decides_whatever_the_title() -> None:
    assert judged(RECORD, [replace(RELEASE, names=("Shingeki no Kyojin",))]) == Match("r1", "mal")


def test_the_first_found_is_never_taken_of_several() -> None:
    assert judged(RECORD, [RELEASE, replace(RELEASE, release_id="r2")]) == Ambiguous(Doubt.SEVERAL_IDS, ("r1", "r2"))
    twins = [without_ids(), without_ids(release_id="r2")]
    assert judged(RECORD, twins) == Ambiguous(Doubt.SEVERAL_TITLES, ("r1", "r2"))


def test_identifiers_that_contradict_each_other_are_a_doubt() -> None:
    record = replace(RECORD, external_ids={"mal": "16498", "anidb": "1"})
    assert judged(record, [replace(RELEASE, external_ids={"mal": "16498", "anidb": "2"})]) == Ambiguous(
        Doubt.IDS_CONTRADICT, ("r1",)
    )


@pytest.mark.parametrize(
    "other", [{"year": 2017}, {"type": ReleaseType.MOVIE}, {"names": ("進撃の巨人 Season 2", "Attack on Titan")}]
)
def test_an_identifier_of_something_quite_different_is_a_doubt(other: dict[str, Any]) -> None:
    assert judged(RECORD, [replace(RELEASE, **other)]) == Ambiguous(Doubt.IDS_BUT_ELSE_NOT, ("r1",))


def test_a_title_decides_with_year_kind_and_episodes() -> None:
    assert judged(RECORD, [without_ids()]) == Match("r1", "title")
    assert judged(RECORD, [without_ids(year=2014)]) == Match("r1", "title")
    assert judged(replace(RECORD, episodes_total=25), [without_ids()]) == Match("r1", "title")


def test_the_same_title_with_another_identifier_is_another_work() -> None:
    assert judged(RECORD, [replace(RELEASE, external_ids={"mal": "1"})]) == NoMatch()


@pytest.mark.parametrize("other", [{"year": 2015}, {"type": ReleaseType.MOVIE}])
def test_a_remake_or_a_film_of_the_same_title_is_another_work(other: dict[str, Any]) -> None:
    """animeo#3, MediaFusion#258."""
    assert judged(RECORD, [without_ids(**other)]) == NoMatch()


@pytest.mark.parametrize("other", [{"year": None}, {"type": ReleaseType.ONA}])
def test_almost_the_same_is_a_doubt(other: dict[str, Any]) -> None:
    assert judged(RECORD, [without_ids(**other)]) == Ambiguous(Doubt.ALMOST, ("r1",))


def test_another_number_of_episodes_is_a_doubt_unless_more_are_to_come() -> None:
    record = replace(RECORD, episodes_total=12)
    assert judged(record, [without_ids()]) == Ambiguous(Doubt.ALMOST, ("r1",))
    assert judged(record, [without_ids(is_ongoing=True)]) == Match("r1", "title")


def test_a_season_is_not_another_one_of_the_same_title() -> None:
    """shikicinema#50: the second season shares a name with the first."""
    second = replace(
        RECORD, title="進撃の巨人 第2期", names=(OtherName("Attack on Titan"),), year=2014, external_ids={}
    )
    assert judged(second, [without_ids()]) == NoMatch()


def test_one_number_for_all_seasons_of_a_series_matches_nothing_by_itself() -> None:
    record = replace(RECORD, title="Something else", english=None, external_ids={"tmdb": "tv/1429"})
    series = replace(RELEASE, external_ids={"tmdb": "tv/1429"})
    assert judged(record, [series]) == Ambiguous(Doubt.SERIES_ID, ("r1",))
    assert judged(replace(record, year=2017), [series]) == NoMatch()


@pytest.mark.parametrize(
    ("name", "season", "part"),
    [
        ("Haikyuu!!", 1, 1),
        ("Haikyuu!! Second Season", 2, 1),
        ("Overlord II", 2, 1),
        ("進撃の巨人 第3期", 3, 1),
        ("某某 第二季", 2, 1),
        ("Re:Zero 2nd Season Part 2", 2, 2),
        ("Attack on Titan Season 3 Part 2", 3, 2),
        ("SPY×FAMILY 第2クール", 1, 2),
        ("Атака титанов (ТВ-2)", 2, 1),
        ("某番 第二シーズン パート2", 2, 2),
        ("Mob Psycho 100", 1, 1),
        ("Area 88", 1, 1),
        ("Hunter x Hunter", 1, 1),
        ("Mushoku Tensei S2", 2, 1),
        ("Big Order (TV)", 1, 1),
        ("22/7", 1, 1),
    ],
)
def test_what_a_name_says_of_its_season(name: str, season: int, part: int) -> None:
    assert season_and_part([name]) == (season, part)


def test_a_title_alone_does_not_decide_between_two_that_were_told_apart() -> None:
    other, apart = replace(RELEASE, release_id="r2"), {frozenset(("r1", "r2"))}
    by_title = Match("r1", "title")
    assert unless_apart(by_title, [RELEASE, other], apart) == Ambiguous(Doubt.SEVERAL_TITLES, ("r1", "r2"))
    assert unless_apart(by_title, [RELEASE], apart) == by_title
    assert unless_apart(Match("r1", "mal"), [RELEASE, other], apart) == Match("r1", "mal")
