"""Unsigned ads: the signs, and the innocent playlists that look like them."""

import pytest

from streaming.proxy.detect.detect import DetectionRules, VerdictSource, detect
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.segment_names import parse_name
from tests.unit.streaming.proxy.corpus import media


def _run(directory: str, first: int, count: int, duration: str = "6", ending: str = ".ts") -> str:
    return "\n".join(f"{duration} {directory}{number}{ending}" for number in range(first, first + count))


DISCONTINUITY = "#EXT-X-DISCONTINUITY"
SHOW = "https://cdn.example.com/show/seg_"


def _ads(*blocks: str, msn: int | None = None, vod: bool = True) -> list[int]:
    return detect(Playlist.parse(media("\n".join(blocks), msn=msn, vod=vod))).ads


def test_a_block_from_another_host_between_two_numbers() -> None:
    ads = _ads(
        _run(SHOW, 0, 20),
        DISCONTINUITY,
        _run("https://x.example.net/c9/v", 1, 3, "5"),
        DISCONTINUITY,
        _run(SHOW, 20, 20),
    )
    assert ads == [20, 21, 22]


def test_a_block_of_another_directory_between_two_numbers() -> None:
    ads = _ads(
        _run("0a1b2c", 100, 20, "4"),
        DISCONTINUITY,
        _run("/20240101/zz/hls/", 7, 5, "3"),
        DISCONTINUITY,
        _run("0a1b2c", 120, 20, "4"),
    )
    assert ads == [20, 21, 22, 23, 24]


def test_a_clear_block_between_encrypted_ones() -> None:
    key = '#EXT-X-KEY:METHOD=AES-128,URI="k"'
    clear = "#EXT-X-KEY:METHOD=NONE"
    ads = _ads(
        key,
        _run("seg", 0, 20),
        DISCONTINUITY,
        clear,
        _run("other/x", 0, 3, "5"),
        DISCONTINUITY,
        key,
        _run("seg", 20, 20),
    )
    assert ads == [20, 21, 22]


def test_a_pre_roll_of_a_complete_playlist() -> None:
    assert _ads(_run("https://ads.example.net/p", 0, 2, "5"), DISCONTINUITY, _run(SHOW, 0, 20)) == [0, 1]


def test_verdicts_are_marked_as_guesses() -> None:
    body = "\n".join(
        [
            _run(SHOW, 0, 20),
            DISCONTINUITY,
            _run("https://ads.example.net/p", 0, 2, "5"),
            DISCONTINUITY,
            _run(SHOW, 20, 20),
        ]
    )
    playlist = Playlist.parse(media(body, vod=True))
    verdict = detect(playlist).verdicts[20]
    assert verdict.source is VerdictSource.HEURISTIC
    assert verdict.reasons[:2] == ("foreign-host", "numbering-sandwich")
    assert verdict.score >= 3
    assert detect(playlist, DetectionRules(heuristics=False)).ads == []


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        (
            "an encoder restart",
            (_run(SHOW, 0, 20), DISCONTINUITY, _run(SHOW, 20, 3), DISCONTINUITY, _run(SHOW, 23, 20)),
        ),
        (
            "a backup host",
            (
                _run(SHOW, 0, 20),
                DISCONTINUITY,
                _run("https://b.example.net/show/seg_", 20, 3),
                DISCONTINUITY,
                _run(SHOW, 23, 20),
            ),
        ),
        (
            "a short block",
            (
                _run(SHOW, 0, 20),
                DISCONTINUITY,
                _run(SHOW, 900, 2, "5"),
                DISCONTINUITY,
                _run("https://cdn.example.com/show/t_", 0, 20),
            ),
        ),
        (
            "a chapter of its own directory",
            (_run("ch1/s", 0, 20), DISCONTINUITY, _run("ch2/s", 0, 4), DISCONTINUITY, _run("ch3/s", 0, 20)),
        ),
        (
            "two halves from two hosts",
            (_run("https://a.example.com/s", 0, 20), DISCONTINUITY, _run("https://b.example.com/s", 0, 20)),
        ),
        (
            "a long block",
            (
                _run(SHOW, 0, 90),
                DISCONTINUITY,
                _run("https://b.example.net/x", 0, 31),
                DISCONTINUITY,
                _run(SHOW, 90, 90),
            ),
        ),
        (
            "a brand with an ad word",
            (
                _run("https://ads.example.com/show/a", 0, 20),
                DISCONTINUITY,
                _run("https://ads.example.com/show/b", 0, 4, "5"),
            ),
        ),
        ("a short tail", (_run(SHOW, 0, 20), DISCONTINUITY, _run("https://cdn.example.com/show/credits_", 0, 1, "5"))),
    ],
)
def test_what_is_innocent(name: str, blocks: tuple[str, ...]) -> None:
    assert _ads(*blocks) == [], name


def test_the_edges_of_a_sliding_window_are_not_judged() -> None:
    """What is small at the edge may be the end of the last programme, or the beginning of the next."""
    foreign = _run("https://b.example.net/x", 0, 2, "5")
    assert _ads(foreign, DISCONTINUITY, _run(SHOW, 0, 20), msn=700, vod=False) == []
    assert _ads(_run(SHOW, 0, 20), DISCONTINUITY, foreign, msn=700, vod=False) == []


def test_more_than_thirty_per_cent_is_a_misunderstanding() -> None:
    foreign = _run("https://b.example.net/x", 0, 5, "5")
    assert _ads(_run(SHOW, 0, 5), DISCONTINUITY, foreign, DISCONTINUITY, _run(SHOW, 5, 4)) == []
    assert len(_ads(_run(SHOW, 0, 10), DISCONTINUITY, foreign, DISCONTINUITY, _run(SHOW, 10, 10))) == 5


@pytest.mark.parametrize(
    ("uri", "stem", "number", "ending"),
    [
        ("https://h/a/b/seg_32.ts?x=9", "seg_", 32, ".ts"),
        ("audio=128000-3.m4s", "audio=128000-", 3, ".m4s"),
        ("segment97_2_av.ts", "segment97_", 2, "_av.ts"),
        ("//h/a/name", "name", None, ""),
        ("", "", None, ""),
        ("9" * 400, "9" * 382, int("9" * 18), ""),
    ],
)
def test_names(uri: str, stem: str, number: int | None, ending: str) -> None:
    assert parse_name(uri)[2:] == (stem, number, ending)
