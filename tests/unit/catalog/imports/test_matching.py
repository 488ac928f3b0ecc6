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
        ("Mob Psycho 100 II", 2, 1),
        ("Mob Psycho 100 III", 3, 1),
        ("Mob Psycho 100 3", 3, 1),
        ("モブサイコ100II", 2, 1),
        ("モブサイコ100 Ⅱ", 2, 1),
        ("ダンジョンに出会いを求めるのは間違っているだろうかⅤ 豊穣の女神篇", 5, 1),
        ("終末のワルキューレⅡ 前編", 2, 1),
        ("魔王学院の不適合者II～史上最強の魔王の始祖、転生して子孫たちの学校へ通う～(2ndクール)", 2, 2),
        ("ワールドトリガー 2ndシーズン", 2, 1),
        ("弱キャラ友崎くん 2nd STAGE", 2, 1),
        ("Kaguya-sama 2nd", 2, 1),
        ("異世界四重奏S2", 2, 1),
        ("達洋貓S3 不可思議劇場", 3, 1),
        ("世界一初恋2", 2, 1),
        ("戦姫絶唱シンフォギアXV", 1, 1),
        ("Gundam III: Encounters in Space", 3, 1),
        ("SAKAMOTO DAYS SEASON 1 Part 2", 1, 2),
        ("World Fool News Part 2", 1, 2),
        ("Kaiju No.8", 1, 1),
        ("Kaiju No.8 (Season 2)", 2, 1),
        ("怪獣8号", 1, 1),
        ("怪獣8号(第2期)", 2, 1),
        ("NieA_7", 1, 1),
        ("らんま1/2", 1, 1),
        ("今日の5の2", 1, 1),
        ("火聖旅団 ダナサイト999.9", 1, 1),
        ("Evangelion: 3.0 You Can (Not) Redo", 1, 1),
        ("Evangelion 3.0", 1, 1),
        ("ヱヴァンゲリヲン新劇場版:Q", 1, 1),
        ("Zom 100", 1, 1),
        ("ゾン100～ゾンビになるまでにしたい100のこと～", 1, 1),
        ("25-ji, Akasaka de", 1, 1),
        ("25時、赤坂で Season2", 2, 1),
        ("Golgo 13", 1, 1),
        ("ゴルゴ13", 1, 1),
        ("R-15", 1, 1),
        ("86 EIGHTY-SIX", 1, 1),
        ("86-エイティシックス-(第2クール)", 1, 2),
        ("ロード・エルメロイⅡ世の事件簿 -魔眼蒐集列車 特別編", 1, 1),
        ("艾梅洛閣下 II 世事件簿", 1, 1),
        ("Lord El-Melloi II-sei no Jikenbo", 1, 1),
        ("キン肉マンII世", 1, 1),
        ("World War II in Colour", 1, 1),
        ("サイボーグ009", 1, 1),
        ("My Love Story with Yamada-kun at Lv999", 1, 1),
        ("生徒会の一存 Lv.2", 1, 1),
        ("", 1, 1),
        ("2", 1, 1),
        ("II", 1, 1),
        ("Ⅱ", 1, 1),
    ],
)
def test_what_a_name_says_of_its_season(name: str, season: int, part: int) -> None:
    assert season_and_part([name]) == (season, part)


def test_a_season_that_is_said_counts_before_a_number_at_the_end_of_another_name() -> None:
    names = ["怪獣8号(第2期)", "怪獸8號 第二季", "Kaiju 8", "Kaiju No.8 (Season 2)"]
    assert season_and_part(names) == (2, 1)
    assert season_and_part(names[2:3]) == (8, 1)  # nobody can know: it is compared with others that say so, too


@pytest.mark.parametrize("name", ["9" * 5_000, "i" * 5_000, "2 " * 2_500, "第" * 2_500, "s0" * 2_500, "no 2 " * 1_000])
def test_a_long_name_costs_no_time(name: str) -> None:
    season_and_part([name])


def test_a_title_alone_does_not_decide_between_two_that_were_told_apart() -> None:
    other, apart = replace(RELEASE, release_id="r2"), {frozenset(("r1", "r2"))}
    by_title = Match("r1", "title")
    assert unless_apart(by_title, [RELEASE, other], apart) == Ambiguous(Doubt.SEVERAL_TITLES, ("r1", "r2"))
    assert unless_apart(by_title, [RELEASE], apart) == by_title
    assert unless_apart(Match("r1", "mal"), [RELEASE, other], apart) == Match("r1", "mal")
