"""Playlists with cues as they are met in the field, each with the segments that somebody watching would call ads.

Written from the documentation of packagers and from what their playlists show in public; the addresses and messages are our own.
"""

import re

import pytest

from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.cases.case import Case
from tests.unit.streaming.proxy.detect.cases.field import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_what_cues_say(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, DetectionRules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads


def test_a_list_of_channels_has_no_ads() -> None:
    """As IPTV providers write it: M3U without a word of HLS."""
    channels = ('#EXTINF:-1 tvg-id="a.us" group-title="Shops, and more",Amazon', "https://a.example.com/live.m3u8")
    text = "\n".join(["#EXTM3U", *channels, "#EXTINF:-1,Commercial 1", "https://b.example.net/x/1.ts", ""])
    assert detect(Playlist.parse(text)).ads == []
