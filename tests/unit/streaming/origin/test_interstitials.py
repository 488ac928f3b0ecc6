"""Breaks in playlists: whole texts, and addresses."""

import pytest

from streaming.origin.interstitials import (
    BreakAsset,
    asset_list,
    break_of,
    media_with_breaks,
    multivariant_with_breaks,
    parse,
    with_name,
)

MEDIA = """#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4"
#EXTINF:4.000,
1.m4s
#EXTINF:4.000,
2.m4s
#EXT-X-ENDLIST
"""


def test_a_media_playlist_gets_one_date_and_a_range_for_each_break() -> None:
    assert (
        media_with_breaks(MEDIA, "v1/playlist.m3u8", (0, 4_000))
        == """#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2000-01-01T00:00:00.000Z
#EXT-X-DATERANGE:ID="break-0",CLASS="com.apple.hls.interstitial",START-DATE="2000-01-01T00:00:00.000Z",CUE="PRE,ONCE",\
X-ASSET-LIST="../breaks/0.json",X-RESUME-OFFSET=0,X-RESTRICT="SKIP,JUMP"
#EXT-X-DATERANGE:ID="break-4000",CLASS="com.apple.hls.interstitial",START-DATE="2000-01-01T00:00:04.000Z",CUE="ONCE",\
X-ASSET-LIST="../breaks/4000.json",X-RESUME-OFFSET=0,X-RESTRICT="SKIP,JUMP",X-SNAP="OUT,IN"
#EXTINF:4.000,
1.m4s
#EXTINF:4.000,
2.m4s
#EXT-X-ENDLIST
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        MEDIA.replace("#EXT-X-ENDLIST\n", ""),
        MEDIA.replace("#EXTINF", "#EXT-X-PROGRAM-DATE-TIME:2020-01-01T00:00:00Z\n#EXTINF", 1),
    ],
    ids=["live", "dated"],
)
def test_what_has_a_timeline_of_its_own_is_left_alone(text: str) -> None:
    assert media_with_breaks(text, "playlist.m3u8", (0,)) == text


def test_a_multivariant_playlist_leads_to_playlists_with_breaks() -> None:
    master = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x.m3u8",URI="a-en/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
v1/playlist.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="v1/iframes.m3u8"
#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="skd://1"
"""
    assert multivariant_with_breaks(master, (0, 600_000)) == (
        master.replace("a-en/playlist", "a-en/breaks-0.600000-playlist")
        .replace("v1/playlist", "v1/breaks-0.600000-playlist")
        .replace("v1/iframes", "v1/breaks-0.600000-iframes")
    )


@pytest.mark.parametrize("path", ["v1/playlist.m3u8", "playlist.m3u8", "added/0-9.1.m3u8"])
def test_an_address_with_breaks_is_read_back(path: str) -> None:
    found = parse(with_name(path, (0, 12_000)))
    assert found is not None
    assert (found.path, found.offsets_ms) == (path, (0, 12_000))


@pytest.mark.parametrize(
    "path",
    [
        "v1/playlist.m3u8", "breaks--x.m3u8", "breaks-1.0-x.m3u8", "breaks-00-x.m3u8", "breaks-1.1-x.m3u8", "breaks-0-x.m4s",
        "breaks-0-../x.m3u8", "../breaks-0-x.m3u8", "breaks-99999999-x.m3u8", "breaks-0.1.2.3.4.5.6.7.8.9.10-x.m3u8", "breaks-٣-x.m3u8",
    ],
)  # fmt: skip
def test_one_set_of_breaks_has_one_address(path: str) -> None:
    assert parse(path) is None


def test_lists_of_assets() -> None:
    assert break_of("breaks/600000.json") == 600_000
    assert [break_of(path) for path in ("breaks/x.json", "v1/breaks/0.json", "breaks/0.m3u8", "breaks/-1.json")] == [
        None
    ] * 4
    assert asset_list([]) == {"ASSETS": []}
    ad = BreakAsset(url="/hls/t/a/master.m3u8", duration_ms=8_040, details={"title": "Ad"}, skip_after_ms=5_000)
    assert asset_list([ad]) == {
        "ASSETS": [{"URI": "/hls/t/a/master.m3u8", "DURATION": 8.04, "X-ANI-AD": {"title": "Ad"}}],
        "SKIP-CONTROL": {"OFFSET": 5.0},
    }


def test_breaks_on_several_edges() -> None:
    """Addresses of edges get them as relative ones do, and those that the steering manifest hands out later."""
    text = (
        "#EXTM3U\n"
        '#EXT-X-CONTENT-STEERING:SERVER-URI="/api/v1/playback/s/steering?token=t&known=eu,home",PATHWAY-ID="eu"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a@eu",NAME="x",URI="https://eu.example:81/hls/t/a/a/main.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a@eu"\n'
        "https://eu.example:81/hls/t/a/v/main.m3u8\n"
    )
    assert multivariant_with_breaks(text, (0, 600_000)) == (
        "#EXTM3U\n"
        '#EXT-X-CONTENT-STEERING:SERVER-URI="/api/v1/playback/s/steering?token=t&known=eu,home&breaks=0.600000",PATHWAY-ID="eu"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a@eu",NAME="x",URI="https://eu.example:81/hls/t/a/a/breaks-0.600000-main.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a@eu"\n'
        "https://eu.example:81/hls/t/a/v/breaks-0.600000-main.m3u8\n"
    )
