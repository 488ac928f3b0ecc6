"""Date ranges as they are met in the field, with and without cues beside them."""

import re

import pytest

from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.cases.case import Case
from tests.unit.streaming.proxy.detect.cases.field_ranges import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_what_ranges_say(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, DetectionRules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads
