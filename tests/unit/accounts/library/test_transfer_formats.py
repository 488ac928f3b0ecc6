"""Reading the files of libraries: what is understood, and what is refused with a reason."""

import contextlib
import gzip
import time
import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.library.collections.model import ShelfName
from accounts.library.transfer import document
from accounts.library.transfer.document import MAX_FILE_BYTES, BadFile, FileTooLarge, Format
from accounts.library.transfer.formats.parsing import read

MAL_ENTRY = """
  <anime>
    <series_animedb_id>1</series_animedb_id>
    <series_title><![CDATA[Cowboy Bebop]]></series_title>
    <series_type>TV</series_type>
    <series_episodes>26</series_episodes>
    <my_watched_episodes>26</my_watched_episodes>
    <my_start_date>2020-01-02</my_start_date>
    <my_finish_date>2020-02-00</my_finish_date>
    <my_status>Completed</my_status>
    <my_times_watched>2</my_times_watched>
    <update_on_import>1</update_on_import>
  </anime>
"""


def mal(*entries: str, head: str = '<?xml version="1.0" encoding="UTF-8" ?>') -> bytes:
    info = "<myinfo><user_name>x</user_name></myinfo>"
    return (
        f"{head}\n<!-- Created by XML Export feature -->\n<myanimelist>{info}{''.join(entries)}</myanimelist>".encode()
    )


def test_my_anime_list() -> None:
    found = read(mal(MAL_ENTRY, MAL_ENTRY.replace("Completed", "Lost").replace("Bebop", "Beep")))
    (row,) = found.rows
    assert (row.work.titles, row.work.kind, row.work.external) == (("Cowboy Bebop",), "TV", {"mal": "1"})
    assert (row.shelf, row.seen, row.rewatches) == (ShelfName.WATCHED, 26, 2)
    assert row.started_at is not None
    assert row.finished_at is None, "day 0 is no day"
    assert found.problems == ("Entry 2: “Cowboy Beep” has the status “Lost”, which MyAnimeList does not know.",)


@pytest.mark.parametrize(
    ("status", "shelf"),
    [
        ("Watching", ShelfName.WATCHING),
        ("On-Hold", ShelfName.POSTPONED),
        ("Dropped", ShelfName.ABANDONED),
        ("Plan to Watch", ShelfName.PLANNED),
        ("6", ShelfName.PLANNED),
    ],
)
def test_every_status_of_my_anime_list(status: str, shelf: ShelfName) -> None:
    assert read(mal(MAL_ENTRY.replace("Completed", status))).rows[0].shelf is shelf


def test_it_comes_packed() -> None:
    assert len(read(gzip.compress(mal(MAL_ENTRY, MAL_ENTRY))).rows) == 2
    assert len(read(b"\xef\xbb\xbf \n" + mal(MAL_ENTRY)).rows) == 1


SHIKIMORI_EXPORT = {
    "target_title": "Cowboy Bebop",
    "target_title_ru": "Ковбой Бибоп",
    "target_id": 1,
    "target_type": "Anime",
    "score": 9,
    "status": "completed",
    "rewatches": 0,
    "episodes": 26,
    "text": None,
}
SHIKIMORI_RATE = {
    "id": 15,
    "score": 9,
    "status": "on_hold",
    "episodes": 3,
    "rewatches": 0,
    "updated_at": "2024-05-06T07:08:09.000+03:00",
    "anime": {"id": 5, "name": "Naruto", "russian": "Наруто", "kind": "tv", "aired_on": "2002-10-03"},
    "manga": None,
}


def test_shikimori() -> None:
    v2 = {"target_id": 7, "target_type": "Anime", "status": "planned", "episodes": 0, "updated_at": "yesterday"}
    manga = {**SHIKIMORI_EXPORT, "target_type": "Manga"}
    found = read(orjson.dumps([SHIKIMORI_EXPORT, SHIKIMORI_RATE, v2, manga, 5]))
    exported, rated, bare = found.rows
    assert exported.work.titles == ("Cowboy Bebop", "Ковбой Бибоп")
    assert (exported.work.external, exported.shelf, exported.seen) == ({"shikimori": "1"}, ShelfName.WATCHED, 26)
    assert (rated.work.external, rated.work.year, rated.work.kind) == ({"shikimori": "5"}, 2002, "TV")
    assert rated.changed_at is not None
    assert rated.changed_at.isoformat() == "2024-05-06T04:08:09+00:00"
    assert (bare.work.titles, bare.work.external, bare.changed_at) == ((), {"shikimori": "7"}, None)
    assert [problem.partition(":")[0] for problem in found.problems] == ["Entry 4", "Entry 5"]


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (mal(MAL_ENTRY)[:-20], "line 15, column 3"),
        (b"<html><body/></html>", "<html>, not <myanimelist>"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><myanimelist>&x;</myanimelist>', "document type"),
        (f'<!DOCTYPE r [<!ENTITY l0 "ha">{BOMB}]><myanimelist>&l11;</myanimelist>'.encode(), "document type"),
        (b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><myanimelist/>', "document type"),
        (b"<myanimelist>" + b"<a>" * 100_000, "nested too deeply"),
        (mal(MAL_ENTRY, head='<?xml version="1.0" encoding="klingon"?>'), "encoding"),
        (mal(MAL_ENTRY).replace(b"Cowboy Bebop", "Ковбой Бибоп".encode("windows-1251")), "line"),
        (b'[{"a": 1},\n {"b": }]', "line 2, column"),
        (b"[" * 100_000 + b"]" * 100_000, "line 1"),
        ('[{"target_title": "Ковбой"}]'.encode("windows-1251"), "line 1"),
        ('[{"target_title": "Ковбой"}]'.encode("utf-16"), "line 1"),
        (b'{"format": "something-else", "releases": []}', "at format"),
        (b'{"format": "ani-library", "version": 2, "releases": []}', "newer version of Ani"),
        (b'{"format": "ani-library", "version": 1, "releases": [{"release": {"id": 5}}]}', "at releases/0/release/id"),
        (b'"text"', "at the top"),
        (b"12", "at the top"),
        (gzip.compress(mal(MAL_ENTRY))[:-9], "not a whole gzip file"),
        (b"\x1f\x8bnothing of the kind", "not a whole gzip file"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(data: bytes, says: str) -> None:
    with pytest.raises(BadFile) as refused:
        read(data)
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"Salt & Pepper", "Salt & Pepper"),
        (b"Salt &amp; Pepper & Co &c;", "Salt & Pepper & Co &c;"),
        (b"<![CDATA[Bell\x08 Tower]]>", "Bell Tower"),
        (b"<![CDATA[Tom & Jerry <3 \x01]]>", "Tom & Jerry <3"),
        (b"I <3 you", "I <3 you"),
        (b"Caf&eacute; &rarr;", "Café →"),
        (b"Bell&#8; &#x1F;Tower&#xD800;&#9999999;", "Bell Tower"),
        (b"Caf\xe9 Noir", "Caf Noir"),
    ],
)
def test_one_bad_character_does_not_refuse_a_list(written: bytes, title: str) -> None:
    entries = MAL_ENTRY + "<anime><series_title>TITLE</series_title><my_status>1</my_status></anime>" + MAL_ENTRY
    found = read(mal(entries).replace(b"TITLE", written))
    assert [row.work.titles[0] for row in found.rows] == ["Cowboy Bebop", title, "Cowboy Bebop"]
    assert "does not allow" in found.problems[0], "and is told"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"Cow\x08boy", "Cow\x08boy"),
        (b"Cow\\ud83d boy", "Cow? boy"),
        (b"Cow\xe9boy", "Cow\ufffdboy"),
        (b"Cow\tboy", "Cow\tboy"),
    ],
)
def test_one_bad_character_of_json(written: bytes, title: str) -> None:
    found = read(orjson.dumps([SHIKIMORI_EXPORT, SHIKIMORI_EXPORT]).replace(b"Cowboy", written, 1))
    assert any(title in name for name in found.rows[0].work.titles)
    assert "Cowboy Bebop" in found.rows[1].work.titles
    assert "JSON does not allow" in found.problems[0]


def test_mending_takes_linear_time() -> None:
    """Whatever is repeated: sections that never end, references that are none, unfinished tags."""

    def cost_s(data: bytes) -> float:
        begun_s = time.process_time()
        with contextlib.suppress(BadFile):
            read(b"<myanimelist>& " + data)
        return time.process_time() - begun_s

    for piece in (b"<![CDATA[", b"&", b"&#", b"&a", b"<", b"]]>", b"&#x", b"<![CDATA[]]>&"):
        small, large = (min(cost_s(piece * count) for _ in range(3)) for count in (10_000, 40_000))
        assert large < 4 * 2.5 * max(small, 0.005), piece


def test_a_named_format_must_be_the_one() -> None:
    with pytest.raises(BadFile):
        read(orjson.dumps([SHIKIMORI_EXPORT]), Format.MAL_XML)
    with pytest.raises(BadFile):
        read(mal(MAL_ENTRY), Format.ANI_JSON)
    with pytest.raises(BadFile):
        read(b"{}", Format.SHIKIMORI_JSON)


def test_other_encodings_that_say_so_are_read() -> None:
    text = mal(MAL_ENTRY.replace("Cowboy", "Ковбой"), head='<?xml version="1.0" encoding="windows-1251"?>').decode()
    assert read(text.encode("windows-1251")).rows[0].work.titles == ("Ковбой Bebop",)


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(bytes(50 * 2**20)) + packer.flush()
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLarge):
        read(bomb)
    assert MAX_FILE_BYTES < 50 * 2**20


def test_long_lists_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileTooLarge):
        read(orjson.dumps([SHIKIMORI_EXPORT] * (document.MAX_ROWS + 1)))
    with pytest.raises(FileTooLarge):
        read(mal("<anime><my_status>1</my_status></anime>" * (document.MAX_ROWS + 1)))
    part = {"release": {"id": "x"}, "history": [0] * (document.MAX_EPISODES + 1)}
    with pytest.raises(FileTooLarge):
        read(orjson.dumps({"format": "ani-library", "version": 1, "releases": [part]}))


def test_only_so_many_problems_are_told() -> None:
    found = read(orjson.dumps([5] * 1_000))
    assert len(found.problems) == document.MAX_PROBLEMS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_what_no_database_takes_is_left_out() -> None:
    title = orjson.dumps([SHIKIMORI_EXPORT]).replace(b"Cowboy", b"\\u0000Cow\\u0000\\u0000boy")
    assert "Cowboy Bebop" in read(title).rows[0].work.titles


@given(st.dictionaries(st.sampled_from([*SHIKIMORI_EXPORT, *SHIKIMORI_RATE]), JSON))
def test_no_entry_of_shikimori_breaks_the_reader(entry: dict[str, Any]) -> None:
    assert len(read(orjson.dumps([entry, SHIKIMORI_EXPORT])).rows) in {1, 2}


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for packed in (data, gzip.compress(data), b"<myanimelist>" + data, b'{"format":' + data):
        with contextlib.suppress(BadFile, FileTooLarge):
            read(packed)
