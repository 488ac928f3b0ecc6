"""Playlists in the shape that each vendor documents, or that its players are known to meet: which segments are ads, and which are not."""

from tests.unit.streaming.proxy.detect.cases.case import A, Case, P, lines
from tests.unit.streaming.proxy.detect.splices import IN, OUT_30

#: A time_signal with an end of a provider's placement opportunity (0x35).
_HEX_35 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616235010100000000"
_HEX_OUT_30 = "0xFC302500000000000000FFF014050000000" + "17FEFFE00000000FE002932E000010101000000000000"
_AMS = f'#EXT-X-CUE:ID="95766",TYPE="scte35",DURATION=30.000000,TIME=158348769.966667,CUE="{OUT_30}"'
_DATE = "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z"

CASES = [
    Case(
        "Azure Media Services: the cue repeated with what has passed",
        lines(P, _AMS, A, f"{_AMS},ELAPSED=10.0", A, f"{_AMS},ELAPSED=20.0", A, P, P),
        [1, 2, 3],
    ),
    Case("Azure Media Services, joined in the middle", lines(f"{_AMS},ELAPSED=20.0", A, P, P), [0], 50),
    Case(
        "Azure Media Services, its simple form",
        lines(
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
    Case("Adobe's default cue", lines(P, '#EXT-X-CUE:DURATION=20,ID="x"', A, A, P), [1, 2]),
    Case(
        "the tag repeated at every segment is one break",
        lines(P, *['#EXT-X-CUE-OUT:ID=7,DURATION=20', A, '#EXT-X-CUE-OUT:ID=7,DURATION=20', A], P, P),
        [1, 2],
    ),
    Case(
        "Adobe Primetime's server: the end stands at the last segment",
        lines(
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
        lines("#EXT-X-MARKER:TYPE=PrerollPodBegin,BREAKDUR=20", A, "#EXT-X-MARKER:TYPE=PrerollPodEnd", A),
        [0, 1],
    ),
    Case(
        "ESAM signals of CableLabs",
        lines(
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
    Case("ESAM, joined in the middle", lines("#EXT-X-SIGNAL-SPAN:20.0/30.0,SpliceType=LIVE_DAI", A, P, P), [0], 77),
    Case(
        "SCTE35-OUT, -CONT and -IN as tags of their own",
        lines(P, "#EXT-X-SCTE35-OUT", A, "#EXT-X-SCTE35-OUT-CONT", A, "#EXT-X-SCTE35-IN", P),
        [1, 2],
    ),
    Case(
        "Amagi: each ad begins and ends",
        lines(
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
        lines(
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
    Case("lower case", lines(P, "#ext-x-cue-out:20", A, A, "#ext-x-cue-in", P), [1, 2]),
    Case("the X forgotten", lines(P, "#EXT-CUE-OUT:20", A, A, "#EXT-CUE-IN", P), [1, 2]),
    Case("a duration in ISO 8601", lines(P, "#EXT-X-CUE-OUT:DURATION=PT20S", A, A, P, P), [1, 2]),
    Case("a duration by the clock", lines(P, "#EXT-X-CUE-OUT:00:00:20", A, A, P, P), [1, 2]),
    Case("a continuation with a bare number", lines("#EXT-X-CUE-OUT-CONT:10", A, "#EXT-X-CUE-IN", P), [0], 9),
    Case("a cue-out that says how much has passed", lines("#EXT-X-CUE-OUT:DURATION=30,ELAPSED=20", A, P, P), [0], 9),
    Case("the binary cue bare in the tag", lines(P, f"#EXT-X-SCTE35:{OUT_30}", A, A, A, f"#EXT-X-SCTE35:{IN}", P), [1, 2, 3]),
    Case("hexadecimal without its prefix", lines(P, f'#EXT-X-SCTE35:CUE="{_HEX_OUT_30[2:]}"', A, A, A, P), [1, 2, 3]),
    Case(
        "all date ranges at the head, the end with a date of its own",
        lines(
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
        lines(
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:20Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            '#EXT-X-DATERANGE:ID="1",DURATION=20,SCTE35-IN=0xFC',
            *(_DATE, P, P, A, A, P, P, P),
        ),
        [2, 3],
    ),
    Case(
        "Elemental Live: END-DATE in the second tag",
        lines(
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
        lines(
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
        lines(
            '#EXT-X-DATERANGE:ID="a",CLASS="com.example.ad",START-DATE="2026-01-01T00:00:10Z",END-ON-NEXT=YES',
            '#EXT-X-DATERANGE:ID="b",CLASS="com.example.ad",START-DATE="2026-01-01T00:00:20Z",DURATION=10',
            *(_DATE, P, A, A, P, P),
        ),
        [1, 2],
    ),
    Case(
        "Twitch as players see it",
        lines(
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
        lines(
            P,
            '#EXT-X-DATERANGE:ID="ad-1",CLASS="twitch-stitched-ad",X-TV-TWITCH-AD-URL="https://x/t",DURATION=60.0',
            *(A, A, "#EXT-X-CUE-IN", P),
        ),
        [1, 2],
    ),
    Case(
        "MediaTailor behind a CDN",
        lines(
            "5 https://cdn.example.com/tm/0a1b2c3d4e5f60718293/hr2dm6v/asset_1080_4_8_0_00001.ts",
            "5 https://cdn.example.com/v1/segment/94063eadf7d8c56e9e2edd84fdf897826a70d0df/c/s/0/6",
            "5 https://cdn.example.com/out/v1/abc/index_1_1.ts",
        ),
        [0, 1],
    ),
    Case(
        "an ad server's own host",
        lines("5 https://cdn-a.fwmrm.net/m/1/x/1.ts", "5 https://redirector.doubleclick.net/x.ts", "5 https://fwmrm.network/x.ts"),
        [0, 1],
    ),
    Case("titles with a number", lines("#EXTINF:5,Ad 1", "1.ts", "#EXTINF:5,ad-break", "2.ts", "#EXTINF:5,Advert #3", "3.ts"), [0, 1, 2]),
    # innocent
    Case("a film whose name begins so", lines("#EXTINF:5,Ad Astra", "1.ts", "#EXTINF:5,Ads of the world", "2.ts"), []),
    Case("an audio description is called _ad", lines("5 audio/en_ad/1.aac", "5 audio/en_ad/2.aac"), []),
    Case("advertising that is announced but not placed", lines("#EXT-X-ADVERTISING:SYSCODE=23", P, P), []),
    Case("an interstitial with an asset list", lines(
        _DATE,
        '#EXT-X-DATERANGE:ID="i",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",X-ASSET-LIST="x",X-RESUME-OFFSET=0',
        *(P, P)), []),
    Case("a date range in another clock", lines(
        "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00Z",
        P, '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",DURATION=10,SCTE35-OUT=0xFC', A, P), [1]),
    Case("a break that was called off", lines(
        P, '#EXT-X-SCTE35:CUE="/DAWAAAAAAAAAP/wBQUAAAAB/wAAAAAAAA=="', P, P), []),
]  # fmt: skip
