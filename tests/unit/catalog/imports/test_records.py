"""What sources say of works."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.imports.limits import MAX_ROW_CHARS
from catalog.imports.records.adapters.romaji import with_romaji
from catalog.imports.records.bangumi import record_of as read_item
from catalog.imports.records.bangumi_sites import sites_of
from catalog.imports.records.json_rows import BadJson, elements, head
from catalog.imports.records.model import BadRecord, SourceBroadcast, SourceRecord, TooLong, digest, of_json, to_json
from catalog.imports.records.table import csv_rows
from catalog.releases.model import ReleaseType, Season

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ITEM: dict[str, Any] = {
    "title": "花は咲く、修羅の如く",
    "titleTranslate": {
        "zh-Hans": ["群花绽放，彷如修罗", "花如修罗一般，绽放"],
        "zh-Hant": ["群花綻放、彷如修羅"],
        "en": ["FLOWER AND ASURA"],
    },
    "type": "tv",
    "lang": "ja",
    "officialSite": "https://hanashura-anime.com/",
    "begin": "2025-01-07T16:35:00.000Z",
    "broadcast": "R/2025-01-07T16:35:00.000Z/P7D",
    "end": "2025-03-25T17:35:00.000Z",
    "sites": [
        {"site": "bangumi", "id": "498934"},
        {"site": "nicovideo", "id": "hanashura", "begin": ""},
        {"site": "tmdb", "id": "tv/256744"},
        {"site": "mal", "id": "59055"},
        {"site": "anidb", "id": "18683"},
        {"site": "aniList", "id": "178022"},
    ],
}


META: dict[str, Any] = {
    "nicovideo": {
        "title": "Niconico",
        "urlTemplate": "https://ch.nicovideo.jp/{{id}}",
        "regions": ["JP"],
        "type": "onair",
    },
    "prime": {
        "title": "Prime Video",
        "urlTemplate": "https://www.amazon.co.jp/gp/video/detail/{{id}}",
        "type": "onair",
    },
    "mikan": {"title": "蜜柑计划", "urlTemplate": "https://mikanani.me/Home/Bangumi/{{id}}", "type": "resource"},
}


def record_of(item: dict[str, Any], now: datetime) -> SourceRecord:
    return read_item(item, now, sites_of(META))


def test_an_item_of_bangumi_data() -> None:
    record = record_of(ITEM, NOW)
    assert (record.key, record.type, record.year, record.season) == (
        "bangumi/498934",
        ReleaseType.TV,
        2025,
        Season.WINTER,
    )
    assert record.english == "FLOWER AND ASURA"
    assert [(name.text, name.language) for name in record.names] == [
        ("群花绽放，彷如修罗", "zh-Hans"),
        ("花如修罗一般，绽放", "zh-Hans"),
        ("群花綻放、彷如修羅", "zh-Hant"),
    ]
    assert record.external_ids == {
        "mal": "59055",
        "anilist": "178022",
        "anidb": "18683",
        "bangumi": "498934",
        "tmdb": "tv/256744",
    }
    assert record.is_ongoing is False
    assert of_json(json.loads(json.dumps(to_json(record)))) == record


def test_when_and_where_it_is_on() -> None:
    weekly = "R/2025-01-07T16:35:00.000Z/P7D"
    sites = [
        {"site": "nicovideo", "id": "hanashura", "begin": "", "broadcast": "R/2025-01-09T15:30:00.000Z/P7D"},
        {"site": "prime", "id": "", "url": "https://example.org/watch?v=1", "broadcast": weekly},
        {"site": "prime", "id": "second", "broadcast": weekly},
        {"site": "mikan", "id": "3531", "broadcast": weekly},
        {"site": "unheard-of", "id": "1", "broadcast": weekly},
        5,
    ]
    assert record_of({**ITEM, "sites": sites}, NOW).broadcasts == (
        SourceBroadcast("", weekly, episodes=12),
        SourceBroadcast(
            "Niconico", "R/2025-01-09T15:30:00.000Z/P7D", "https://ch.nicovideo.jp/hanashura", ("JP",), episodes=12
        ),
        SourceBroadcast("Prime Video", weekly, "https://example.org/watch?v=1", episodes=12),
    )


@pytest.mark.parametrize(
    ("broadcast", "end", "expected"),
    [
        ("every week", "", ()),
        (7, "", ()),
        ("R/2025-01-07T16:35:00.000Z/P7D", "", (None,)),
        ("R/2025-01-07T16:35:00.000Z/P7D", "2025-01-07T16:35:00.000Z", (1,)),
        ("R/2025-01-07T16:35:00.000Z/P1D", "2199-01-07T16:35:00.000Z", (None,)),
    ],
)
def test_how_often_it_is_on(broadcast: Any, end: str, expected: tuple[int | None, ...]) -> None:
    found = record_of({**ITEM, "broadcast": broadcast, "end": end}, NOW).broadcasts
    assert tuple(one.episodes for one in found) == expected


def test_addresses_that_are_none_are_left_out() -> None:
    for entry in ({"url": "javascript:alert(1)"}, {"id": "x" * 600}, {"id": 5}, {}):
        site = {"site": "nicovideo", "broadcast": "R/2025-01-09T15:30:00.000Z/P7D", **entry}
        assert record_of({**ITEM, "sites": [site]}, NOW).broadcasts[1].address == ""
    spaced = {"site": "nicovideo", "broadcast": "R/2025-01-09T15:30:00.000Z/P7D", "id": "a b<c>"}
    assert record_of({**ITEM, "sites": [spaced]}, NOW).broadcasts[1].address == "https://ch.nicovideo.jp/a%20b%3Cc%3E"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"siteMeta": {"a": 1}, "items": []}', {"a": 1}),
        ('{"x": 1, "siteMeta": {"a": 1}}', {"a": 1}),
        ('{"items": [], "siteMeta": {"a": 1}}', {}),
        ('{"siteMeta": 5}', {}),
        ('{"siteMeta": {', {}),
        ("[]", {}),
    ],
)
def test_what_stands_before_the_items(text: str, found: dict[str, Any]) -> None:
    assert head(text, "siteMeta") == found


def test_new_year_in_japan_begins_in_the_old_year_elsewhere() -> None:
    record = record_of({**ITEM, "begin": "2013-12-31T15:00:00.000Z"}, NOW)
    assert (record.year, record.season) == (2014, Season.WINTER)


@pytest.mark.parametrize(
    ("begin", "end", "kind", "ongoing"),
    [
        ("2026-10-01T15:00:00.000Z", "", "tv", True),
        ("2026-12-24T15:00:00.000Z", "", "tv", False),
        ("2026-10-01T15:00:00.000Z", "2026-12-20T15:00:00.000Z", "web", True),
        ("2026-10-01T15:00:00.000Z", "", "movie", False),
    ],
)
def test_what_is_on_the_air(begin: str, end: str, kind: str, ongoing: bool) -> None:
    assert record_of({**ITEM, "begin": begin, "end": end, "type": kind}, NOW).is_ongoing is ongoing


@pytest.mark.parametrize("change", [{"title": None}, {"title": " "}, {"type": "opera"}, {"title": "x" * 256}])
def test_what_is_no_work(change: dict[str, Any]) -> None:
    with pytest.raises(BadRecord):
        record_of({**ITEM, **change}, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"sites": None},
        {"sites": [{"site": "mal", "id": 5}, "no", {"site": "tmdb", "id": "tv/244785-mofusand"}]},
        {"titleTranslate": []},
        {"titleTranslate": {"en": "no list", "??": ["x"]}},
        {"begin": "soon"},
        {"begin": 5},
        {"lang": 7},
    ],
)
def test_what_is_wrong_in_a_work_is_left_out(change: dict[str, Any]) -> None:
    assert record_of({**ITEM, **change}, NOW).title == ITEM["title"]


def test_the_same_says_the_same() -> None:
    record = record_of(ITEM, NOW)
    assert digest(record) == digest(record_of(dict(reversed(ITEM.items())), NOW))
    assert digest(record) != digest(record_of({**ITEM, "type": "ova"}, NOW))


def test_romaji_is_for_japanese_titles_that_have_none() -> None:
    record = with_romaji(record_of(ITEM, NOW), lambda _: ("Hana wa saku", "Hana wa saku!"))
    assert (record.alternative, record.names[-1].language) == ("Hana wa saku", "ja-Latn")
    assert with_romaji(record, lambda _: ("again",)) is record
    foreign = record_of({**ITEM, "lang": "zh-Hans"}, NOW)
    assert with_romaji(foreign, lambda _: ("x",)) is foreign


@pytest.mark.parametrize(
    "text",
    ['[1, {"a": [2]}]', '{"meta": {"items": 5}, "items": [1, {"a": [2]}], "more": 1}', '\ufeff{"items":[1,{"a":[2]}]}'],
)
def test_elements_of_an_array(text: str) -> None:
    assert list(elements(text, "items")) == [1, {"a": [2]}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "{}",
        '{"items": 5}',
        "[1, 2",
        "[1 2]",
        '{"items": [1',
        "[" * 100_000,
        "[" + "9" * (MAX_ROW_CHARS + 1) + "]",
    ],
)
def test_what_is_not_the_json_that_was_expected(text: str) -> None:
    with pytest.raises(BadJson):
        list(elements(text, "items"))


def test_letters_of_names_run_in_their_own_direction() -> None:
    record = read_item({**ITEM, "title": "\u202e修羅\u202d", "titleTranslate": {"en": ["\u202eFLOWER"]}}, NOW, {})
    assert record.title == "修羅"
    assert not any("\u202e" in name.text for name in record.all_names)


@pytest.mark.parametrize("chars", [MAX_ROW_CHARS + 1, 10_000_000])
def test_a_row_that_is_too_long_hides_none_behind_it(chars: int) -> None:
    table = f'key,description\n1,"{"x" * chars}"\n2,fine\n'
    assert [row for _, row in csv_rows(table)] == [TooLong(chars + 1), {"key": "2", "description": "fine"}]
    array = json.dumps([{"description": "x" * chars}, {"key": "2"}])
    found = list(elements(array, None))
    assert isinstance(found[0], TooLong)
    assert found[1:] == [{"key": "2"}]
