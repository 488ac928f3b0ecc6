"""Playlists as they are met in the field, each with the segments that somebody watching would call ads.

Written from the documentation of packagers and from what their playlists show in public; the addresses and messages are our own.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from streaming.proxy.detect import Rules, detect
from streaming.proxy.lines import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.test_signals import _OUT_30, A, Case, P, _lines, _message, _segmentation

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def _hex(type_id: int, duration_s: float | None = None) -> str:
    """A ``time_signal`` with one segmentation descriptor."""
    return "0x" + _message(6, b"\x7f", _segmentation(type_id, duration_s)).hex().upper()


def _date(second: float) -> str:
    return (_BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pdt(second: float) -> str:
    return f"#EXT-X-PROGRAM-DATE-TIME:{_date(second)}"


def _range(identity: str, **attributes: object) -> str:
    """An EXT-X-DATERANGE; ``start`` and ``end`` in seconds, other names with ``_`` for ``-``."""
    parts = [f'ID="{identity}"']
    for name, value in attributes.items():
        if name in ("start", "end"):
            parts.append(f'{name.upper()}-DATE="{_date(float(str(value)))}"')
        elif name in ("cls", "asset_uri", "restrict"):
            parts.append(f'{ {"cls": "CLASS", "asset_uri": "X-ASSET-URI", "restrict": "X-RESTRICT"}[name] }="{value}"')
        else:
            parts.append(f"{name.upper().replace('_', '-')}={value}")
    return "#EXT-X-DATERANGE:" + ",".join(parts)


def _seconds(*durations: float, name: str = "s") -> list[str]:
    return [f"{duration} {name}{number}.ts" for number, duration in enumerate(durations)]


_SPLICE = "0xFC302500000000000000FFF014050000000" + "17FEFFE00000000FE002932E000010101000000000000"
_CUE_30 = f'#EXT-X-CUE:ID="9",TYPE="scte35",TIME=259.5,CUE="{_OUT_30}"'
_ADS_AND_CHAPTERS = [
    # a chapter that ended, a programme that began long ago, and a break of one ad; all listed at the head
    _range("3-0x20", start=-553, end=0, SCTE35_IN=_hex(0x21)),
    _range("1-0x22", start=-0.001, PLANNED_DURATION=30, SCTE35_OUT=_hex(0x22, 30)),
    _range("5-0x30", start=-0.001, PLANNED_DURATION=30, SCTE35_OUT=_hex(0x30, 30)),
    _range("2-0x10", start=-2464, PLANNED_DURATION=2713, SCTE35_OUT=_hex(0x10, 2713)),
]

CASES: Sequence[Case] = [
    Case(
        "Unified: each break twice, its ends too",
        _lines(
            *(_pdt(0), P),
            *(_range("1", start=10, PLANNED_DURATION=20, SCTE35_OUT=_SPLICE), "#EXT-X-CUE-OUT:20"),
            *(_range("2", start=10.4, PLANNED_DURATION=20, SCTE35_OUT=_SPLICE), "#EXT-X-CUE-OUT:20"),
            *(_pdt(10), A, A, "## Auto Return Mode", "#EXT-X-CUE-IN", "#EXT-X-CUE-IN", _pdt(30), P, P),
        ),
        [1, 2],
        546178966,
    ),
    Case(
        "Unified: a break within a break",
        _lines(
            *(P, "#EXT-X-CUE-OUT:80", A, A, A, "#EXT-X-CUE-OUT:30", A, A, A, "## Auto Return Mode", "#EXT-X-CUE-IN"),
            *(A, A, "#EXT-X-CUE-IN", P, P),
        ),
        [1, 2, 3, 4, 5, 6, 7, 8],
    ),
    Case(
        "Unified: the date range says 0, the cue says how long",
        _lines(
            *(_pdt(0), P, _range("1", start=10, PLANNED_DURATION=0, SCTE35_OUT=_SPLICE)),
            *("#EXT-X-CUE-OUT:20", _pdt(10), A, A, "#EXT-X-CUE-IN", _pdt(30), P, P),
        ),
        [1, 2],
    ),
    Case(
        "Unified: the cue-out has left the window, its date range and the cue-in have not",
        _lines(
            *(_range("1", start=-8, PLANNED_DURATION=20, SCTE35_OUT=_SPLICE), _pdt(0)),
            *("4.8 1.ts", "4.8 2.ts", "2.4 3.ts", "#EXT-X-CUE-IN", _pdt(12), "7.2 4.ts", "4.8 5.ts"),
        ),
        [0, 1, 2],
        363991008,
    ),
    Case(
        "Unified: announced at the edge, nothing of it there yet",
        _lines(_pdt(0), P, P, _range("1", start=20, PLANNED_DURATION=60, SCTE35_OUT=_SPLICE)),
        [],
        363969828,
    ),
    Case(
        "Unified with an interstitial over the broadcaster's break",
        _lines(
            *(P, P),
            _range(
                "1",
                start=20,
                PLANNED_DURATION=20,
                SCTE35_OUT=_SPLICE,
                cls="com.apple.hls.interstitial",
                asset_uri="https://ads.example.com/pod.m3u8",
            ),
            *("#EXT-X-CUE-OUT:20", _pdt(20), A, A),
        ),
        [2, 3],
        529925074,
    ),
    Case(
        "Comcast: chapters and programmes beside the break",
        _lines(
            *(_pdt(0), *_ADS_AND_CHAPTERS, *[A] * 3),
            _range("1-0x22", start=-0.001, end=29.996, SCTE35_IN=_hex(0x23)),
            _range("5-0x30", start=-0.001, end=29.996, SCTE35_IN=_hex(0x31)),
            _range("3-0x20", start=29.996, PLANNED_DURATION=218, SCTE35_OUT=_hex(0x20, 218)),
            *[P] * 3,
        ),
        [0, 1, 2],
        112000,
    ),
    Case(
        "the end of a chapter is not the end of a break",
        _lines(_pdt(0), P, P, P, _range("c", start=-500, end=30, SCTE35_IN=_hex(0x21)), P, P),
        [],
        112000,
    ),
    Case(
        "the end of a programme is not the end of a break, without dates",
        _lines(P, P, _range("p", start=-500, SCTE35_IN=_hex(0x11)), P, P),
        [],
        112000,
    ),
    Case(
        "Azure: the same range at each segment, its length only in the message",
        _lines(
            _pdt(0), P, *[_range("9", start=10, SCTE35_OUT=_SPLICE), A] * 3, P, P, P
        ),
        [1, 2, 3],
        7000,
    ),
    Case(
        "Azure: both dialects at each segment",
        _lines(
            *(P, P),
            *[
                line
                for passed in (0.000022, 10, 20)
                for line in (_range("9", start=20, SCTE35_OUT=_SPLICE), f"{_CUE_30},DURATION=30.0,ELAPSED={passed}", A)
            ],
            *(P, P),
        ),
        [2, 3, 4],
        7000,
    ),
    Case(
        "the same range at each segment, its length nowhere",
        _lines(_pdt(0), P, *[_range("9", start=10, SCTE35_OUT="0xFC"), A] * 3, P, P, P),
        [1, 2, 3],
        7000,
    ),
    Case(
        "the same range at each segment, joined in the middle",
        _lines(_pdt(0), *[_range("9", start=-10, SCTE35_OUT="0xFC"), A] * 3, P, P, P),
        [0, 1, 2],
        7000,
    ),
    Case(
        "the same range at each segment, long before it begins",
        _lines(_pdt(0), *[_range("9", start=600, SCTE35_OUT="0xFC"), P] * 4),
        [],
        7000,
    ),
    Case(
        "the same range at each segment, from before it begins until it is over",
        _lines(_pdt(0), *[_range("9", start=20, SCTE35_OUT="0xFC"), P] * 2, *[_range("9", start=20, SCTE35_OUT="0xFC"), A] * 2, P, P),
        [2, 3],
        7000,
    ),
    Case(
        "a range whose length only the message gives",
        _lines(_pdt(0), P, _range("1", start=10, SCTE35_OUT=_SPLICE), A, A, A, P, P),
        [1, 2, 3],
    ),
    Case(
        "one event id for every break of the day",
        _lines(
            *(_pdt(0), P, _range("1", start=10, DURATION=20, SCTE35_OUT=_SPLICE), A, A, P, P, P),
            *(_range("1", start=60, DURATION=10, SCTE35_OUT=_SPLICE), A, P, P),
        ),
        [1, 2, 6],
        40,
    ),
    Case(
        "one event id for every break, each with its end",
        _lines(
            *(_pdt(0), P, _range("1", start=10, PLANNED_DURATION=60, SCTE35_OUT=_SPLICE), A, A),
            *(_range("1", end=30, SCTE35_IN=_SPLICE), P, P),
            *(_range("1", start=50, PLANNED_DURATION=60, SCTE35_OUT=_SPLICE), A, _range("1", end=60, SCTE35_IN=_SPLICE), P),
        ),
        [1, 2, 5],
        40,
    ),
    Case(
        "ranges whose id is empty",
        _lines(
            *(_pdt(0), P, _range("", start=10, DURATION=10, SCTE35_OUT="0xFC"), A, P),
            *(P, _range("", start=40, DURATION=10, SCTE35_OUT="0xFC"), A, P),
        ),
        [1, 4],
    ),
    Case(
        "a later tag without SCTE35-IN gives the length",
        _lines(
            *(_pdt(0), P, _range("198", start=10, PLANNED_DURATION=22, SCTE35_OUT=_SPLICE), _pdt(10)),
            *("4.5 a.ts", "6 a.ts", "6 a.ts", "5.5 a.ts"),
            *(_range("198", start=10, end=24.8, DURATION=22.1), _pdt(32), P, P),
        ),
        [1, 2, 3, 4],
        103090,
    ),
    Case(
        "the start of the next ad stands before the end of the last",
        _lines(
            *(_pdt(0), P, _range("a", start=10, PLANNED_DURATION=10, SCTE35_OUT=_hex(0x30)), A),
            *(_range("b", start=20, PLANNED_DURATION=20, SCTE35_OUT=_hex(0x30)), _range("a", end=20, SCTE35_IN=_hex(0x31))),
            *(A, A, _range("b", end=40, SCTE35_IN=_hex(0x31)), P, P),
        ),
        [1, 2, 3],
        40,
    ),
    Case(
        "the end under an id of its own, the message that of the beginning",
        _lines(
            *(_pdt(0), P, _range("out-1", start=10, PLANNED_DURATION=60, SCTE35_OUT=_SPLICE), A, A),
            *(_range("in-1", start=30, SCTE35_IN=_SPLICE), P, P),
        ),
        [1, 2],
        9,
    ),
    Case(
        "out and in in one tag",
        _lines(_pdt(0), P, _range("1", start=10, DURATION=20, SCTE35_OUT=_SPLICE, SCTE35_IN=_SPLICE), A, A, P),
        [1, 2],
    ),
    Case(
        "interstitials that replace the break the primary carries, and nothing else said",
        _lines(
            *(_pdt(0), P),
            _range("i", start=10, DURATION=20, cls="com.apple.hls.interstitial", asset_uri="x", restrict="SKIP,JUMP", X_RESUME_OFFSET=0),
            *(P, P, P),
        ),
        [],
    ),
    Case(
        "the next cue-out stands before the cue-in of the last",
        _lines(P, "#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-OUT:20", "#EXT-X-CUE-IN", A, A, "#EXT-X-CUE-IN", P, P),
        [1, 2, 3],
    ),
    Case(
        "the cue-out without an id at each segment",
        _lines(P, *["#EXT-X-CUE-OUT:30", A] * 3, P, P, P),
        [1, 2, 3],
    ),
    Case(
        "the cue-out at each segment, then the cue-in",
        _lines(P, *["#EXT-X-CUE-OUT:DURATION=30", A] * 3, "#EXT-X-CUE-IN", P, P),
        [1, 2, 3],
    ),
    Case(
        "breaks back to back, no ends",
        _lines(P, "#EXT-X-CUE-OUT:20", A, A, "#EXT-X-CUE-OUT:10", A, P, P),
        [1, 2, 3],
    ),
    Case(
        "continuations at each segment stop: the break is over, whatever its length",
        _lines(P, "#EXT-X-CUE-OUT", A, "#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, P, P, P, P),
        [1, 2, 3],
    ),
    Case(
        "continuations at each segment stop, joined in the middle",
        _lines("#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, P, P, P, P),
        [0, 1],
        900,
    ),
    Case(
        "all that is known runs on to the live edge",
        _lines("#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A, "#EXT-X-CUE-OUT-CONT", A),
        [0, 1, 2],
        900,
    ),
    Case(
        "four spellings of a continuation, and the end after the last segment",
        _lines(
            *("#EXT-X-CUE-OUT:30", "4.8 1.ts", f"#EXT-X-CUE-OUT-CONT:ElapsedTime=4.8,Duration=30,SCTE35={_OUT_30}", "4.8 2.ts"),
            *("#EXT-X-CUE-OUT-CONT:ElapsedTime=9.6,Duration=30", "4.8 3.ts", "#EXT-X-CUE-OUT-CONT:14.4/30", "4.8 4.ts"),
            *("#EXT-X-CUE-OUT-CONT", "4.8 5.ts", "#EXT-X-CUE-IN"),
        ),
        [0, 1, 2, 3, 4],
        100,
    ),
    Case(
        "CAID first, then how far we are",
        _lines("#EXT-X-CUE-OUT-CONT:CAID=0x1,ElapsedTime=20.0,Duration=30.0", A, P, P),
        [0],
        5,
    ),
    Case(
        "a cue-out with the id of its break, shorter than it said",
        _lines("9 1.ts", "#EXT-X-CUE-OUT:DURATION=150,BREAKID=0x0", "9.23 2.ts", "0.5 3.ts", "#EXT-X-CUE-IN", "8.5 4.ts", "9 5.ts"),
        [1, 2],
        719926,
    ),
    Case(
        "MediaLive: length, id and message in one tag, spans with it",
        _lines(
            *("10 1.ts", f'#EXT-X-CUE-OUT:DURATION=20,ID=15070603,CUE="{_OUT_30}"', "8.56 2.ts"),
            *("#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT8.56S,ID=15070603", "10 3.ts"),
            *("#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT18.56S,ID=15070603", "1.44 4.ts", "#EXT-X-CUE-IN:ID=15070603", "8.56 5.ts", "10 6.ts"),
        ),
        [1, 2, 3],
        1808132,
    ),
    Case(
        "SCTE35 tags with types and elapsed times, no more",
        _lines(
            *(P, '#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0', A, '#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0,ELAPSED=10.0', A),
            *('#EXT-X-SCTE35:TYPE=0x36,ID="1",DURATION=30.0,ELAPSED=20.0', A, P, P, P),
        ),
        [1, 2, 3],
    ),
    Case(
        "SCTE35 tags that say OUT and IN in words",
        _lines(P, '#EXT-X-SCTE35:TYPE="OUT",DURATION=60', A, A, '#EXT-X-SCTE35:TYPE="IN"', P, P),
        [1, 2],
    ),
    Case(
        "a message full of descriptors: what ends, a programme, and at last a break",
        _lines(
            *(P, "#EXT-OATCLS-SCTE35:" + _hex(0x01), P),
            "#EXT-OATCLS-SCTE35:0x"
            + _message(6, b"\x7f", _segmentation(0x11) + _segmentation(0x31) + _segmentation(0x10) + _segmentation(0x36, 20)).hex(),
            *(A, A, P),
        ),
        [2, 3],
    ),
    Case("a bare cue-out, its length in the message beside it", _lines(P, f"#EXT-OATCLS-SCTE35:{_OUT_30}", "#EXT-X-CUE-OUT", A, A, A, P, P), [1, 2, 3]),
    Case("a cue-out, its length in the message within", _lines(P, f'#EXT-X-CUE-OUT:ID=1,CUE="{_OUT_30}"', A, A, A, P, P), [1, 2, 3]),
    Case(
        "Elemental: the message of a break at its cue tags, others bare within and without",
        _lines(
            *(P, "#EXT-OATCLS-SCTE35:" + _hex(0x34, 30), P, f"#EXT-OATCLS-SCTE35:{_OUT_30}", "#EXT-X-CUE-OUT:40", A),
            *("#EXT-OATCLS-SCTE35:" + _hex(0x35), A, "#EXT-OATCLS-SCTE35:" + _hex(0x11), A, A, "#EXT-X-CUE-IN", P),
        ),
        [2, 3, 4, 5],
    ),
    Case(
        "cue tags, and messages of single ads and programmes in tags of their own",
        _lines(
            *(P, f'#EXT-X-SCTE35:CUE="{_hex(0x10)}"', P, f'#EXT-X-SCTE35:CUE="{_hex(0x34, 60)}"', "#EXT-X-CUE-OUT:30", A),
            *(f'#EXT-X-SCTE35:CUE="{_hex(0x35)}"', A, A, "#EXT-X-CUE-IN", P, f'#EXT-X-SCTE35:CUE="{_hex(0x34, 60)}"', P),
        ),
        [2, 3, 4],
    ),
    Case("a message begins, a cue ends", _lines(P, f"#EXT-OATCLS-SCTE35:{_OUT_30}", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("titles of rolls", _lines("#EXTINF:5,preroll", "1.ts", "#EXTINF:5,Mid-Roll 2", "2.ts", "#EXTINF:5,rolling", "3.ts"), [0, 1]),
    Case("the message with an X in its tag", _lines(P, f"#EXT-X-OATCLS-SCTE35:{_OUT_30}", A, A, A, P), [1, 2, 3]),
    Case(
        "Twitch: a stitched ad without any date",
        _lines(
            '#EXT-X-DATERANGE:ID="stitched-ad-1",CLASS="twitch-stitched-ad",DURATION=4.0',
            *("2 0.ts", "2 1.ts", "#EXTINF:2.000,live", "2.ts", "#EXTINF:2.000,live", "3.ts"),
        ),
        [0, 1],
    ),
    Case(
        "Twitch: the range is longer than what is not live",
        _lines(
            '#EXT-X-DATERANGE:ID="x",CLASS="twitch-stitched-ad",DURATION=30.0',
            *("#EXTINF:2.000,stitched", "0.ts", "#EXT-X-DISCONTINUITY", "#EXTINF:2.000,live", "1.ts", "#EXTINF:2.000,live", "2.ts"),
        ),
        [0],
    ),
    Case(
        "Twitch: only an attribute of an ad, then live",
        _lines(
            '#EXT-X-DATERANGE:ID="ad-1",X-TV-TWITCH-AD-URL="https://ads.example/track",DURATION=4.0',
            *("2 0.ts", "#EXTINF:2.000,live", "1.ts"),
        ),
        [0],
    ),
    Case(
        "Twitch: planned for long, and measured",
        _lines(
            '#EXT-X-DATERANGE:ID="ad",CLASS="twitch-stitched-ad",PLANNED-DURATION=300.0,DURATION=6.0',
            *("#EXT-X-DISCONTINUITY", "2 0.ts", "2 1.ts", "2 2.ts", "#EXT-X-DISCONTINUITY", "2 3.ts", "2 4.ts"),
        ),
        [0, 1, 2],
    ),
    Case("innocent: what is called live elsewhere", _lines(
        "#EXT-X-CUE-OUT:4", "#EXTINF:2.000,live", "0.ts", "#EXTINF:2.000,live", "1.ts", "#EXT-X-CUE-IN", "#EXTINF:2.000,live", "2.ts"), [0, 1]),
    Case(
        "a reseller's jump to ads, first, in the middle and at last",
        _lines(
            *("#EXT-X-DISCONTINUITY", "4.12 /video/adjump/time/17137143014620000000.ts", "3 /video/adjump/time/17137143014620000001.ts"),
            *("#EXT-X-DISCONTINUITY", "4 0000000.ts", "4.24 0000001.ts", "#EXT-X-DISCONTINUITY"),
            *("4.12 https://bf.example.com/video/adtime/1.ts", "#EXT-X-DISCONTINUITY", "4 0000165.ts"),
        ),
        [0, 1, 4],
        0,
        True,
    ),
    Case(
        "Unified and Eyevinn: the range is planned for long, the cues are short, and every segment is called alike",
        _lines(
            *(_range("1", start=63, PLANNED_DURATION=120, SCTE35_OUT=_SPLICE), "#EXT-X-CUE-OUT:7.44", _pdt(63)),
            *(*["2.48 s.m4s"] * 3, "#EXT-X-CUE-IN", *["2.48 s.m4s"] * 2, "#EXT-X-CUE-OUT:DURATION=4.96", *["2.48 s.m4s"] * 2),
            *("#EXT-X-CUE-IN", "2.48 s.m4s"),
        ),
        [0, 1, 2, 5, 6],
        454827500,
    ),
    Case("a half time of twenty minutes", _lines(P, "#EXT-X-CUE-OUT:1200", *[A] * 120, "#EXT-X-CUE-IN", P), list(range(1, 121))),
    Case("the end declared falls within a segment", _lines("#EXT-X-CUE-OUT:15", A, A, P), [0]),
    Case("a pre-roll and a post-roll", _lines("#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", P, P, "#EXT-X-CUE-OUT:20", A, A), [0, 3, 4], 0, True),
    Case("a cue-in that nothing came before", _lines("#EXT-X-CUE-IN", P, P, "#EXT-X-CUE-IN", P), [], 0, True),
    Case("a length below zero is none", _lines(P, "#EXT-X-CUE-OUT:-1", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("a unit after the number", _lines(P, "#EXT-X-CUE-OUT:20s", A, A, P), [1, 2]),
    Case("blanks before the colon and an equals sign", _lines(P, "#EXT-X-CUE-OUT : 20", A, A, P), [1, 2]),
    Case("a class for all of advertising", _lines(
        _pdt(0), P, _range("x", start=10, DURATION=20, cls="com.example.ads"), A, A, P), [1, 2]),
    Case("innocent: classes that only sound so", _lines(
        _pdt(0), P, _range("x", start=10, DURATION=20, cls="com.example.headlines"), P, P,
        _range("y", start=30, DURATION=10, cls="com.adobe.chapter"), P), []),
    Case("innocent: a place where a player may insert", _lines(P, "#EXT-X-PLACEMENT-OPPORTUNITY", P, "#EXT-X-CUE:TYPE=SpliceInsert,ID=1", P), []),
    Case("innocent: a black-out is not an ad", _lines(P, "#EXT-OATCLS-SCTE35:" + _hex(0x18), P, "#EXT-OATCLS-SCTE35:" + _hex(0x14), P), []),
    Case("innocent: unscheduled events and networks", _lines(
        P, "#EXT-X-SCTE35:CUE=" + _hex(0x40), P, "#EXT-X-SCTE35:CUE=" + _hex(0x50), P), []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_what_is_said(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, Rules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads


def test_a_list_of_channels_has_no_ads() -> None:
    """As IPTV providers write it: M3U without a word of HLS."""
    channels = ('#EXTINF:-1 tvg-id="a.us" group-title="Shops, and more",Amazon', "https://a.example.com/live.m3u8")
    text = "\n".join(["#EXTM3U", *channels, "#EXTINF:-1,Commercial 1", "https://b.example.net/x/1.ts", ""])
    assert detect(Playlist.parse(text)).ads == []
