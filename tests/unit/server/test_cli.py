"""The command line, as far as it is only words."""

from pathlib import Path
from unittest.mock import patch

import pytest

from server.cli import commands, watch_commands
from server.cli.app import app
from streaming.ingest.picture.codecs import VideoCodec
from streaming.ingest.watch_folder.model import Outcome, Reason, State, VideoFile
from streaming.keys.model import Protection


@pytest.mark.parametrize(
    "words",
    [
        ["film.mp4", "--episode", "e", "--subtitles", "a.srt", "b.ass"],
        ["film.mp4", "--episode", "e", "--subtitles", "a.srt", "--subtitles", "b.ass"],
        ["film.mp4", "--subtitles", "a.srt", "b.ass", "--episode", "e"],
    ],
)
def test_several_subtitle_files(words: list[str]) -> None:
    with patch.object(commands, "ingest") as ingest, pytest.raises(SystemExit) as ended:
        app(["ingest", *words])
    assert ended.value.code == 0
    ingest.assert_called_once_with(
        Path("film.mp4"), "e", [Path("a.srt"), Path("b.ass")], None, protect=None, codecs=None
    )


def test_codecs_of_a_video() -> None:
    with patch.object(commands, "ingest") as ingest, pytest.raises(SystemExit) as ended:
        app(["ingest", "film.mp4", "--episode", "e", "--codecs", "av1,h264"])
    assert ended.value.code == 0
    ingest.assert_called_once_with(
        Path("film.mp4"), "e", [], None, protect=None, codecs=(VideoCodec.H264, VideoCodec.AV1)
    )


def test_a_codec_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    with patch.object(commands, "ingest") as ingest, pytest.raises(SystemExit) as ended:
        app(["ingest", "film.mp4", "--episode", "e", "--codecs", "h264,vp9"])
    assert ended.value.code == 2
    ingest.assert_not_called()
    printed = capsys.readouterr()
    assert "none of h264, hevc, av1" in " ".join((printed.out + printed.err).split())


def test_watch() -> None:
    with patch.object(watch_commands, "watch_folder") as watched, pytest.raises(SystemExit) as ended:
        app(["watch", "films", "--once", "--work", "--protect", "cbcs", "--interval", "0.5"])
    assert ended.value.code == 0
    watched.assert_called_once_with(
        Path("films"),
        None,
        once=True,
        dry_run=False,
        work=True,
        replacing=False,
        protect=Protection.CBCS,
        interval_s=0.5,
    )


def test_what_is_printed_of_a_name_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    file = VideoFile("\x1b[2J[red]\r05.mkv", 1, 1)
    watch_commands._lines([Outcome(file, State.LEFT, reason=Reason.UNKNOWN_TITLE)])
    watch_commands._show_table([Outcome(file, State.LEFT, reason=Reason.UNKNOWN_TITLE)])
    printed = capsys.readouterr().out
    assert "\x1b[2J" not in printed
    assert "\r" not in printed
    assert printed.count("[2J[red]") == 2
