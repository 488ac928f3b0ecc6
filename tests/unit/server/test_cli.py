"""The command line, as far as it is only words."""

from pathlib import Path
from unittest.mock import patch

import pytest

from server.cli import commands
from server.cli.app import app


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
    ingest.assert_called_once_with(Path("film.mp4"), "e", [Path("a.srt"), Path("b.ass")], None, protect=None)
