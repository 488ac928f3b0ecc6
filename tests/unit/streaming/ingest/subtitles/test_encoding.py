"""Bytes to text."""

import pytest

from streaming.ingest.subtitles.cue import Unreadable
from streaming.ingest.subtitles.encoding import decode, decode_as, names
from tests.unit.streaming.ingest.subtitles.texts import ENCODINGS, LINES, srt

LEGACY = [(language, encoding) for language, encodings in ENCODINGS.items() for encoding in encodings]


class TestLegacy:
    @pytest.mark.parametrize(("language", "encoding"), LEGACY)
    def test_six_lines_are_read_right(self, language: str, encoding: str) -> None:
        text = srt([line.replace("—", "-") for line in LINES[language]])
        content = text.encode(encoding)
        hinted, unhinted = decode(content, language), decode(content)
        assert hinted.text == unhinted.text == text
        assert hinted.warning is None, "the language in the file's name agrees"
        assert unhinted.warning is not None, "nobody said so"

    @pytest.mark.parametrize(("language", "encoding"), LEGACY)
    def test_one_line_is_never_destroyed_without_a_word(self, language: str, encoding: str) -> None:
        read = 0
        for line in LINES[language][2:5]:
            text = srt([line])
            try:
                content = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            try:
                found = decode(content)
            except Unreadable:
                continue
            assert content.isascii() or found.warning is not None
            read += found.text == text
            assert decode(content, language).text == text
        assert read >= 1

    def test_of_english_that_has_only_curly_quotes_and_one_accent(self) -> None:
        text = srt(["Don’t you “know”?", "It’s just a café…"])
        assert decode(text.encode("cp1252")).text == text

    def test_a_name_with_the_wrong_language_does_not_win(self) -> None:
        text = srt(LINES["ru"])
        found = decode(text.encode("cp1251"), "en")
        assert found.text == text
        assert found.warning == "it is not UTF-8 and was read as windows-1251: look at its letters"

    def test_what_can_be_read_two_ways_is_refused(self) -> None:
        with pytest.raises(Unreadable, match=r"(windows-1250|ISO-8859-2) and .* alike"):
            decode(srt(["Nic z tego nie rozumiem, źle słyszę."]).encode("cp1250"))

    def test_noise_is_refused(self) -> None:
        noise = bytes(0x80 + (index * index * 37 + index * 11) % 128 for index in range(400))
        with pytest.raises(Unreadable):
            decode(b"1\n00:00:01,000 --> 00:00:02,000\n" + noise)


class TestUnicode:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
    )
    @pytest.mark.parametrize("language", ["ru", "ja", "ko", "zh-Hans", "en"])
    def test_with_and_without_its_mark(self, encoding: str, language: str) -> None:
        text = srt(LINES.get(language, ["Hello"]))
        found = decode(text.encode(encoding), "de")
        assert (found.text, found.warning) == (text, None)

    def test_marked_big_endian(self) -> None:
        assert decode(b"\xfe\xff" + "Щука".encode("utf-16-be")).text == "Щука"

    def test_one_damaged_byte_makes_it_no_other_encoding(self) -> None:
        content = srt(LINES["ru"]).encode()
        with pytest.raises(Unreadable, match="UTF-8, but line 7 is damaged"):
            decode(content.replace("Щука".encode(), b"\xff"), "ru")

    def test_cut_off_in_the_middle_of_a_character(self) -> None:
        with pytest.raises(Unreadable, match="damaged"):
            decode("WEBVTT\n\nПривет всем".encode("utf-16")[:-1])

    def test_japanese_mail(self) -> None:
        text = srt(LINES["ja"])
        assert decode(text.encode("iso2022_jp")).text == text

    def test_what_is_no_text(self) -> None:
        with pytest.raises(Unreadable, match="not text"):
            decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))


class TestChosen:
    def test_by_its_name(self) -> None:
        assert decode_as("Щука".encode("koi8-r"), "KOI8-R").text == "Щука"
        assert {"UTF-8", "windows-1251", "Shift_JIS", "GB18030", "Big5", "EUC-KR"} <= set(names())

    @pytest.mark.parametrize(("name", "reason"), [("rot13", "no encoding we know"), ("UTF-8", "not written in UTF-8")])
    def test_refused(self, name: str, reason: str) -> None:
        with pytest.raises(Unreadable, match=reason):
            decode_as(b"\xff\xff", name)
