"""The line-preserving model: RFC 8216 section 4, and every byte that is found in the field."""

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.proxy.playlist.attributes import (
    attribute_values,
    decimal,
    parse_attributes,
    replace_values,
    without_attributes,
)
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import format_date, parse_date, parse_extinf
from tests.unit.streaming.proxy.corpus import files, media


def test_every_playlist_of_the_corpus_is_written_as_it_was_read() -> None:
    changed = [path.name for path in files() if Playlist.parse(path.read_bytes()).write() != path.read_bytes()]
    assert changed == []
    assert len(files()) >= 121, "the sample at least"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"#EXTM3U",
        b"#EXTM3U\r\n#EXTINF:4,\r\na.ts\r\n",
        b"#EXTM3U\r#EXTINF:4,\ra.ts\r",
        b"#EXTM3U\n#EXTINF:4,\r\na.ts\r#EXT-X-ENDLIST",
        b"#EXTM3U\r\r\n\n\r#EXTINF:1,\n",
        b"\xef\xbb\xbf#EXTM3U\n#EXTINF:4,\na.ts\n",
        b"#EXTM3U\n#EXTINF:4,\xff\xfe not UTF-8\na\x80.ts\n",
        "#EXTM3U\n#EXTINF:4,line\u2028separator\x0b\x0c\x85\na.ts\n".encode(),
        b"  #EXTM3U \n\t#EXTINF:4,\n  a.ts  \n",
        b'#EXTM3U\n#EXTINF:-1 tvg-id="x" group-title="News, world",One, two\nhttp://h/1\n',
    ],
)
def test_nothing_is_lost(data: bytes) -> None:
    assert Playlist.parse(data).write() == data


@given(st.binary(max_size=2000))
def test_any_bytes_round_trip(data: bytes) -> None:
    assert Playlist.parse(data).write() == data


_FRAGMENTS = st.sampled_from(
    [
        *(
            "#EXTM3U",
            "#EXTINF:",
            "#EXTINF:6.0,",
            "#EXTINF:1e9,",
            "#EXT-X-KEY:METHOD=",
            "AES-128",
            ",IV=0x",
            "#EXT-X-BYTERANGE:",
            "@",
            "99",
        ),
        *(
            "#EXT-X-MEDIA-SEQUENCE:",
            "#EXT-X-DISCONTINUITY",
            "-SEQUENCE:",
            "#EXT-X-CUE-OUT:",
            "#EXT-X-CUE-IN",
            "a.ts",
            '"',
            ",",
            "=",
            " ",
        ),
        *(
            "\n",
            "\r\n",
            "\r",
            "#EXT-X-DATERANGE:",
            'ID="x",',
            'START-DATE="2026-01-01T00:00:00Z",',
            "SCTE35-OUT=0xFC",
            "#",
            ":",
            "-1",
        ),
        *(
            "#EXT-X-STREAM-INF:BANDWIDTH=1",
            "#EXT-X-PROGRAM-DATE-TIME:",
            "2026-01-01T00:00:00Z",
            "#EXT-X-SKIP:SKIPPED-SEGMENTS=3",
            "\ufeff",
        ),
    ]
)


@given(st.lists(_FRAGMENTS, max_size=80).map("".join))
def test_any_jumble_of_tags_is_read_and_written(text: str) -> None:
    playlist = Playlist.parse(text)
    assert playlist.write().decode() == text
    for segment in playlist.segments:
        assert segment.first <= segment.uri_line < len(playlist.lines)
        assert segment.duration_s >= 0


def test_segments_carry_what_is_in_force() -> None:
    playlist = Playlist.parse(
        media(
            """
            #EXT-X-MAP:URI="init.mp4"
            #EXT-X-KEY:METHOD=AES-128,URI="k1"
            #EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://k",KEYFORMAT="com.apple.streamingkeydelivery"
            4 a.mp4
            #EXT-X-BYTERANGE:100
            #EXT-X-DISCONTINUITY
            4 b.mp4
            #EXT-X-BYTERANGE:50
            4 b.mp4
            #EXT-X-KEY:METHOD=NONE
            #EXT-X-GAP
            4 c.mp4
            """,
            msn=7,
        )
    )
    first, second, third, fourth = playlist.segments
    assert [s.msn for s in playlist.segments] == [7, 8, 9, 10]
    assert [key.uri for key in first.keys] == ["k1", "skd://k"]
    assert first.keys[0].iv_is_sequence_number
    assert not first.keys[1].iv_is_sequence_number
    assert first.map_value == fourth.map_value == 'URI="init.mp4"'
    assert (second.discontinuity, third.discontinuity) == (True, False)
    assert second.byterange == (100, 0, True)
    assert third.byterange == (50, 100, True)
    assert fourth.gap
    assert fourth.keys == ()


def test_a_discontinuity_sequence_is_no_discontinuity() -> None:
    playlist = Playlist.parse(b"#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n#EXTINF:4,\na.ts\n")
    assert playlist.discontinuity_sequence == 3
    assert not playlist.segments[0].discontinuity


def test_skipped_segments_count_in_the_numbering() -> None:
    playlist = Playlist.parse(b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:10\n#EXT-X-SKIP:SKIPPED-SEGMENTS=5\n#EXTINF:4,\na.ts\n")
    assert playlist.segments[0].msn == 15


def test_a_multivariant_playlist_has_no_segments() -> None:
    playlist = Playlist.parse(b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n")
    assert playlist.is_multivariant
    assert playlist.segments == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6.006,", (6.006, "")),
        ("6", (6.0, "")),
        (" 9.5 , Title, with comma", (9.5, "Title, with comma")),
        ('-1 tvg-name="a,b" tvg-logo="x",Channel', (0.0, "Channel")),
        ("nonsense", (0.0, "")),
        ("999999999999,x", (1e6, "x")),
    ],
)
def test_extinf(value: str, expected: tuple[float, str]) -> None:
    duration_s, title = parse_extinf(value)
    assert title == expected[1]
    assert duration_s == pytest.approx(expected[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('METHOD=AES-128,URI="k?a=1,2",IV=0xAB', {"METHOD": "AES-128", "URI": "k?a=1,2", "IV": "0xAB"}),
        ('A="x" ,B=YES ', {"A": "x", "B": "YES"}),
        ('CUE="/DA=" CUE-OUT=YES', {"CUE": "/DA=", "CUE-OUT": "YES"}),
        (
            "ElapsedTime=6.00,Duration=150,SCTE35=/DAuAA==",
            {"ELAPSEDTIME": "6.00", "DURATION": "150", "SCTE35": "/DAuAA=="},
        ),
        ('A="never closed,B=2', {"A": "never closed,B=2"}),
        ("30,SpliceType=DAI", {"SPLICETYPE": "DAI"}),
        ("A=1,A=2", {"A": "1"}),
        ("=,==,,", {}),
        ("", {}),
    ],
)
def test_attribute_lists(text: str, expected: dict[str, str]) -> None:
    assert attribute_values(text) == expected


def test_values_are_replaced_where_they_stand() -> None:
    text = 'METHOD=AES-128, URI="old",IV=0x1 ,KEYFORMAT="identity"'
    assert (
        replace_values(text, {"URI": "new", "IV": "0x2", "ABSENT": "x"})
        == 'METHOD=AES-128, URI="new",IV=0x2 ,KEYFORMAT="identity"'
    )
    assert without_attributes("CAN-BLOCK-RELOAD=YES,HOLD-BACK=6", frozenset(["CAN-BLOCK-RELOAD"])) == "HOLD-BACK=6"


@given(st.text(alphabet='AB=", x', max_size=60))
def test_any_attribute_list_is_read(text: str) -> None:
    for attribute in parse_attributes(text).values():
        assert attribute.value in text
        assert 0 <= attribute.start <= attribute.end <= len(text)


@given(st.text(max_size=20))
def test_any_number_is_read(text: str) -> None:
    decimal(text)
    parse_date(text)


def test_dates_round_trip() -> None:
    for text in ("2026-01-01T00:00:00.000Z", "1970-01-01T00:13:24.500Z"):
        moment = parse_date(text)
        assert moment is not None
        assert format_date(moment) == text
    assert parse_date("2022-01-31T20:51:57.065000+00:00") == parse_date("2022-01-31T20:51:57.065")
    assert parse_date("9999999-01-01") is None


def _seconds(data: bytes) -> float:
    gc.disable()  # whose passes depend on what other tests left behind
    try:
        begin = time.process_time()
        Playlist.parse(data).write()
        return time.process_time() - begin
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "unit",
    [
        b"#EXTINF:6,\nsegment.ts\n",
        b"\r",
        b'#EXT-X-KEY:METHOD=AES-128,URI="a"\n#EXTINF:1,\nx\n',
        b'#EXT-X-KEY:A="',
        b"#EXT-X-DATERANGE:=",
        b"#EXTINF:" + b"9" * 50,
    ],
)
def test_time_is_linear_in_the_size(unit: bytes) -> None:
    """Ten times the size may take about ten times as long; quadratic work would take a hundred."""
    small = min(_seconds(unit * (30_000 // len(unit))) for _ in range(3))
    large = min(_seconds(unit * (300_000 // len(unit))) for _ in range(2))
    assert large < 40 * max(small, 0.0005)
