"""Playlists in the shape that each vendor documents, or that its players are known to meet: which segments are ads, and which are not."""

import re

import pytest

from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.cases.case import Case
from tests.unit.streaming.proxy.detect.cases.vendors import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_vendor(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, DetectionRules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads


def _numbered(stem: str, first: int, count: int, duration: str = "5") -> str:
    return "\n".join(f"{duration} {stem}{number}.ts" for number in range(first, first + count))


def test_creatives_put_between_two_numbers_without_a_discontinuity() -> None:
    """As resellers of films do it: a folder of another's in the middle of the programme's numbering."""
    body = "\n".join([_numbered("/a/hls/e", 0, 50), _numbered("/b/hls/s", 9000, 6), _numbered("/a/hls/e", 50, 50)])
    assert detect(Playlist.parse(media(body, vod=True))).ads == list(range(50, 56))


def test_a_folder_for_each_segment_is_the_packagers_way() -> None:
    body = "\n".join(f"5 /a/{number}/seg.ts" for number in range(60))
    assert detect(Playlist.parse(media(body, vod=True))).ads == []


def test_one_pod_shows_where_the_others_are_kept() -> None:
    """The first block has no number before it, so only its shelf gives it away."""
    key = "#EXT-X-DISCONTINUITY"
    body = "\n".join(
        [
            *(_numbered("/ys/1/x", 0, 2, "3"), key, _numbered("/show/e", 0, 40), key),
            *(_numbered("/ys/2/y", 0, 3, "3"), key, _numbered("/show/e", 40, 40)),
        ]
    )
    assert detect(Playlist.parse(media(body, vod=True))).ads == [0, 1, 42, 43, 44]
