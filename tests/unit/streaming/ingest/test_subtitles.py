"""Subtitles of every kind to WebVTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import Cue, SideFile, belongs_to, clip, read, side_file, write

ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,2,2,2,10,10,10,1
Style: Sign,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,2,2,8,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Привет, {\\i1}мир{\\i0}\\Nи <все> & прочие
Comment: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,a note of the translator
Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
Dialogue: 0,0:00:04.00,0:00:05.00,Sign,,0,0,0,,Station
Dialogue: 1,0:00:04.00,0:00:05.00,Sign,,0,0,0,,Station
"""
SRT = b"1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hi</i> <font color=red>there</font>, 5 < 6\r\n\r\n2\r\n00:01:00,000 --> 00:01:02,000\r\n{\\an8}top\r\n"


class TestReading:
    def test_srt(self) -> None:
        assert read("a.srt", SRT) == [
            Cue(1000, 2500, "<i>Hi</i> there, 5 &lt; 6"),
            Cue(60_000, 62_000, "top", "line:0"),
        ]

    def test_ass_with_its_italics_and_without_its_art(self) -> None:
        assert clip(read("a.ass", ASS.encode()), 10_000) == [
            Cue(1000, 3000, "Привет, <i>мир</i>\nи &lt;все&gt; &amp; прочие"),
            Cue(4000, 5000, "Station", "line:0"),
        ]

    def test_webvtt_keeps_its_settings_and_loses_its_styles(self) -> None:
        text = (
            "WEBVTT - of a film\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\nSTYLE\n::cue { color: red }\n\n"
            "NOTE a --> b\n\nfirst\n00:01.000 --> 00:02.000 line:10% align:start\n<v Roger>Tom & Jerry</v>\n\n"
            "00:00:03.000 --> 00:00:04.000\nrock &amp; roll <b>now</b> <script>\n"
        )
        assert read("a.vtt", text.encode()) == [
            Cue(1000, 2000, "<v Roger>Tom &amp; Jerry</v>", "line:10% align:start"),
            Cue(3000, 4000, "rock &amp; roll <b>now</b> &lt;script>"),
        ]

    @pytest.mark.parametrize(
        ("encoding", "language"), [("utf-8", "und"), ("utf-8-sig", "ru"), ("utf-16", "ru"), ("cp1251", "ru")]
    )
    def test_encodings(self, encoding: str, language: str) -> None:
        content = "1\n00:00:01,000 --> 00:00:02,000\nПривет\n".encode(encoding)
        assert read("a.srt", content, language) == [Cue(1000, 2000, "Привет")]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "neither WebVTT nor SRT nor ASS"),
            (b"just text", "neither WebVTT nor SRT nor ASS"),
            (b"\x00\x01\x02" * 50, "not text"),
            (b"WEBVTT\n\nNOTE nothing\n", "no cue"),
            (b"WEBVTT\n" + b"x" * (8 * 1024 * 1024), "over 8 MiB"),
        ],
    )
    def test_refused(self, content: bytes, reason: str) -> None:
        with pytest.raises(SubtitlesUnreadable, match=reason):
            read("a.srt", content)

    @given(st.binary(max_size=400))
    def test_no_content_does_anything_worse_than_being_refused(self, content: bytes) -> None:
        for beginning in (
            b"",
            b"WEBVTT\n\n00:00.000 --> 00:01.000\n",
            b"1\n00:00:00,000 --> 00:00:01,000\n",
            b"[Events]\n",
        ):
            try:
                cues = read("a", beginning + content)
            except SubtitlesUnreadable:
                continue
            text = write(clip(cues, 60_000))
            assert text.count("-->") <= len(cues)


class TestClipping:
    def test_to_the_film(self) -> None:
        cues = [
            Cue(-500, 500, "a"),
            Cue(900, 2000, "b"),
            Cue(1000, 2000, "late"),
            Cue(300, 300, "never"),
            Cue(5, 9, ""),
        ]
        assert clip(cues, 1000) == [Cue(0, 500, "a"), Cue(900, 1000, "b")]

    def test_in_order_each_once(self) -> None:
        assert clip([Cue(5, 9, "x"), Cue(1, 2, "y"), Cue(5, 9, "x")], 100) == [Cue(1, 2, "y"), Cue(5, 9, "x")]


def test_writing() -> None:
    assert write([Cue(0, 1500, "a"), Cue(3_600_000, 3_601_000, "b\nc", "line:0")]) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\na\n\n01:00:00.000 --> 01:00:01.000 line:0\nb\nc\n"
    )


class TestSideFiles:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Film.srt", SideFile("und", "", False)),
            ("Film.ru.srt", SideFile("ru", "", False)),
            ("Film.rus.forced.ass", SideFile("ru", "", True)),
            ("Film.en.sdh.srt", SideFile("en", "English SDH", False)),
            ("Film.pt-BR.vtt", SideFile("pt-BR", "", False)),
        ],
    )
    def test_names(self, name: str, expected: SideFile) -> None:
        assert side_file(name, "Film") == expected

    def test_a_title_that_is_no_language(self) -> None:
        assert side_file("Der.Film.en.srt", "Der.Film").language == "en"
        assert side_file("captions.ja.vtt").language == "ja"

    def test_which_belong_to_a_film(self) -> None:
        assert belongs_to("Film.srt", "Film.mkv")
        assert belongs_to("Film.ru.ASS", "Film.mkv")
        assert not belongs_to("Film 2.srt", "Film.mkv")
        assert not belongs_to("Film.mkv", "Film.mkv")
