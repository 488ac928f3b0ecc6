"""RFC 9110 §12.5.3, §13 and §14: encodings, conditions and ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.origin.media.conditional import RangeNotSatisfiable, accepts_gzip, none_match, parse_range, range_applies


class TestRange:
    """§14.1.2 and §14.2, with the examples given there for 10,000 bytes."""

    @pytest.mark.parametrize(
        ("header", "expected"),
        [
            ("bytes=0-499", (0, 500)),
            ("bytes=500-999", (500, 1000)),
            ("bytes=-500", (9500, 10000)),
            ("bytes=9500-", (9500, 10000)),
            ("bytes=0-0", (0, 1)),
            ("bytes=-1", (9999, 10000)),
            ("BYTES=0-4", (0, 5)),
            ("bytes= 0-4 ", (0, 5)),
            ("bytes=0-99999", (0, 10000)),
            ("bytes=-99999", (0, 10000)),
        ],
    )
    def test_one_range(self, header: str, expected: tuple[int, int]) -> None:
        assert parse_range(header, 10_000) == expected

    @pytest.mark.parametrize("header", ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=9999999999999999999-"])
    def test_beyond_the_end(self, header: str) -> None:
        with pytest.raises(RangeNotSatisfiable):
            parse_range(header, 10_000)

    @pytest.mark.parametrize(
        "header",
        [
            "bytes=0-0,-1",
            "bytes=500-600,601-999",
            "bytes=5-4",
            "bytes=-",
            "bytes",
            "bytes=a-b",
            "items=0-5",
            "",
            "bytes=0x0-5",
            "bytes=٣-٤",
            "bytes=" + "9" * 5000 + "-",
            "bytes=--5",
        ],
    )
    def test_several_or_malformed_is_the_whole_file(self, header: str) -> None:
        assert parse_range(header, 10_000) is None

    @given(st.integers(0, 20), st.integers(-1, 25), st.integers(-1, 25))
    def test_always_within_the_file(self, size: int, first: int, last: int) -> None:
        header = f"bytes={'' if first < 0 else first}-{'' if last < 0 else last}"
        try:
            part = parse_range(header, size)
        except RangeNotSatisfiable:
            assert first >= size or (first < 0 and (last <= 0 or size == 0))
            return
        if part is not None:
            start, stop = part
            assert 0 <= start < stop <= size
            data = bytes(range(size))
            expected = data[-last:] if first < 0 else data[first:] if last < 0 else data[first : last + 1]
            assert data[start:stop] == expected


class TestConditions:
    """§13.1.2 If-None-Match, §13.1.5 If-Range."""

    @pytest.mark.parametrize("header", ['"a-b"', 'W/"a-b"', '"x", "a-b"', ' "a-b" ', "*", 'W/"x",W/"a-b"'])
    def test_known(self, header: str) -> None:
        assert not none_match(header, '"a-b"')
        assert not none_match(header, 'W/"a-b"')

    @pytest.mark.parametrize("header", ['"a-c"', "a-b", "", '"a"'])
    def test_not_known(self, header: str) -> None:
        assert none_match(header, '"a-b"')

    def test_range_needs_the_very_same_bytes(self) -> None:
        assert range_applies(None, '"a-b"')
        assert range_applies('"a-b"', '"a-b"')
        assert not range_applies('W/"a-b"', 'W/"a-b"')
        assert not range_applies('W/"a-b"', '"a-b"')
        assert not range_applies("Sat, 29 Oct 1994 19:43:31 GMT", '"a-b"')


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("identity", False),
        ("", False),
        ("notgzip", False),
    ],
)
def test_gzip(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected
