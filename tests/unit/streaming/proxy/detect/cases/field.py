"""Playlists with cues as they are met in the field, each with the segments that somebody watching would call ads.

Written from the documentation of packagers and from what their playlists show in public; the addresses and messages are our own.
"""

from collections.abc import Sequence

from tests.unit.streaming.proxy.detect.cases.case import A, Case, P, lines
from tests.unit.streaming.proxy.detect.ranges import message
from tests.unit.streaming.proxy.detect.splices import OUT_30, segmentation_descriptor, splice_info_section

CASES: Sequence[Case] = [
    Case(
        "Unified: a break within a break",
        lines(
            *(P, "#EXT-X-CUE-OUT:80", A, A, A, "#EXT-X-CUE-OUT:30", A, A, A, "## Auto Return Mode", "#EXT-X-CUE-IN"),
            *(A, A, "#EXT-X-CUE-IN", P, P),
        ),
        [1, 2, 3, 4, 5, 6, 7, 8],
    ),
    Case(
        "the next cue-out stands before the cue-in of the last",
        lines(P, "#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-OUT:20", "#EXT-X-CUE-IN", A, A, "#EXT-X-CUE-IN", P, P),
        [1, 2, 3],
    ),
    Case(
        "the cue-out without an id at each segment",
        lines(P, *["#EXT-X-CUE-OUT:30", A] * 3, P, P, P),
        [1, 2, 3],
    ),
    Case(
        "the cue-out at each segment, then the cue-in",
        lines(P, *["#EXT-X-CUE-OUT:DURATION=30", A] * 3, "#EXT-X-CUE-IN", P, P),
        [1, 2, 3],
    ),
    Case(
        "breaks back to back, no ends",
        lines(P, "#EXT-X-CUE-OUT:20", A, A, "#EXT-X-CUE-OUT:10", A, P, P),
        [1, 2, 3],
    ),
    Case(
        "continuations at each segment stop: the break is over, whatever its length",
        lines(P, "#EXT-X-CUE-OUT", A, "#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, P, P, P, P),
        [1, 2, 3],
    ),
    Case(
        "continuations at each segment stop, joined in the middle",
        lines("#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, P, P, P, P),
        [0, 1],
        900,
    ),
    Case(
        "all that is known runs on to the live edge",
        lines("#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A),
        [0, 1, 2],
        900,
    ),
    Case(
        "four spellings of a continuation, and the end after the last segment",
        lines(
            *("#EXT-X-CUE-OUT:30", "4.8 1.ts", f"#EXT-X-CUE-OUT-CONT:ElapsedTime=4.8,Duration=30,SCTE35={OUT_30}", "4.8 2.ts"),
            *("#EXT-X-CUE-OUT-CONT:ElapsedTime=9.6,Duration=30", "4.8 3.ts", "#EXT-X-CUE-OUT-CONT:14.4/30", "4.8 4.ts"),
            *("#EXT-X-CUE-OUT-CONT", "4.8 5.ts", "#EXT-X-CUE-IN"),
        ),
        [0, 1, 2, 3, 4],
        100,
    ),
    Case(
        "CAID first, then how far we are",
        lines("#EXT-X-CUE-OUT-CONT:CAID=0x1,ElapsedTime=20.0,Duration=30.0", A, P, P),
        [0],
        5,
    ),
    Case(
        "a cue-out with the id of its break, shorter than it said",
        lines("9 1.ts", "#EXT-X-CUE-OUT:DURATION=150,BREAKID=0x0", "9.23 2.ts", "0.5 3.ts", "#EXT-X-CUE-IN", "8.5 4.ts", "9 5.ts"),
        [1, 2],
        719926,
    ),
    Case(
        "MediaLive: length, id and message in one tag, spans with it",
        lines(
            *("10 1.ts", f'#EXT-X-CUE-OUT:DURATION=20,ID=15070603,CUE="{OUT_30}"', "8.56 2.ts"),
            *("#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT8.56S,ID=15070603", "10 3.ts"),
            *("#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT18.56S,ID=15070603", "1.44 4.ts", "#EXT-X-CUE-IN:ID=15070603", "8.56 5.ts", "10 6.ts"),
        ),
        [1, 2, 3],
        1808132,
    ),
    Case(
        "SCTE35 tags with types and elapsed times, no more",
        lines(
            *(P, '#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0', A, '#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0,ELAPSED=10.0', A),
            *('#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0,ELAPSED=20.0', A, P, P, P),
        ),
        [1, 2, 3],
    ),
    Case(
        "SCTE35 tags that say OUT and IN in words",
        lines(P, '#EXT-X-SCTE35:TYPE="OUT",DURATION=60', A, A, '#EXT-X-SCTE35:TYPE="IN"', P, P),
        [1, 2],
    ),
    Case(
        "a message full of descriptors: what ends, a programme, and at last a break",
        lines(
            *(P, "#EXT-OATCLS-SCTE35:" + message(0x01), P),
            "#EXT-OATCLS-SCTE35:0x"
            + splice_info_section(6, b"\x7f", segmentation_descriptor(0x11) + segmentation_descriptor(0x31) + segmentation_descriptor(0x10) + segmentation_descriptor(0x36, 20)).hex(),
            *(A, A, P),
        ),
        [2, 3],
    ),
    Case("a bare cue-out, its length in the message beside it", lines(P, f"#EXT-OATCLS-SCTE35:{OUT_30}", "#EXT-X-CUE-OUT", A, A, A, P, P), [1, 2, 3]),
    Case("a cue-out, its length in the message within", lines(P, f'#EXT-X-CUE-OUT:ID=1,CUE="{OUT_30}"', A, A, A, P, P), [1, 2, 3]),
    Case(
        "Elemental: the message of a break at its cue tags, others bare within and without",
        lines(
            *(P, "#EXT-OATCLS-SCTE35:" + message(0x34, 30), P, f"#EXT-OATCLS-SCTE35:{OUT_30}", "#EXT-X-CUE-OUT:40", A),
            *("#EXT-OATCLS-SCTE35:" + message(0x35), A, "#EXT-OATCLS-SCTE35:" + message(0x11), A, A, "#EXT-X-CUE-IN", P),
        ),
        [2, 3, 4, 5],
    ),
    Case(
        "cue tags, and messages of single ads and programmes in tags of their own",
        lines(
            *(P, f'#EXT-X-SCTE35:CUE="{message(0x10)}"', P, f'#EXT-X-SCTE35:CUE="{message(0x34, 60)}"', "#EXT-X-CUE-OUT:30", A),
            *(f'#EXT-X-SCTE35:CUE="{message(0x35)}"', A, A, "#EXT-X-CUE-IN", P, f'#EXT-X-SCTE35:CUE="{message(0x34, 60)}"', P),
        ),
        [2, 3, 4],
    ),
    Case("a message begins, a cue ends", lines(P, f"#EXT-OATCLS-SCTE35:{OUT_30}", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("titles of rolls", lines("#EXTINF:5,preroll", "1.ts", "#EXTINF:5,Mid-Roll 2", "2.ts", "#EXTINF:5,rolling", "3.ts"), [0, 1]),
    Case("the message with an X in its tag", lines(P, f"#EXT-X-OATCLS-SCTE35:{OUT_30}", A, A, A, P), [1, 2, 3]),
    Case(
        "Twitch: a stitched ad without any date",
        lines(
            '#EXT-X-DATERANGE:ID="stitched-ad-1",CLASS="twitch-stitched-ad",DURATION=4.0',
            *("2 0.ts", "2 1.ts", "#EXTINF:2.000,live", "2.ts", "#EXTINF:2.000,live", "3.ts"),
        ),
        [0, 1],
    ),
    Case(
        "Twitch: the range is longer than what is not live",
        lines(
            '#EXT-X-DATERANGE:ID="x",CLASS="twitch-stitched-ad",DURATION=30.0',
            *("#EXTINF:2.000,stitched", "0.ts", "#EXT-X-DISCONTINUITY", "#EXTINF:2.000,live", "1.ts", "#EXTINF:2.000,live", "2.ts"),
        ),
        [0],
    ),
    Case(
        "Twitch: only an attribute of an ad, then live",
        lines(
            '#EXT-X-DATERANGE:ID="ad-1",X-TV-TWITCH-AD-URL="https://ads.example/track",DURATION=4.0',
            *("2 0.ts", "#EXTINF:2.000,live", "1.ts"),
        ),
        [0],
    ),
    Case(
        "Twitch: planned for long, and measured",
        lines(
            '#EXT-X-DATERANGE:ID="ad",CLASS="twitch-stitched-ad",PLANNED-DURATION=300.0,DURATION=6.0',
            *("#EXT-X-DISCONTINUITY", "2 0.ts", "2 1.ts", "2 2.ts", "#EXT-X-DISCONTINUITY", "2 3.ts", "2 4.ts"),
        ),
        [0, 1, 2],
    ),
    Case("innocent: what is called live elsewhere", lines(
        "#EXT-X-CUE-OUT:4", "#EXTINF:2.000,live", "0.ts", "#EXTINF:2.000,live", "1.ts", "#EXT-X-CUE-IN", "#EXTINF:2.000,live", "2.ts"), [0, 1]),
    Case(
        "a reseller's jump to ads, first, in the middle and at last",
        lines(
            *("#EXT-X-DISCONTINUITY", "4.12 /video/adjump/time/17137143014620000000.ts", "3 /video/adjump/time/17137143014620000001.ts"),
            *("#EXT-X-DISCONTINUITY", "4 0000000.ts", "4.24 0000001.ts", "#EXT-X-DISCONTINUITY"),
            *("4.12 https://bf.example.com/video/adtime/1.ts", "#EXT-X-DISCONTINUITY", "4 0000165.ts"),
        ),
        [0, 1, 4],
        0,
        True,
    ),
    Case("a half time of twenty minutes", lines(P, "#EXT-X-CUE-OUT:1200", *[A] * 120, "#EXT-X-CUE-IN", P), list(range(1, 121))),
    Case("the end declared falls within a segment", lines("#EXT-X-CUE-OUT:15", A, A, P), [0]),
    Case("a pre-roll and a post-roll", lines("#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", P, P, "#EXT-X-CUE-OUT:20", A, A), [0, 3, 4], 0, True),
    Case("a cue-in that nothing came before", lines("#EXT-X-CUE-IN", P, P, "#EXT-X-CUE-IN", P), [], 0, True),
    Case("a length below zero is none", lines(P, "#EXT-X-CUE-OUT:-1", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("a unit after the number", lines(P, "#EXT-X-CUE-OUT:20s", A, A, P), [1, 2]),
    Case("blanks before the colon and an equals sign", lines(P, "#EXT-X-CUE-OUT : 20", A, A, P), [1, 2]),
    Case("innocent: a place where a player may insert", lines(P, "#EXT-X-PLACEMENT-OPPORTUNITY", P, "#EXT-X-CUE:TYPE=SpliceInsert,ID=1", P), []),
    Case("innocent: a black-out is not an ad", lines(P, "#EXT-OATCLS-SCTE35:" + message(0x18), P, "#EXT-OATCLS-SCTE35:" + message(0x14), P), []),
    Case("innocent: unscheduled events and networks", lines(
        P, "#EXT-X-SCTE35:CUE=" + message(0x40), P, "#EXT-X-SCTE35:CUE=" + message(0x50), P), []),
]  # fmt: skip
