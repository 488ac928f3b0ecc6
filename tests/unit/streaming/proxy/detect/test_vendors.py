"""Playlists in the shape that each vendor documents, or that its players are known to meet: which segments are ads, and which are not."""

import re

import pytest

from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.test_signals import _IN, _OUT_30, A, Case, P, _lines

#: A time_signal with an end of a provider's placement opportunity (0x35).
_HEX_35 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616235010100000000"
_HEX_OUT_30 = "0xFC302500000000000000FFF014050000000" + "17FEFFE00000000FE002932E000010101000000000000"
_AMS = f'#EXT-X-CUE:ID="95766",TYPE="scte35",DURATION=30.000000,TIME=158348769.966667,CUE="{_OUT_30}"'
_DATE = "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z"

CASES = [
    Case(
        "Azure Media Services: the cue repeated with what has passed",
        _lines(P, _AMS, A, f"{_AMS},ELAPSED=10.0", A, f"{_AMS},ELAPSED=20.0", A, P, P),
        [1, 2, 3],
    ),
    Case("Azure Media Services, joined in the middle", _lines(f"{_AMS},ELAPSED=20.0", A, P, P), [0], 50),
    Case(
        "Azure Media Services, its simple form",
        _lines(
            P,
            '#EXT-X-CUE:ID=95766,TYPE="SpliceOut",DURATION=20.0,TIME=158348769.9',
            A,
            '#EXT-X-CUE:ID=95766,TYPE="SpliceOut",DURATION=20.0,TIME=158348769.9,ELAPSED=10.0',
            A,
            P,
            P,
        ),
        [1, 2],
    ),
    Case("Adobe's default cue", _lines(P, '#EXT-X-CUE:DURATION=20,ID="x"', A, A, P), [1, 2]),
    Case(
        "the tag repeated at every segment is one break",
        _lines(P, *['#EXT-X-CUE-OUT:ID=7,DURATION=20', A, '#EXT-X-CUE-OUT:ID=7,DURATION=20', A], P, P),
        [1, 2],
    ),
    Case(
        "Adobe Primetime's server: the end stands at the last segment",
        _lines(
            P,
            "#EXT-X-MARKER:ID=1,TYPE=PodBegin,BREAKDUR=30,COUNT=2",
            "#EXT-X-MARKER:ID=2,TYPE=AdBegin,DURATION=20",
            A,
            A,
            "#EXT-X-MARKER:ID=3,TYPE=AdBegin,DURATION=10",
            "#EXT-X-MARKER:ID=4,TYPE=PodEnd,OFFSET=10",
            A,
            P,
            P,
        ),
        [1, 2, 3],
    ),
    Case(
        "Adobe Primetime's pre-roll at the end of the list",
        _lines("#EXT-X-MARKER:TYPE=PrerollPodBegin,BREAKDUR=20", A, "#EXT-X-MARKER:TYPE=PrerollPodEnd", A),
        [0, 1],
    ),
    Case(
        "ESAM signals of CableLabs",
        _lines(
            P,
            "#EXT-X-SIGNAL-EXIT:30.0,SpliceType=LIVE_DAI,SignalId=abc",
            A,
            "#EXT-X-SIGNAL-SPAN:10.0/30.0,SpliceType=LIVE_DAI",
            A,
            "#EXT-X-SIGNAL-RETURN:SpliceType=LIVE_DAI",
            P,
        ),
        [1, 2],
    ),
    Case("ESAM, joined in the middle", _lines("#EXT-X-SIGNAL-SPAN:20.0/30.0,SpliceType=LIVE_DAI", A, P, P), [0], 77),
    Case(
        "SCTE35-OUT, -CONT and -IN as tags of their own",
        _lines(P, "#EXT-X-SCTE35-OUT", A, "#EXT-X-SCTE35-OUT-CONT", A, "#EXT-X-SCTE35-IN", P),
        [1, 2],
    ),
    Case(
        "Amagi: each ad begins and ends",
        _lines(
            P,
            '#EXT-X-AD-START:URI="https://x.amagi.tv/beacon?break_type=MID_ROLL&dur=10"',
            A,
            "#EXT-X-AD-END",
            '#EXT-X-AD-START:URI="https://x.amagi.tv/beacon?break_type=MID_ROLL&dur=10"',
            A,
            "#EXT-X-AD-END",
            P,
        ),
        [1, 2],
    ),
    Case(
        "an ad's end within a break is not the break's",
        _lines(
            P,
            "#EXT-X-AD-BREAK-START",
            "#EXT-X-AD-START:PHZhc3Q+",
            A,
            "#EXT-X-AD-END",
            A,
            "#EXT-X-AD-BREAK-END",
            P,
        ),
        [1, 2],
    ),
    Case("lower case", _lines(P, "#ext-x-cue-out:20", A, A, "#ext-x-cue-in", P), [1, 2]),
    Case("the X forgotten", _lines(P, "#EXT-CUE-OUT:20", A, A, "#EXT-CUE-IN", P), [1, 2]),
    Case("a duration in ISO 8601", _lines(P, "#EXT-X-CUE-OUT:DURATION=PT20S", A, A, P, P), [1, 2]),
    Case("a duration by the clock", _lines(P, "#EXT-X-CUE-OUT:00:00:20", A, A, P, P), [1, 2]),
    Case("a continuation with a bare number", _lines("#EXT-X-CUE-OUT-CONT:10", A, "#EXT-X-CUE-IN", P), [0], 9),
    Case("a cue-out that says how much has passed", _lines("#EXT-X-CUE-OUT:DURATION=30,ELAPSED=20", A, P, P), [0], 9),
    Case("the binary cue bare in the tag", _lines(P, f"#EXT-X-SCTE35:{_OUT_30}", A, A, A, f"#EXT-X-SCTE35:{_IN}", P), [1, 2, 3]),
    Case("hexadecimal without its prefix", _lines(P, f'#EXT-X-SCTE35:CUE="{_HEX_OUT_30[2:]}"', A, A, A, P), [1, 2, 3]),
    Case(
        "all date ranges at the head, the end with a date of its own",
        _lines(
            '#EXT-X-DATERANGE:ID="ad-1",CLASS="urn:scte:scte35:2014:bin",START-DATE="2026-01-01T00:00:20Z",SCTE35-OUT=0xFC301100',
            '#EXT-X-DATERANGE:ID="ad-1",CLASS="urn:scte:scte35:2014:bin",START-DATE="2026-01-01T00:00:40Z",SCTE35-IN=0xFC301100',
            '#EXT-X-DATERANGE:ID="cmd-1",CLASS="urn:scte:scte35:2014:bin",START-DATE="2026-01-01T00:00:50Z",SCTE35-CMD=0xFC301100',
            *(_DATE, P, P, A, A, P, P, P),
        ),
        [2, 3],
        0,
        True,
    ),
    Case(
        "all date ranges at the head, the end with a duration",
        _lines(
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:20Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            '#EXT-X-DATERANGE:ID="1",DURATION=20,SCTE35-IN=0xFC',
            *(_DATE, P, P, A, A, P, P, P),
        ),
        [2, 3],
    ),
    Case(
        "Elemental Live: END-DATE in the second tag",
        _lines(
            _DATE,
            P,
            '#EXT-X-DATERANGE:ID="999",START-DATE="2026-01-01T00:00:10.079Z",PLANNED-DURATION=30.000,SCTE35-OUT=0xFC30',
            *(A, A, A),
            '#EXT-X-DATERANGE:ID="999",END-DATE="2026-01-01T00:00:40.109Z",DURATION=30.030,SCTE35-IN=0xFC30',
            *(P, P),
        ),
        [1, 2, 3],
    ),
    Case(
        "SCTE35-CMD begins and ends placement opportunities",
        _lines(
            _DATE,
            P,
            f'#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",SCTE35-CMD={_HEX_35.replace("35010100000000", "34010100000000")}',
            *(A, A),
            f'#EXT-X-DATERANGE:ID="2",START-DATE="2026-01-01T00:00:30Z",SCTE35-CMD={_HEX_35}',
            *(P, P),
        ),
        [1, 2],
    ),
    Case(
        "a class that ends with its next",
        _lines(
            '#EXT-X-DATERANGE:ID="a",CLASS="com.example.ad",START-DATE="2026-01-01T00:00:10Z",END-ON-NEXT=YES',
            '#EXT-X-DATERANGE:ID="b",CLASS="com.example.ad",START-DATE="2026-01-01T00:00:20Z",DURATION=10',
            *(_DATE, P, A, A, P, P),
        ),
        [1, 2],
    ),
    Case(
        "Twitch as players see it",
        _lines(
            "#EXT-X-TWITCH-LIVE-SEQUENCE:90",
            '#EXT-X-DATERANGE:ID="playlist-session-1",CLASS="twitch-session",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES',
            '#EXT-X-DATERANGE:ID="source-1",CLASS="twitch-stream-source",START-DATE="2026-01-01T00:00:04Z",END-ON-NEXT=YES,'
            'X-TV-TWITCH-STREAM-SOURCE="Amazon|1"',
            '#EXT-X-DATERANGE:ID="stitched-ad-1",CLASS="twitch-stitched-ad",START-DATE="2026-01-01T00:00:04Z",DURATION=4.0,'
            'X-TV-TWITCH-AD-POD-LENGTH="2"',
            '#EXT-X-DATERANGE:ID="quartile-1",CLASS="twitch-ad-quartile",START-DATE="2026-01-01T00:00:08Z",DURATION=2.0,'
            'X-TV-TWITCH-AD-POD-LENGTH="2"',
            _DATE,
            *("#EXTINF:2,live", "1.ts", "#EXTINF:2,live", "2.ts", "#EXT-X-DISCONTINUITY"),
            *("#EXTINF:2,Amazon|84", "3.ts", "#EXTINF:2,TTD|77", "4.ts", "#EXT-X-DISCONTINUITY"),
            *("#EXTINF:2,live", "5.ts"),
        ),
        [2, 3],
        90,
    ),
    Case(
        "a stitched ad without a date, ended by a cue",
        _lines(
            P,
            '#EXT-X-DATERANGE:ID="ad-1",CLASS="twitch-stitched-ad",X-TV-TWITCH-AD-URL="https://x/t",DURATION=60.0',
            *(A, A, "#EXT-X-CUE-IN", P),
        ),
        [1, 2],
    ),
    Case(
        "MediaTailor behind a CDN",
        _lines(
            "5 https://cdn.example.com/tm/0a1b2c3d4e5f60718293/hr2dm6v/asset_1080_4_8_0_00001.ts",
            "5 https://cdn.example.com/v1/segment/94063eadf7d8c56e9e2edd84fdf897826a70d0df/c/s/0/6",
            "5 https://cdn.example.com/out/v1/abc/index_1_1.ts",
        ),
        [0, 1],
    ),
    Case(
        "an ad server's own host",
        _lines("5 https://cdn-a.fwmrm.net/m/1/x/1.ts", "5 https://redirector.doubleclick.net/x.ts", "5 https://fwmrm.network/x.ts"),
        [0, 1],
    ),
    Case("titles with a number", _lines("#EXTINF:5,Ad 1", "1.ts", "#EXTINF:5,ad-break", "2.ts", "#EXTINF:5,Advert #3", "3.ts"), [0, 1, 2]),
    # innocent
    Case("a film whose name begins so", _lines("#EXTINF:5,Ad Astra", "1.ts", "#EXTINF:5,Ads of the world", "2.ts"), []),
    Case("an audio description is called _ad", _lines("5 audio/en_ad/1.aac", "5 audio/en_ad/2.aac"), []),
    Case("advertising that is announced but not placed", _lines("#EXT-X-ADVERTISING:SYSCODE=23", P, P), []),
    Case("an interstitial with an asset list", _lines(
        _DATE,
        '#EXT-X-DATERANGE:ID="i",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",X-ASSET-LIST="x",X-RESUME-OFFSET=0',
        *(P, P)), []),
    Case("a date range in another clock", _lines(
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00Z",
        P, '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",DURATION=10,SCTE35-OUT=0xFC', A, P), [1]),
    Case("a break that was called off", _lines(
        P, '#EXT-X-SCTE35:CUE="/DAWAAAAAAAAAP/wBQUAAAAB/wAAAAAAAA=="', P, P), []),
]  # fmt: skip


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
