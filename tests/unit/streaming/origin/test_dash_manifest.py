"""What of a DASH manifest a viewer may have."""

import pytest
from defusedxml.ElementTree import fromstring

from streaming.origin.access.token import Caps
from streaming.origin.dash_manifest import within

NAME = "{urn:mpeg:dash:schema:mpd:2011}"


def mpd(*sets: str) -> str:
    head = '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" type="static"><Period id="0">'
    return f"{head}{''.join(sets)}</Period></MPD>"


LADDER = (
    '<AdaptationSet id="0" contentType="video" maxWidth="3840" maxHeight="2160">'
    '<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" cenc:default_KID="k"/>'
    '<Representation id="4k" width="3840" height="2160"/><Representation id="hd" width="1920" height="1080"/>'
    '<Representation id="sd" width="640" height="360"/></AdaptationSet>'
)
ALONE = (
    '<AdaptationSet id="1" contentType="video" width="3840" height="2160"><Representation id="av1"/></AdaptationSet>'
)
SOUND = '<AdaptationSet id="2" contentType="audio"><Representation id="a"/></AdaptationSet>'


def ids(manifest: str) -> list[str | None]:
    return [each.get("id") for each in fromstring(manifest).iter(f"{NAME}Representation")]


@pytest.mark.parametrize(
    ("max_height_px", "left"),
    [
        (None, ["4k", "hd", "sd", "av1", "a"]),
        (2160, ["4k", "hd", "sd", "av1", "a"]),
        (1080, ["hd", "sd", "a"]),
        (720, ["sd", "a"]),
        (144, ["sd", "a"]),  # lowers the quality, and does not forbid to watch
    ],
)
def test_what_is_left(max_height_px: int | None, left: list[str]) -> None:
    assert ids(within(mpd(LADDER, ALONE, SOUND), Caps(max_height_px))) == left


def test_a_set_says_what_is_in_it_and_an_empty_one_goes() -> None:
    text = within(mpd(LADDER, ALONE, SOUND), Caps(1080))
    picture, sound = fromstring(text).iter(f"{NAME}AdaptationSet")
    assert (picture.get("maxWidth"), picture.get("maxHeight"), sound.get("id")) == ("1920", "1080", "2")
    assert 'cenc:default_KID="k"' in text


def test_upright_pictures_are_told_by_their_shorter_side() -> None:
    upright = '<AdaptationSet><Representation id="v" width="1080" height="1920"/></AdaptationSet>'
    assert ids(within(mpd(upright, ALONE), Caps(1080))) == ["v"]


def test_sound_alone_and_no_manifest_at_all() -> None:
    assert ids(within(mpd(SOUND), Caps(1080))) == ["a"]
    assert ids(within(mpd(), Caps(1080))) == []
