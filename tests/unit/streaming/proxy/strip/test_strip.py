"""Removal from complete playlists: whole outputs, because a playlist is right only as a whole."""

import pytest

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.strip import AdPolicy, StripOptions, StripResult, strip
from streaming.proxy.strip.timeline import SegmentAction
from tests.unit.streaming.proxy.corpus import files, media
from tests.unit.streaming.proxy.strip.policies import DELETE, POLICIES, REPLACE, WITH_SLATE


def _strip(text: str, policy: StripOptions) -> StripResult:
    return strip(Playlist.parse(_block(text)), policy)


def _block(text: str) -> bytes:
    return ("\n".join(line.strip() for line in text.strip().splitlines()) + "\n").encode()


VOD = """
    #EXTM3U
    #EXT-X-VERSION:3
    #EXT-X-TARGETDURATION:6
    #EXT-X-MEDIA-SEQUENCE:5
    #EXT-X-KEY:METHOD=AES-128,URI="k1"
    #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
    #EXTINF:6,
    p5.ts
    #EXT-X-DISCONTINUITY
    #EXT-X-CUE-OUT:12
    #EXT-X-KEY:METHOD=NONE
    #EXTINF:6,
    a6.ts
    #EXT-X-KEY:METHOD=AES-128,URI="k2"
    #EXTINF:6,An ad
    a7.ts
    #EXT-X-CUE-IN
    #EXTINF:6,
    p8.ts
    #EXTINF:6,
    p9.ts
    #EXT-X-ENDLIST
"""


def test_deleting_keeps_the_programme_decipherable_dated_and_numbered() -> None:
    stripped = _strip(VOD, DELETE)
    assert stripped.playlist.write() == _block("""
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:5
        #EXT-X-KEY:METHOD=AES-128,URI="k1"
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
        #EXTINF:6,
        p5.ts
        #EXT-X-DISCONTINUITY
        #EXT-X-KEY:METHOD=AES-128,URI="k2",IV=0x00000000000000000000000000000008
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:18.000Z
        #EXTINF:6,
        p8.ts
        #EXT-X-KEY:METHOD=AES-128,URI="k2",IV=0x00000000000000000000000000000009
        #EXTINF:6,
        p9.ts
        #EXT-X-ENDLIST
    """)
    assert stripped.cut_s == 12


def test_gaps_keep_numbers_and_durations() -> None:
    assert _strip(VOD, REPLACE).playlist.write() == _block("""
        #EXTM3U
        #EXT-X-VERSION:8
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:5
        #EXT-X-KEY:METHOD=AES-128,URI="k1"
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
        #EXTINF:6,
        p5.ts
        #EXT-X-DISCONTINUITY
        #EXT-X-GAP
        #EXTINF:6,
        gap
        #EXT-X-GAP
        #EXTINF:6,
        gap
        #EXT-X-KEY:METHOD=AES-128,URI="k2"
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:18.000Z
        #EXTINF:6,
        p8.ts
        #EXTINF:6,
        p9.ts
        #EXT-X-ENDLIST
    """)


def test_slates_are_in_the_clear_and_share_a_clock_of_their_own() -> None:
    assert _strip(VOD, WITH_SLATE).playlist.write() == _block("""
        #EXTM3U
        #EXT-X-VERSION:3
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:5
        #EXT-X-KEY:METHOD=AES-128,URI="k1"
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
        #EXTINF:6,
        p5.ts
        #EXT-X-DISCONTINUITY
        #EXT-X-KEY:METHOD=NONE
        #EXTINF:6,
        /own/6.000@0.000.ts
        #EXTINF:6,
        /own/6.000@6.000.ts
        #EXT-X-DISCONTINUITY
        #EXT-X-KEY:METHOD=AES-128,URI="k2"
        #EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:18.000Z
        #EXTINF:6,
        p8.ts
        #EXTINF:6,
        p9.ts
        #EXT-X-ENDLIST
    """)


def test_maps_and_byte_ranges_are_put_back() -> None:
    stripped = _strip(
        """
        #EXTM3U
        #EXT-X-TARGETDURATION:6
        #EXT-X-MAP:URI="show.mp4"
        #EXTINF:6,
        #EXT-X-BYTERANGE:100@0
        show.mp4
        #EXT-X-CUE-OUT:6
        #EXT-X-MAP:URI="ad.mp4"
        #EXTINF:6,
        #EXT-X-BYTERANGE:10@0
        ad.mp4
        #EXT-X-CUE-IN
        #EXT-X-MAP:URI="show.mp4"
        #EXTINF:6,
        #EXT-X-BYTERANGE:100@100
        show.mp4
        #EXT-X-CUE-OUT:6
        #EXTINF:6,
        #EXT-X-BYTERANGE:100
        show.mp4
        #EXT-X-CUE-IN
        #EXTINF:6,
        #EXT-X-BYTERANGE:100
        show.mp4
        #EXT-X-ENDLIST
        """,
        DELETE,
    )
    assert stripped.playlist.write() == _block("""
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-TARGETDURATION:6
        #EXT-X-MAP:URI="show.mp4"
        #EXTINF:6,
        #EXT-X-BYTERANGE:100@0
        show.mp4
        #EXT-X-DISCONTINUITY
        #EXT-X-MAP:URI="show.mp4"
        #EXTINF:6,
        #EXT-X-BYTERANGE:100@100
        show.mp4
        #EXT-X-DISCONTINUITY
        #EXTINF:6,
        #EXT-X-BYTERANGE:100@300
        show.mp4
        #EXT-X-ENDLIST
    """)


def test_a_deleted_pre_roll_leaves_no_seam() -> None:
    stripped = _strip(
        """
        #EXTM3U
        #EXT-X-TARGETDURATION:6
        #EXT-X-CUE-OUT:6
        #EXTINF:6,
        a.ts
        #EXT-X-DISCONTINUITY
        #EXT-X-CUE-IN
        #EXTINF:6,
        p.ts
        #EXT-X-ENDLIST
        """,
        DELETE,
    )
    assert stripped.playlist.write() == _block("""
        #EXTM3U
        #EXT-X-TARGETDURATION:6
        #EXTINF:6,
        p.ts
        #EXT-X-ENDLIST
    """)


def test_an_interstitial_tag_goes_and_the_segments_stay() -> None:
    body = """
        #EXTM3U
        #EXT-X-TARGETDURATION:6
        #EXT-X-DATERANGE:ID="1",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="ad.m3u8"
        #EXTINF:6,
        p.ts
        #EXT-X-ENDLIST
    """
    stripped = _strip(body, REPLACE)
    assert b"interstitial" not in stripped.playlist.write()
    assert stripped.actions == (SegmentAction.KEEP,)


def test_renditions_without_signals_are_cut_by_time() -> None:
    video = Playlist.parse(
        media("4 p0.ts\n4 p1.ts\n#EXT-X-CUE-OUT:8\n4 a2.ts\n4 a3.ts\n#EXT-X-CUE-IN\n4 p4.ts\n4 p5.ts", vod=True)
    )
    subtitles = Playlist.parse(media("8 s0.vtt\n8.1 a1.vtt\n7.9 s2.vtt", vod=True))
    shared = strip(video, DELETE).shared
    assert [s.uri for s in strip(subtitles, DELETE, shared).playlist.segments] == ["s0.vtt", "s2.vtt"]


@pytest.mark.parametrize(
    ("offset", "moved"),
    [("10", "6"), ("5", "4"), ("3", "3"), ("-6", "-6"), ("-10", "-8"), ("-11.5,PRECISE=YES", "-8,PRECISE=YES")],
)
def test_the_preferred_start_stays_the_same_moment(offset: str, moved: str) -> None:
    body = f"#EXT-X-START:TIME-OFFSET={offset}\n4 p0.ts\n#EXT-X-CUE-OUT:4\n4 a1.ts\n#EXT-X-CUE-IN\n4 p2.ts\n4 p3.ts"
    output = strip(Playlist.parse(media(body, vod=True)), DELETE).playlist.write().decode()
    assert f"#EXT-X-START:TIME-OFFSET={moved}\n" in output


def test_a_playlist_of_nothing_but_ads_is_given_back() -> None:
    stripped = strip(Playlist.parse(media("#EXT-X-CUE-OUT:8\n4 a.ts\n4 b.ts", vod=True)), DELETE)
    assert stripped.refusal == "nothing would be left"
    assert stripped.cut_segments == 0


def test_a_rule_that_takes_too_much_is_not_followed() -> None:
    policy = StripOptions(AdPolicy.DELETE, DetectionRules(ad_addresses=("*.ts",)))
    stripped = strip(Playlist.parse(media("4 a.ts\n4 b.ts\n4 c.mp4", vod=True)), policy)
    assert "30%" in stripped.refusal


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
def test_the_corpus_is_stripped_once_and_for_all(name: str) -> None:
    """Nothing to strip: not a byte changes. Something: a second pass finds nothing more."""
    policy = POLICIES[name]
    for path in files():
        data = path.read_bytes()
        stripped = strip(Playlist.parse(data), policy)
        assert "own check" not in stripped.refusal, path.name
        output = stripped.playlist.write()
        if not stripped.cut_segments and not stripped.detection.interstitial_lines:
            assert output == data, path.name
        again = strip(Playlist.parse(output), policy)
        assert again.playlist.write() == output, path.name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gap", "delete", "slate", "mapped slate"])
def test_timelines_of_the_corpus_hold(name: str) -> None:
    for path in files():
        upstream = Playlist.parse(path.read_bytes())
        stripped = strip(upstream, POLICIES[name])
        output = stripped.playlist
        assert output.target_duration_s == upstream.target_duration_s
        kept = [
            s
            for s, action in zip(upstream.segments, stripped.actions, strict=True)
            if action is not SegmentAction.DELETE
        ]
        assert [s.duration_s for s in output.segments] == [s.duration_s for s in kept]
        if name != "delete":
            assert [s.msn for s in output.segments] == [s.msn for s in upstream.segments]
        shown = {s.uri for s in output.segments}
        for segment, action in zip(upstream.segments, stripped.actions, strict=True):
            assert action is not SegmentAction.KEEP or segment.uri in shown
