"""Explicit signals, dialect by dialect, with the traps.  The playlists are written from the documentation of each vendor."""

import base64
import re
from dataclasses import dataclass

import pytest

from streaming.proxy.detect import scte35
from streaming.proxy.detect.ad_intervals import AdIntervals
from streaming.proxy.detect.breaks import MAX_BREAK_S
from streaming.proxy.detect.detect import DetectionRules, DetectorMemory, detect
from streaming.proxy.detect.scte35 import Cue, Turn
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media

P, A = "10 p.ts", "10 a.ts"


@dataclass
class Case:
    name: str
    body: str
    ads: list[int]
    msn: int | None = None
    vod: bool = False


def _lines(*lines: str) -> str:
    return "\n".join(lines)


#: SCTE 35 messages, made by ``_message`` below and checked against it.
_OUT_30 = "/DAlAAAAAAAAAP/wFAUAAAABf+/+AAAAAP4AKTLgAAEBAQAAAAAAAA=="
_IN = "/DAgAAAAAAAAAP/wDwUAAAABf0/+AAAAAAABAQEAAAAAAAA="

_HEX_34 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616234010100000000"
_HEX_30 = "0xFC302500000000000000FFF001067F0013021143554549000000007FBF0802616230010100000000"

CASES = [
    # AWS Elemental MediaLive, MediaPackage, MediaTailor; Google Ad Manager
    Case("cue-out with a number", _lines(P, "#EXT-X-CUE-OUT:20", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("cue-out with DURATION", _lines(P, "#EXT-X-CUE-OUT:DURATION=20.0", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("cue-out with quotes", _lines(P, '#EXT-X-CUE-OUT:DURATION="20"', A, A, P, P), [1, 2]),
    Case("cue-out with blanks", _lines(P, "#EXT-X-CUE-OUT: 20 ", A, A, P), [1, 2]),
    Case(
        "cue-out with more attributes", _lines(P, "#EXT-X-CUE-OUT:ID=105,DURATION=20.0,TIME=1081.08", A, A, P), [1, 2]
    ),
    Case("cue-out with nothing", _lines(P, "#EXT-X-CUE-OUT", A, A, "#EXT-X-CUE-IN", P), [1, 2]),
    Case("cue-out with nonsense", _lines(P, "#EXT-X-CUE-OUT:INVALID", A, "#EXT-X-CUE-IN", P), [1]),
    Case("cue-in with attributes", _lines("#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN:10,SpliceType=X", P), [0]),
    Case(
        "cues after EXTINF",
        _lines("#EXTINF:9,", "#EXT-X-CUE-OUT:9", "a.ts", "#EXTINF:9,", "#EXT-X-CUE-IN", "p.ts"),
        [0],
    ),
    Case(
        "two breaks",
        _lines(P, "#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", P, P, "#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", P),
        [1, 4],
    ),
    Case(
        "breaks back to back",
        _lines("#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", "#EXT-X-CUE-OUT:10", A, "#EXT-X-CUE-IN", P),
        [0, 1],
    ),
    Case("the break runs on into the live edge", _lines(P, P, "#EXT-X-CUE-OUT:60", A, A), [2, 3]),
    Case(
        "SCTE-35 enhanced",
        _lines(
            P,
            f"#EXT-OATCLS-SCTE35:{_OUT_30}",
            "#EXT-X-ASSET:CAID=0x0000000020FB6501",
            "#EXT-X-CUE-OUT:30",
            A,
            f"#EXT-X-CUE-OUT-CONT:ElapsedTime=10,Duration=30,SCTE35={_OUT_30}",
            A,
            f"#EXT-X-CUE-OUT-CONT:ElapsedTime=20,Duration=30,SCTE35={_OUT_30}",
            A,
            "#EXT-X-CUE-IN",
            P,
        ),
        [1, 2, 3],
    ),
    # Harmonic, Wowza, Unified, Bitmovin, x9k3: the binary in many wrappings
    Case(
        "OATCLS alone", _lines(P, f"#EXT-OATCLS-SCTE35:{_OUT_30}", A, A, A, f"#EXT-OATCLS-SCTE35:{_IN}", P), [1, 2, 3]
    ),
    Case(
        "SPLICEPOINT",
        _lines(P, f"#EXT-X-SPLICEPOINT-SCTE35:{_OUT_30}", A, A, A, f"#EXT-X-SPLICEPOINT-SCTE35:{_IN}", P),
        [1, 2, 3],
    ),
    Case("SPLICEPOINT without an end", _lines(P, f"#EXT-X-SPLICEPOINT-SCTE35:{_OUT_30}", A, A, A, P, P), [1, 2, 3]),
    Case(
        "SCTE35 tag, only binary",
        _lines(P, f'#EXT-X-SCTE35:CUE="{_OUT_30}"', A, A, A, f'#EXT-X-SCTE35:CUE="{_IN}"', P),
        [1, 2, 3],
    ),
    Case("SCTE35 tag of 2012", _lines(P, f'#EXT-SCTE35:CUE="{_OUT_30}",TIME=1.5', A, A, A, P), [1, 2, 3]),
    Case(
        "SCTE35 tag in clear",
        _lines(
            P,
            '#EXT-X-SCTE35:TYPE=0x34,DURATION=20.0,CUE-OUT=YES,CUE="?"',
            A,
            A,
            "#EXT-X-SCTE35:TYPE=0x35,CUE-IN=YES",
            P,
        ),
        [1, 2],
    ),
    Case(
        "SCTE35 tag with continuation and no comma",
        _lines(
            P,
            f'#EXT-X-SCTE35:CUE="{_OUT_30}" CUE-OUT=YES ',
            A,
            f'#EXT-X-SCTE35:CUE="{_OUT_30}" ,CUE-OUT=CONT',
            A,
            f'#EXT-X-SCTE35:CUE="{_IN}" ,CUE-IN=YES ',
            P,
        ),
        [1, 2],
    ),
    Case(
        "an ad inside a placement opportunity ends, the break does not",
        _lines(
            P,
            "#EXT-X-SCTE35:TYPE=0x34,DURATION=30,CUE-OUT=YES",
            "#EXT-X-SCTE35:TYPE=0x30",
            A,
            "#EXT-X-SCTE35:TYPE=0x31",
            A,
            "#EXT-X-SCTE35:TYPE=0x35",
            P,
        ),
        [1, 2],
    ),
    Case("a programme start is no ad", _lines(P, "#EXT-X-SCTE35:TYPE=0x10,DURATION=600", P, P), []),
    Case("an overlay is no break", _lines(P, "#EXT-X-SCTE35:TYPE=0x38,DURATION=20", P, P), []),
    # Adobe Primetime
    Case("SpliceOut", _lines(P, '#EXT-X-CUE:TYPE="SpliceOut",ID="1",DURATION=20.0,TIME=266.198', A, A, P, P), [1, 2]),
    Case(
        "SpliceOut of length 0 is of unknown length",
        _lines(
            P,
            '#EXT-X-CUE:TYPE="SpliceOut",ID="1",DURATION="0"',
            A,
            A,
            '#EXT-X-CUE:TYPE="SpliceIn",ID="1",DURATION="0"',
            P,
        ),
        [1, 2],
    ),
    Case(
        "CUE-CONT",
        _lines(P, "#EXT-X-CUE:TYPE=SpliceOut,ID=a2,DURATION=20", A, "#EXT-X-CUE-CONT:ID=a2,AVAIL-DUR-ELAPSED=10", A, P),
        [1, 2],
    ),
    Case("SpliceInsert replaces nothing", _lines(P, "#EXT-X-CUE:TYPE=SpliceInsert,ID=a1,TIME=10.5", P, P), []),
    Case(
        "single ads within a placement opportunity do not end it",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            f'#EXT-X-DATERANGE:ID="b",START-DATE="2026-01-01T00:00:10Z",DURATION=40,SCTE35-OUT={_HEX_34}',
            f'#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",DURATION=10,SCTE35-OUT={_HEX_30}',
            f'#EXT-X-DATERANGE:ID="2",START-DATE="2026-01-01T00:00:20Z",DURATION=10,SCTE35-OUT={_HEX_30}',
            P,
            A,
            A,
            A,
            A,
            P,
            P,
        ),
        [1, 2, 3, 4],
    ),
    Case(
        "single ads with a programme between them, after an opportunity",
        _lines(
            "#EXT-X-SCTE35:TYPE=0x34,DURATION=10,CUE-OUT=YES",
            A,
            P,
            P,
            "#EXT-X-SCTE35:TYPE=0x30,DURATION=10,CUE-OUT=YES",
            A,
            P,
        ),
        [0, 3],
    ),
    Case(
        "tags with a blank, as AWS prints them",
        _lines("# EXT-X-CUE-OUT:20", A, "# EXT-X-CUE-OUT-CONT: 10/20", A, "# EXT-X-CUE-IN", P),
        [0, 1],
    ),
    # joined mid-break
    Case(
        "only continuations in the window",
        _lines("#EXT-X-CUE-OUT-CONT:40/60", A, "#EXT-X-CUE-OUT-CONT:50/60", A, "#EXT-X-CUE-IN", P),
        [0, 1],
        9,
    ),
    Case("continuation without an end", _lines("#EXT-X-CUE-OUT-CONT:40/60", A, A, P, P), [0, 1], 9),
    Case(
        "a rare continuation dates back",
        _lines(A, A, "#EXT-X-CUE-OUT-CONT:ElapsedTime=40,Duration=60", A, A, P),
        [0, 1, 2, 3],
        9,
    ),
    Case("a span dates back", _lines(P, A, "#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT10S", A, "#EXT-X-CUE-IN", P), [1, 2], 9),
    Case("only the end in the window", _lines(A, A, "#EXT-X-CUE-IN", P, P), [0, 1], 5000),
    Case("an end in a list from its beginning", _lines(P, P, "#EXT-X-CUE-IN", P), [], 0, True),
    # traps
    Case("zero length, and back at once", _lines(P, "#EXT-X-CUE-OUT:0", "#EXT-X-CUE-IN", P, P), []),
    Case("zero length, never back", _lines(P, "#EXT-X-CUE-OUT:0", P, P, P), []),
    Case("out and in on one segment", _lines(P, "#EXT-X-CUE-OUT:30", "#EXT-X-CUE-IN", P, P), []),
    Case("the end is lost: capped by duration", _lines(P, "#EXT-X-CUE-OUT:20", A, A, P, P, P, P), [1, 2]),
    Case(
        "the end is lost: a far end is another's", _lines(P, "#EXT-X-CUE-OUT:10", A, *[P] * 40, "#EXT-X-CUE-IN", P), [1]
    ),
    Case("the end comes early", _lines("#EXT-X-CUE-OUT:60", A, A, "#EXT-X-CUE-IN", P, P, P), [0, 1]),
    Case("the end comes late", _lines("#EXT-X-CUE-OUT:10", A, A, A, "#EXT-X-CUE-IN", P), [0, 1, 2]),
    Case("a segment belongs where its middle is", _lines("#EXT-X-CUE-OUT:24", A, A, P, P), [0, 1]),
    Case("discontinuities alone are nothing", _lines(P, "#EXT-X-DISCONTINUITY", P, P, "#EXT-X-DISCONTINUITY", P), []),
    Case("an asset tag alone is nothing", _lines(P, "#EXT-X-ASSET:CAID=0x1", P), []),
    # labels on segments
    Case(
        "UPLYNK",
        _lines("#UPLYNK-SEGMENT:af50,00000000,ad", A, A, "#UPLYNK-SEGMENT: 8210,00000000,segment", P, P),
        [0, 1],
    ),
    Case("ANVATO", _lines("#ANVATO-SEGMENT-INFO: type=ad", A, "#ANVATO-SEGMENT-INFO: type=master", P), [0]),
    Case(
        "VAST tags, each creative a discontinuity",
        _lines(
            P,
            "#EXT-X-VMAP-AD-BREAK:ID=1",
            "#EXT-X-VAST-ID:5",
            "#EXT-X-DISCONTINUITY",
            A,
            A,
            "#EXT-X-VAST-ID:6",
            "#EXT-X-VMAP-AD-BREAK-END",
            "#EXT-X-DISCONTINUITY",
            A,
            "#EXT-X-DISCONTINUITY",
            P,
        ),
        [1, 2, 3],
    ),
    Case(
        "Twitch titles",
        _lines("#EXTINF:2,live", "1.ts", "#EXTINF:2,Amazon|8472", "2.ts", "#EXTINF:2,DCM|25", "3.ts"),
        [1, 2],
    ),
    Case("an innocent title", _lines("#EXTINF:2,Amazonia", "1.ts", "#EXTINF:2,Add", "2.ts"), []),
    Case(
        "Google DAI, its newer form",
        _lines("5 https://rr4.googlevideo.com/videoplayback/id/1/source/dclk_video_ads/itag/340/file.ts", P),
        [0],
    ),
    Case(
        "MediaTailor, its redirects alone",
        _lines("5 https://0a1b.mediatailor.us-east-1.amazonaws.com/v1/segment/a/0/1", P),
        [0],
    ),
    Case(
        "MediaTailor",
        _lines(
            "5 https://segments.mediatailor.us-east-1.amazonaws.com/x/asset_720_1.ts",
            "5 https://0a1b.mediatailor.us-east-1.amazonaws.com/v1/segment/a/b/c/0/1",
            "5 https://0a1b.mediatailor.us-east-1.amazonaws.com/v1/manifest/p.ts",
        ),
        [0, 1],
    ),
    Case(
        "Google DAI",
        _lines("5 https://redirector.googlevideo.com/videoplayback?id=1&source=dclk_video_ads&itag=340", P),
        [0],
    ),
    Case("Pluto", _lines("5 https://x.plutotv.net/abc/1_ad/creative/1.ts", "5 https://x.plutotv.net/clip/1.ts"), [0]),
    Case(
        "words in names are no addresses of ads", _lines("5 road_adventure/1.ts", "5 shadow/2.ts", "5 nomad_1.ts"), []
    ),
    # date ranges
    Case(
        "by date",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            P,
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:20Z",DURATION=20,SCTE35-OUT=0xFC',
            P,
            A,
            A,
            P,
        ),
        [2, 3],
    ),
    Case(
        "by place, without dates",
        _lines(
            P, '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:20Z",PLANNED-DURATION=20,SCTE35-OUT=0xFC', A, A, P
        ),
        [1, 2],
    ),
    Case(
        "ended by SCTE35-IN before the plan",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            P,
            A,
            '#EXT-X-DATERANGE:ID="1",DURATION=10,SCTE35-IN=0xFC',
            P,
            P,
        ),
        [1],
    ),
    Case(
        "ended by END-DATE",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            P,
            A,
            A,
            '#EXT-X-DATERANGE:ID="1",END-DATE="2026-01-01T00:00:30Z"',
            P,
            P,
        ),
        [1, 2],
    ),
    Case(
        "announced for later",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            P,
            P,
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:05:00Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            P,
        ),
        [],
    ),
    Case(
        "begun before the window",
        _lines(
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:00Z",DURATION=60,SCTE35-OUT=0xFC',
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:40Z",
            A,
            A,
            P,
            P,
        ),
        [0, 1],
        400,
    ),
    Case(
        "Twitch",
        _lines(
            '#EXT-X-DATERANGE:ID="stitched-ad-1-30",CLASS="twitch-stitched-ad",START-DATE="2026-01-01T00:00:00.5Z",DURATION=19.9',
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.483Z",
            A,
            A,
            P,
        ),
        [0, 1],
        3,
    ),
    Case(
        "quartiles of an ad are no ads",
        _lines('#EXT-X-DATERANGE:ID="q",CLASS="twitch-ad-quartile",START-DATE="2026-01-01T00:00:00Z",DURATION=10', P),
        [],
    ),
    Case(
        "an interstitial leaves the programme whole",
        _lines(
            '#EXT-X-DATERANGE:ID="i",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",DURATION=15,X-ASSET-URI="x"',
            P,
            P,
        ),
        [],
    ),
    Case(
        "a date range of the programme",
        _lines('#EXT-X-DATERANGE:ID="ads",CLASS="chapter",START-DATE="2026-01-01T00:00:00Z",DURATION=10', P, P),
        [],
    ),
    Case(
        "cue tags are the better witness",
        _lines(
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            P,
            '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:10Z",PLANNED-DURATION=60,SCTE35-OUT=0xFC',
            "#EXT-X-CUE-OUT:60",
            A,
            "#EXT-X-CUE-IN",
            P,
            P,
        ),
        [1],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_dialect(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, DetectionRules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads


def test_every_verdict_has_its_reasons() -> None:
    playlist = Playlist.parse(
        media("#EXT-X-CUE-OUT:20\n10 a.ts\n#EXT-X-CUE-OUT-CONT:10/20\n10 b.ts\n#EXT-X-CUE-IN\n10 p.ts")
    )
    assert detect(playlist).verdicts[1].reasons == ("cue-out", "cue-out-cont", "cue-in")


def test_a_break_without_end_or_length_is_capped() -> None:
    body = "#EXT-X-CUE-OUT\n" + "10 x.ts\n" * 200
    ads = detect(Playlist.parse(media(body, msn=50)), DetectionRules(heuristics=False)).ads
    assert len(ads) * 10 <= MAX_BREAK_S


def test_a_break_whose_start_left_the_window_goes_on() -> None:
    """No continuation tags: only the memory of earlier reloads says that these are ads."""
    names = [f"10 {number}.ts" for number in range(40)]
    memory, spans = DetectorMemory(), AdIntervals()
    found: set[int] = set()
    for first in range(20):
        window = [*names[first : first + 8]]
        if first <= 10 < first + 8:
            window.insert(10 - first, "#EXT-X-CUE-OUT:60")
        detection = detect(
            Playlist.parse(media("\n".join(window), msn=100 + first)), DetectionRules(heuristics=False), memory, spans
        )
        memory, spans = detection.memory, detection.spans
        found |= {first + index for index in detection.ads}
    assert sorted(found) == [10, 11, 12, 13, 14, 15]


def test_rules_of_an_operator() -> None:
    playlist = Playlist.parse(
        media(
            "10 https://c/show/1.ts\n10 https://ads.c/1.ts\n#EXT-X-CUE-OUT:10\n10 https://c/show/2.ts\n10 https://c/show/3.ts"
        )
    )
    assert detect(playlist, DetectionRules(heuristics=False, ad_addresses=("*://ads.c/*",))).ads == [1, 2]
    assert detect(
        playlist, DetectionRules(heuristics=False, ad_addresses=("*://ads.c/*",), programme_addresses=("*/show/*",))
    ).ads == [1]
    assert detect(playlist, DetectionRules(signals=False, heuristics=False)).ads == []


def _message(command: int, body: bytes, descriptors: bytes = b"") -> bytes:
    """A splice_info_section of ANSI/SCTE 35 section 9.6."""
    tail = len(body).to_bytes(2, "big")
    section = b"\x00" + bytes(5) + b"\x00" + (0xFFF0 | tail[0]).to_bytes(2, "big") + tail[1:] + bytes([command]) + body
    section += len(descriptors).to_bytes(2, "big") + descriptors + bytes(4)
    return b"\xfc\x30" + bytes([len(section)]) + section


def _segmentation(type_id: int, duration_s: float | None = None, *, cancelled: bool = False) -> bytes:
    body = b"CUEI" + bytes(4) + (b"\xff" if cancelled else b"\x7f")
    if not cancelled:
        body += b"\xbf" if duration_s is None else b"\xff" + int(duration_s * 90_000).to_bytes(5, "big")
        body += b"\x08\x02ab" + bytes([type_id, 1, 1])
    return b"\x02" + bytes([len(body)]) + body


@pytest.mark.parametrize(
    ("message", "cue"),
    [
        (
            _message(5, b"\x00\x00\x00\x01\x7f\xef\xfe\x00\x00\x00\x00\xfe\x00\x29\x32\xe0\x00\x01\x01\x01"),
            Cue(Turn.OUT, 30.0),
        ),
        (_message(5, b"\x00\x00\x00\x01\x7f\x4f\xfe\x00\x00\x00\x00\x00\x01\x01\x01"), Cue(Turn.IN)),
        (_message(5, b"\x00\x00\x00\x01\xff"), Cue(Turn.OTHER)),  # cancelled
        (_message(0, b""), Cue(Turn.OTHER)),
        (_message(6, b"\x7f", _segmentation(0x34, 60)), Cue(Turn.OUT, 60.0, 2)),
        (_message(6, b"\xfe\x00\x00\x00\x00", _segmentation(0x35)), Cue(Turn.IN, None, 2)),
        (_message(6, b"\x7f", _segmentation(0x31) + _segmentation(0x30, 15)), Cue(Turn.OUT, 15.0, 3)),
        (_message(6, b"\x7f", _segmentation(0x10, 600)), Cue(Turn.OTHER)),
        (_message(6, b"\x7f", _segmentation(0x34, cancelled=True)), Cue(Turn.OTHER)),
    ],
)
def test_binary_cues(message: bytes, cue: Cue) -> None:
    assert scte35.decode(base64.b64encode(message).decode()) == cue
    assert scte35.decode("0x" + message.hex()) == cue


def test_the_cues_used_above_are_what_they_say() -> None:
    assert scte35.decode(_OUT_30) == Cue(Turn.OUT, 30.0)
    assert scte35.decode(_IN) == Cue(Turn.IN)
    assert scte35.decode(_HEX_34) == Cue(Turn.OUT, None, 2)
    assert scte35.decode(_HEX_30) == Cue(Turn.OUT, None, 3)


@pytest.mark.parametrize("text", ["", "0x", "0xFC", "/DA", "not base64!", "0x" + "FC" * 10_000, "0x00" * 20])
def test_what_is_no_cue(text: str) -> None:
    assert scte35.decode(text) is None
