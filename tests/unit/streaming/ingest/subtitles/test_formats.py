"""Subtitles of every kind to WebVTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import reader
from streaming.ingest.subtitles.cue import MAX_CUE_CHARACTERS, MAX_CUES, Cue, clip, write


def read(name: str, content: bytes, language: str = "und") -> list[Cue]:
    return reader.read(name, content, language).cues


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
        ("content", "reason"),
        [
            (b"", "neither WebVTT nor SRT nor ASS"),
            (b"just text", "neither WebVTT nor SRT nor ASS"),
            (b"\x00\x01\x02" * 50, "not text"),
            (b"WEBVTT\n\nNOTE nothing\n", "no cue"),
            (b"WEBVTT\n" + b"x" * (8 * 1024 * 1024), "over 8 MiB"),
            (b'{"events": [{"text": 5}]}', "neither WebVTT nor SRT nor ASS"),
            (b'<?xml version="1.0"?><tt><p begin="1f">a</p></tt>', "neither WebVTT nor SRT nor ASS"),
            (b"{1}{25}MicroDVD has no times of its own", "neither WebVTT nor SRT nor ASS"),
            (b"1\n00:00:01,000 --> 00:00:02,000\n" + b"a " * MAX_CUE_CHARACTERS, "longer than 10000 characters"),
            (b"00:01.000 --> 00:02.000\n" + b"a\n" * 41, "more than 40 lines"),
            (b"1\n00:00:01,000 --> 00:00:02,000\na\n\n" * (MAX_CUES + 1), "more than 20000 cues"),
            (b"[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,," + b"a" * 10_001, "longer than 10000 characters"),
            (
                b"[V4+ Styles]\nFormat: Name\n" + b"".join(b"Style: %d\n" % n for n in range(1001)),
                "more than 1000 styles",
            ),
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


class TestNumbers:
    """A line that is a number: of the cue, or what somebody says."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1\nT1\nIt was the year\n\n2\nT2\nCall me in\n1999\n", ["It was the year", "Call me in\n1999"]),
            ("T1\nGate\n42\n\nT2\nbye\n", ["Gate\n42", "bye"]),
            ("1\nT1\nRoom\n42\n\n2\nT2\n7\n", ["Room\n42", "7"]),
            ("1\nT1\nRoom\n42\n2\nT2\nbye\n3\nT3\nend", ["Room\n42", "bye", "end"]),
            ("1\n\nT1\na\n\n2\n\nT2\nb\n", ["a", "b"]),
            ("57\nT1\nthe rest of a file\n", ["the rest of a file"]),
            ("0\nT1\na\n\n1\nT2\nb", ["a", "b"]),
            ("1\nT1\n3\n\n2\nT2\n2\n\n3\nT3\n1\n", ["3", "2", "1"]),
        ],
    )
    def test_which_lines_stay(self, text: str, expected: list[str]) -> None:
        for number in (1, 2, 3):
            text = text.replace(f"T{number}", f"00:00:0{number},000 --> 00:00:0{number},900")
        assert [cue.text for cue in read("a.srt", text.encode())] == expected


class TestWords:
    """What looks like markup and is none."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{sighs} C:\\new\\home", "{sighs} C:\\new\\home"),
            ("{\\o/} {\\an8}up {", "{\\o/} up {"),
            ("<3 you <b>and</b> <me>", "&lt;3 you <b>and</b> &lt;me&gt;"),
            ("a<br/>b &amp; c", "a\nb &amp;amp; c"),
            ("<i>never closed", "<i>never closed</i>"),
            ("</i>never opened", "never opened"),
            ("{\\i1}so{\\i0} it is", "<i>so</i> it is"),
            ("<font color='red'>\n\n</font>left\n \nright", "left\nright"),
        ],
    )
    def test_in_srt(self, text: str, expected: str) -> None:
        assert read("a", f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode())[0].text == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{a comment}C:\\Dir\\{x\\}", "C:\\Dir{x}"),
            ("one\\Ntwo\\nthree\\hfour", "one\ntwo three four"),
            ("{\\pos(1,2)\\p1}m 0 0{\\p0}seen", "seen"),
            ("{\\i1\\b700}all {\\r}plain", "<b><i>all</i></b> plain"),
            ("{never closed", "{never closed"),
        ],
    )
    def test_in_ass(self, text: str, expected: str) -> None:
        script = f"[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{text}\n"
        assert read("a", script.encode())[0].text == expected

    def test_in_webvtt(self) -> None:
        text = "{sighs} C:\\new &rsquo;x&rsquo; &bogus; &#1234567; <v O&P>a</v> <00:01.500>b <i --> c"
        assert read("a", f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode())[0].text == (
            "{sighs} C:\\new ’x’ &amp;bogus; &amp;#1234567; <v O&amp;P>a</v> <00:01.500>b <i --&gt; c"
        )


def test_old_ssa_stands_where_its_numbers_say() -> None:
    text = (
        "[Script Info]\nScriptType: v4.00\n[V4 Styles]\nFormat: Name, Alignment\nStyle: *Top,6\n"
        "[Events]\nFormat: Marked, Start, End, Style, Text\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:02.00,*Top,up, there\nDialogue: Marked=0,0:00:02.00,0:00:03.00,x,{\\a6}too"
    )
    assert read("a.ssa", text.encode()) == [Cue(1000, 2000, "up, there", "line:0"), Cue(2000, 3000, "too", "line:0")]


def test_a_sign_that_moves_frame_by_frame_is_one_cue() -> None:
    lines = "".join(f"Dialogue: 0,0:00:0{n}.00,0:00:0{n + 1}.00,x,,0,0,0,,{{\\pos({n},0)}}Station\n" for n in range(5))
    assert read("a.ass", f"[Events]\n{lines}".encode()) == [Cue(0, 5000, "Station")]


def test_lone_surrogates_are_no_text() -> None:
    with pytest.raises(SubtitlesUnreadable, match="half a character"):
        reader.read_text("a", "1\n00:00:01,000 --> 00:00:02,000\n\ud83d\n")
