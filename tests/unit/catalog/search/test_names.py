"""Finding releases by their names: see catalog/search/names.py."""

import json
import random
import string
from collections import defaultdict
from typing import Any

import pytest

from catalog.search.model import Name, NamedRelease, no_readings
from catalog.search.names import MATCHES_MAX, NameIndex, NameSegment
from tests.support.catalog.title_queries import FOLDER, named, readings_of


def release(release_id: str, *names: str, published: bool = True, year: int = 2000) -> NamedRelease:
    return NamedRelease(release_id, tuple(Name(name) for name in names), published, year)


def index(*releases: NamedRelease) -> NameIndex:
    return NameIndex(NameSegment.build(releases, no_readings), readings=no_readings)


def found(searched: NameIndex, text: str, *, drafts: bool = False) -> list[str]:
    return [match.release_id for match in searched.search(text, drafts=drafts)]


@pytest.fixture(scope="module")
def titles() -> NameIndex:
    rows: list[dict[str, Any]] = json.loads((FOLDER / "titles.json").read_text(encoding="utf-8"))
    readings = readings_of(rows)
    return NameIndex(NameSegment.build([named(row) for row in rows], readings), readings=readings)


LEAST_MRR = {
    "main name": 0.98,
    "Chinese name": 0.98,
    "English name": 0.95,
    "reading": 0.95,
    "reading, long vowels short": 0.95,
    "reading, written together": 0.95,
    "reading, words in another order": 0.9,
    "reading, beginning": 0.85,
    "reading, one typo": 0.9,
    "reading, two typos": 0.85,
    "reading, wrong keyboard layout": 0.9,
    "reading in Cyrillic": 0.9,
}


def test_people_find_what_they_mean(titles: NameIndex) -> None:
    reciprocal = defaultdict(list)
    for row in json.loads((FOLDER / "queries.json").read_text(encoding="utf-8")):
        rank = next((rank for rank, it in enumerate(found(titles, row["query"])[:20], 1) if it == row["means"]), 0)
        reciprocal[row["rule"]].append(1 / rank if rank else 0)
    mean = {rule: round(sum(ranks) / len(ranks), 3) for rule, ranks in reciprocal.items()}
    assert {rule: value for rule, value in mean.items() if value < LEAST_MRR[rule]} == {}


def test_nonsense_finds_nothing(titles: NameIndex) -> None:
    dice = random.Random(5)
    words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(8, 20))) for _ in range(200)]
    assert sum(bool(found(titles, word)) for word in words) <= 2
    for text in (
        "",
        " ",
        "!?",
        "qwertyuiop",
        "фывапролдж",
        "漢語拼音輸入法",
        "lorem ipsum dolor sit amet",
        "\x00",
        "\ud800",
    ):
        assert found(titles, text) == []


SMALL = index(
    release("titan", "進撃の巨人", "Attack on Titan", "Shingeki no Kyojin", year=2013),
    release("titan-2", "進撃の巨人 Season2", "Attack on Titan Season 2", "Shingeki no Kyojin Season 2", year=2017),
    release("konosuba", "Kono Subarashii Sekai ni Shukufuku wo!"),
    release("monster", "MONSTER"),
    release("musume", "Monster Musume no Iru Nichijou"),
    release("k-on", "けいおん!", "K-ON!"),
    release("draft", "Secret Draft", published=False),
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("shingeki no kyojin", "titan"),
        ("shingeki no kyojin II", "titan-2"),
        ("attack on titan 2nd season", "titan-2"),
        ("進撃の巨人 第2期", "titan-2"),
        ("snk", "titan"),
        ("aot", "titan"),
        ("konosuba", "konosuba"),
        ("monster", "monster"),
        ("monster m", "musume"),
        ("мonster", "monster"),
        ("k-on", "k-on"),
        ("kon", "k-on"),
        ("けいおん", "k-on"),
        ("ケイオン", "k-on"),
        ("keion", "k-on"),
        ("巨人", "titan"),
        ("進", "titan"),
        ("attak on titn", "titan"),
        ("titan attack on", "titan"),
        ("attackontitan", "titan"),
        ("att ack ontitan", "titan"),
        ("фееусл щт ешефт", "titan"),
    ],
)
def test_what_comes_first(text: str, first: str) -> None:
    assert found(SMALL, text)[:1] == [first]


@pytest.mark.parametrize("text", ["mon", "k", "monstr"])
def test_no_typo_is_forgiven_in_a_short_word(text: str) -> None:
    assert found(SMALL, text)
    assert found(SMALL, "mxn") == []
    assert found(SMALL, "x") == []


def test_drafts_are_for_those_who_may_see_them() -> None:
    assert found(SMALL, "secret draft") == []
    assert found(SMALL, "secret draft", drafts=True) == ["draft"]


def test_changes_are_found_at_once_and_what_is_gone_is_not() -> None:
    changed = SMALL.changed([release("new", "Brand New"), release("monster", "Renamed")], deleted=["k-on"])
    assert found(changed, "brand new") == ["new"]
    assert found(changed, "renamed") == ["monster"]
    assert found(changed, "monster")[0] == "musume"
    assert found(changed, "k-on") == []
    assert len(changed) == len(SMALL)
    again = changed.changed([release("k-on", "K-ON!")], deleted=["new"])
    assert (found(again, "k-on"), found(again, "brand new")) == (["k-on"], [])
    assert found(SMALL, "k-on") == ["k-on"], "an index never changes"


def test_stored_arrays_are_the_same_index() -> None:
    base = SMALL.base
    assert found(NameIndex(NameSegment(base.arrays), readings=no_readings), "attak on titan")[0] == "titan"


def test_an_empty_catalogue_finds_nothing() -> None:
    assert found(index(), "anything") == []
    assert len(index()) == 0


def test_a_common_beginning_finds_a_bounded_number() -> None:
    many = index(*(release(str(number), f"Common Name {number}") for number in range(1_000)))
    assert len(found(many, "common")) == MATCHES_MAX


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "word " * 10_000,
        "\ud800" * 100,
        "\x00" * 100,
        "́" * 1_000,
        "ﷺ" * 1_000,
        "日" * 5_000,
        "ab" * 5_000,
        "1 " * 500,
    ],
)
def test_hostile_queries_end(text: str) -> None:
    SMALL.search(text)


def test_hostile_names_do_not_break_the_index() -> None:
    names = ["\ud800", "a\nb", "\t", "ﷺ" * 255, "\u0301", "", "0" * 255, "\x01\x02\x03", "a" * 255]
    hostile = index(*(release(str(number), name) for number, name in enumerate(names)), release("last", "Findable"))
    assert found(hostile, "findable") == ["last"]
    assert found(hostile, "a b") == ["1"]
