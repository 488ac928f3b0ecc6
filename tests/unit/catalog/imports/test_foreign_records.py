"""Rows of Kodik's shape, feeds and tables."""

from typing import Any

import pytest

from catalog.imports.records import feed, kodik, table
from catalog.imports.records.model import BadRecord, SourceBroadcast, SourceStream
from catalog.imports.records.values import age_rating_of, type_of, year_of
from catalog.releases.model import AgeRating, ReleaseType
from kernel.text.markup import plain_text
from tests.support.servers.kodik_server import row


def test_translations_of_one_work_are_one_record() -> None:
    stream = {"1": {"episodes": {"2": "//cdn.example/2.m3u8", "1": {"link": "https://cdn.example/1.m3u8?x=1"}}}}
    record = kodik.record_of([row(1), row(1, "AniDub", seasons=stream)])
    assert kodik.group_of(row(1)) == kodik.group_of(row(1, "AniDub")) == record.key == "shikimori/101"
    assert (record.title, record.type, record.year, record.episodes_total) == ("Hataraki 001", ReleaseType.TV, 2001, 12)
    assert record.external_ids == {"shikimori": "101", "mal": "101"}
    assert record.genres == ("Комедия", "Школа")
    assert record.description == "О работе."
    assert [name.text for name in record.names] == ["Работа 001", "Work 001", "Arbeit 001"]
    assert record.streams == (
        SourceStream(1, "https://cdn.example/1.m3u8?x=1", "AniDub"),
        SourceStream(2, "https://cdn.example/2.m3u8", "AniDub"),
    )


def test_seasons_with_one_number_are_several_works() -> None:
    """shikicinema#50: Kodik knows most works by the number of their series."""
    first, second = (row(1, shikimori_id=None, kinopoisk_id="5", last_season=season) for season in (1, 2))
    assert kodik.group_of(first) != kodik.group_of(second)


@pytest.mark.parametrize(
    "changes",
    [{"id": None, "shikimori_id": None}, {"type": "cake", "material_data": None}, {"title_orig": "", "title": 5.5}],
)
def test_rows_that_are_no_work(changes: dict[str, Any]) -> None:
    odd = row(1, **changes)
    if changes.get("title") is not None:
        assert kodik.record_of([odd]).title == "5.5"
        return
    with pytest.raises(BadRecord):
        kodik.group_of(odd)
        kodik.record_of([odd])


FEED = """<?xml version="1.0"?><rss version="2.0"><channel>
<item><title>Атака титанов / Shingeki no Kyojin [1-25 из 25]</title><guid>https://dle.example/1</guid>
<category>Аниме / Экшен, 2013</category><category>ТВ</category><mal_id>16498</mal_id>
<description><![CDATA[<p>Текст &amp; <b>ещё</b></p><script>x</script>]]></description></item>
<item><title></title></item></channel></rss>"""


def test_a_feed() -> None:
    first, second = feed.items(FEED)
    record = feed.record_of(first)
    assert (record.key, record.title, record.type, record.year) == (
        "https://dle.example/1",
        "Shingeki no Kyojin",
        ReleaseType.TV,
        2013,
    )
    assert [name.text for name in record.names] == ["Атака титанов"]
    assert (record.episodes_total, record.external_ids, record.description) == (25, {"mal": "16498"}, "Текст & ещё")
    assert record.genres == ("Аниме", "Экшен")
    with pytest.raises(BadRecord):
        feed.record_of(second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<rss>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><rss/>',
        "<rss>" + "<item/>" * (feed.ITEMS_MAX + 1) + "</rss>",
    ],
)
def test_what_is_no_feed(text: str) -> None:
    with pytest.raises(feed.BadFeed):
        list(feed.items(text))


def test_a_table_with_its_own_names_of_columns() -> None:
    text = "Name;Kind;Year;mal_id;genres\r\nA;tv;2001;5;Drama, Action\r\n\r\nB;cake;2002;;\r\n"
    rows = list(table.csv_rows(text))
    assert [line for line, _ in rows] == [2, 4]
    columns = {"Name": "title", "Kind": "type"}
    record = table.record_of(rows[0][1], columns)
    assert (record.key, record.title, record.type, record.year, record.genres) == (
        "mal/5",
        "A",
        ReleaseType.TV,
        2001,
        ("Drama", "Action"),
    )
    with pytest.raises(BadRecord):
        table.record_of(rows[1][1], columns)


@pytest.mark.parametrize(
    ("kind", "airs", "zone", "recurrence"),
    [
        ("tv", "2026-07-03 25:15", "", "R/2026-07-03T16:15:00.000Z/P7D"),
        ("tv", "2026-07-03T21:30", "", "R/2026-07-03T12:30:00.000Z/P7D"),
        ("tv", "2026-07-03 21:30", "Europe/Berlin", "R/2026-07-03T19:30:00.000Z/P7D"),
        ("movie", "2026-07-03 24:00", "", "R/2026-07-03T15:00:00.000Z/P0D"),
    ],
)
def test_when_a_row_airs(kind: str, airs: str, zone: str, recurrence: str) -> None:
    row = {"title": "A", "type": kind, "airs": airs, "airs_zone": zone}
    assert table.record_of(row, {}).broadcasts == (SourceBroadcast("", recurrence),)
    (item,) = feed.items(
        f"<rss><item><title>A</title><guid>1</guid><type>{kind}</type><airs>{airs}</airs><airs_zone>{zone}</airs_zone></item></rss>"
    )
    assert feed.record_of(item).broadcasts == (SourceBroadcast("", recurrence),)


@pytest.mark.parametrize(
    ("airs", "zone"),
    [
        ("friday", ""),
        ("2026-07-03", ""),
        ("2026-07-03 30:01", ""),
        ("2026-02-30 21:30", ""),
        ("0001-01-01 00:00", ""),
        ("9999-12-31 30:00", ""),
        ("1899-01-01 12:00", ""),
        ("2026-07-03 21:30", "Tokyo"),
        ("2026-07-03 21:30 " + "9" * 1_000_000, ""),
    ],
)
def test_a_time_that_cannot_be_read(airs: str, zone: str) -> None:
    with pytest.raises(BadRecord, match=r"airs|no such day"):
        table.record_of({"title": "A", "type": "tv", "airs": airs, "airs_zone": zone}, {})


@pytest.mark.parametrize("text", ['a,b\n"open', "a,a\n1,2", ",".join(map(str, range(300)))])
def test_what_is_no_table(text: str) -> None:
    with pytest.raises(table.BadTable):
        list(table.csv_rows(text))


def test_values() -> None:
    assert plain_text("<ul><li>a<li>b</ul><style>x</style>&lt;", 100) == "a\nb<"
    assert [age_rating_of(text) for text in ("PG-13", "18+", "R12", "", "x")] == [12, 18, AgeRating.R12, None, None]
    assert (type_of("Фильм"), year_of("в 2013 году"), year_of("20133")) == (ReleaseType.MOVIE, 2013, None)
