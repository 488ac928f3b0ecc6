"""Date ranges as they are met in the field, with and without cues beside them."""

from collections.abc import Sequence

from tests.unit.streaming.proxy.detect.cases.case import A, Case, P, lines
from tests.unit.streaming.proxy.detect.ranges import SPLICE, date_range, dated, message
from tests.unit.streaming.proxy.detect.splices import OUT_30

_CUE_30 = f'#EXT-X-CUE:ID="9",TYPE="scte35",TIME=259.5,CUE="{OUT_30}"'
_ADS_AND_CHAPTERS = [
    # a chapter that ended, a programme that began long ago, and a break of one ad; all listed at the head
    date_range("3-0x20", start=-553, end=0, SCTE35_IN=message(0x21)),
    date_range("1-0x22", start=-0.001, PLANNED_DURATION=30, SCTE35_OUT=message(0x22, 30)),
    date_range("5-0x30", start=-0.001, PLANNED_DURATION=30, SCTE35_OUT=message(0x30, 30)),
    date_range("2-0x10", start=-2464, PLANNED_DURATION=2713, SCTE35_OUT=message(0x10, 2713)),
]

CASES: Sequence[Case] = [
    Case(
        "Unified: each break twice, its ends too",
        lines(
            *(dated(0), P),
            *(date_range("1", start=10, PLANNED_DURATION=20, SCTE35_OUT=SPLICE), "#EXT-X-CUE-OUT:20"),
            *(date_range("2", start=10.4, PLANNED_DURATION=20, SCTE35_OUT=SPLICE), "#EXT-X-CUE-OUT:20"),
            *(dated(10), A, A, "## Auto Return Mode", "#EXT-X-CUE-IN", "#EXT-X-CUE-IN", dated(30), P, P),
        ),
        [1, 2],
        546178966,
    ),
    Case(
        "Unified: the date range says 0, the cue says how long",
        lines(
            *(dated(0), P, date_range("1", start=10, PLANNED_DURATION=0, SCTE35_OUT=SPLICE)),
            *("#EXT-X-CUE-OUT:20", dated(10), A, A, "#EXT-X-CUE-IN", dated(30), P, P),
        ),
        [1, 2],
    ),
    Case(
        "Unified: the cue-out has left the window, its date range and the cue-in have not",
        lines(
            *(date_range("1", start=-8, PLANNED_DURATION=20, SCTE35_OUT=SPLICE), dated(0)),
            *("4.8 1.ts", "4.8 2.ts", "2.4 3.ts", "#EXT-X-CUE-IN", dated(12), "7.2 4.ts", "4.8 5.ts"),
        ),
        [0, 1, 2],
        363991008,
    ),
    Case(
        "Unified: announced at the edge, nothing of it there yet",
        lines(dated(0), P, P, date_range("1", start=20, PLANNED_DURATION=60, SCTE35_OUT=SPLICE)),
        [],
        363969828,
    ),
    Case(
        "Unified with an interstitial over the broadcaster's break",
        lines(
            *(P, P),
            date_range(
                "1",
                start=20,
                PLANNED_DURATION=20,
                SCTE35_OUT=SPLICE,
                cls="com.apple.hls.interstitial",
                asset_uri="https://ads.example.com/pod.m3u8",
            ),
            *("#EXT-X-CUE-OUT:20", dated(20), A, A),
        ),
        [2, 3],
        529925074,
    ),
    Case(
        "Comcast: chapters and programmes beside the break",
        lines(
            *(dated(0), *_ADS_AND_CHAPTERS, *[A] * 3),
            date_range("1-0x22", start=-0.001, end=29.996, SCTE35_IN=message(0x23)),
            date_range("5-0x30", start=-0.001, end=29.996, SCTE35_IN=message(0x31)),
            date_range("3-0x20", start=29.996, PLANNED_DURATION=218, SCTE35_OUT=message(0x20, 218)),
            *[P] * 3,
        ),
        [0, 1, 2],
        112000,
    ),
    Case(
        "the end of a chapter is not the end of a break",
        lines(dated(0), P, P, P, date_range("c", start=-500, end=30, SCTE35_IN=message(0x21)), P, P),
        [],
        112000,
    ),
    Case(
        "the end of a programme is not the end of a break, without dates",
        lines(P, P, date_range("p", start=-500, SCTE35_IN=message(0x11)), P, P),
        [],
        112000,
    ),
    Case(
        "Azure: the same range at each segment, its length only in the message",
        lines(
            dated(0), P, *[date_range("9", start=10, SCTE35_OUT=SPLICE), A] * 3, P, P, P
        ),
        [1, 2, 3],
        7000,
    ),
    Case(
        "Azure: both dialects at each segment",
        lines(
            *(P, P),
            *[
                line
                for passed in (0.000022, 10, 20)
                for line in (date_range("9", start=20, SCTE35_OUT=SPLICE), f"{_CUE_30},DURATION=30.0,ELAPSED={passed}", A)
            ],
            *(P, P),
        ),
        [2, 3, 4],
        7000,
    ),
    Case(
        "the same range at each segment, its length nowhere",
        lines(dated(0), P, *[date_range("9", start=10, SCTE35_OUT="0xFC"), A] * 3, P, P, P),
        [1, 2, 3],
        7000,
    ),
    Case(
        "the same range at each segment, joined in the middle",
        lines(dated(0), *[date_range("9", start=-10, SCTE35_OUT="0xFC"), A] * 3, P, P, P),
        [0, 1, 2],
        7000,
    ),
    Case(
        "the same range at each segment, long before it begins",
        lines(dated(0), *[date_range("9", start=600, SCTE35_OUT="0xFC"), P] * 4),
        [],
        7000,
    ),
    Case(
        "the same range at each segment, from before it begins until it is over",
        lines(dated(0), *[date_range("9", start=20, SCTE35_OUT="0xFC"), P] * 2, *[date_range("9", start=20, SCTE35_OUT="0xFC"), A] * 2, P, P),
        [2, 3],
        7000,
    ),
    Case(
        "a range whose length only the message gives",
        lines(dated(0), P, date_range("1", start=10, SCTE35_OUT=SPLICE), A, A, A, P, P),
        [1, 2, 3],
    ),
    Case(
        "one event id for every break of the day",
        lines(
            *(dated(0), P, date_range("1", start=10, DURATION=20, SCTE35_OUT=SPLICE), A, A, P, P, P),
            *(date_range("1", start=60, DURATION=10, SCTE35_OUT=SPLICE), A, P, P),
        ),
        [1, 2, 6],
        40,
    ),
    Case(
        "one event id for every break, each with its end",
        lines(
            *(dated(0), P, date_range("1", start=10, PLANNED_DURATION=60, SCTE35_OUT=SPLICE), A, A),
            *(date_range("1", end=30, SCTE35_IN=SPLICE), P, P),
            *(date_range("1", start=50, PLANNED_DURATION=60, SCTE35_OUT=SPLICE), A, date_range("1", end=60, SCTE35_IN=SPLICE), P),
        ),
        [1, 2, 5],
        40,
    ),
    Case(
        "ranges whose id is empty",
        lines(
            *(dated(0), P, date_range("", start=10, DURATION=10, SCTE35_OUT="0xFC"), A, P),
            *(P, date_range("", start=40, DURATION=10, SCTE35_OUT="0xFC"), A, P),
        ),
        [1, 4],
    ),
    Case(
        "a later tag without SCTE35-IN gives the length",
        lines(
            *(dated(0), P, date_range("198", start=10, PLANNED_DURATION=22, SCTE35_OUT=SPLICE), dated(10)),
            *("4.5 a.ts", "6 a.ts", "6 a.ts", "5.5 a.ts"),
            *(date_range("198", start=10, end=24.8, DURATION=22.1), dated(32), P, P),
        ),
        [1, 2, 3, 4],
        103090,
    ),
    Case(
        "the start of the next ad stands before the end of the last",
        lines(
            *(dated(0), P, date_range("a", start=10, PLANNED_DURATION=10, SCTE35_OUT=message(0x30)), A),
            *(date_range("b", start=20, PLANNED_DURATION=20, SCTE35_OUT=message(0x30)), date_range("a", end=20, SCTE35_IN=message(0x31))),
            *(A, A, date_range("b", end=40, SCTE35_IN=message(0x31)), P, P),
        ),
        [1, 2, 3],
        40,
    ),
    Case(
        "the end under an id of its own, the message that of the beginning",
        lines(
            *(dated(0), P, date_range("out-1", start=10, PLANNED_DURATION=60, SCTE35_OUT=SPLICE), A, A),
            *(date_range("in-1", start=30, SCTE35_IN=SPLICE), P, P),
        ),
        [1, 2],
        9,
    ),
    Case(
        "out and in in one tag",
        lines(dated(0), P, date_range("1", start=10, DURATION=20, SCTE35_OUT=SPLICE, SCTE35_IN=SPLICE), A, A, P),
        [1, 2],
    ),
    Case(
        "interstitials that replace the break the primary carries, and nothing else said",
        lines(
            *(dated(0), P),
            date_range("i", start=10, DURATION=20, cls="com.apple.hls.interstitial", asset_uri="x", restrict="SKIP,JUMP", X_RESUME_OFFSET=0),
            *(P, P, P),
        ),
        [],
    ),
    Case(
        "Unified and Eyevinn: the range is planned for long, the cues are short, and every segment is called alike",
        lines(
            *(date_range("1", start=63, PLANNED_DURATION=120, SCTE35_OUT=SPLICE), "#EXT-X-CUE-OUT:7.44", dated(63)),
            *(*["2.48 s.m4s"] * 3, "#EXT-X-CUE-IN", *["2.48 s.m4s"] * 2, "#EXT-X-CUE-OUT:DURATION=4.96", *["2.48 s.m4s"] * 2),
            *("#EXT-X-CUE-IN", "2.48 s.m4s"),
        ),
        [0, 1, 2, 5, 6],
        454827500,
    ),
    Case("a class for all of advertising", lines(
        dated(0), P, date_range("x", start=10, DURATION=20, cls="com.example.ads"), A, A, P), [1, 2]),
    Case("innocent: classes that only sound so", lines(
        dated(0), P, date_range("x", start=10, DURATION=20, cls="com.example.headlines"), P, P,
        date_range("y", start=30, DURATION=10, cls="com.adobe.chapter"), P), []),
]  # fmt: skip
