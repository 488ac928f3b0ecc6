"""Jumbled playlists through everything: no crash, no lie about one's own work, no time out of proportion."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streaming.proxy.detect.detect import detect
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter
from streaming.proxy.strip.strip import AdPolicy, StripOptions, strip
from tests.unit.streaming.proxy.corpus import files
from tests.unit.streaming.proxy.strip.policies import POLICIES

_LINES = st.sampled_from(
    [
        *(
            "#EXTM3U",
            "#EXT-X-TARGETDURATION:6",
            "#EXT-X-MEDIA-SEQUENCE:77",
            "#EXT-X-DISCONTINUITY-SEQUENCE:3",
            "#EXT-X-ENDLIST",
            "",
        ),
        *(
            "#EXT-X-PLAYLIST-TYPE:VOD",
            "#EXT-X-PLAYLIST-TYPE:EVENT",
            "#EXTINF:6,",
            "#EXTINF:2.002,Amazon|1",
            "#EXTINF:x,",
            "a.ts",
            "b/c7.ts",
        ),
        *(
            "https://ads.example.net/1.ts",
            "#EXT-X-DISCONTINUITY",
            "#EXT-X-CUE-OUT:12",
            "#EXT-X-CUE-OUT",
            "#EXT-X-CUE-OUT:0",
            "#EXT-X-CUE-IN",
        ),
        *(
            "#EXT-X-CUE-OUT-CONT:6/12",
            "#EXT-X-CUE-OUT-CONT",
            '#EXT-X-CUE:TYPE="SpliceOut",DURATION=6',
            "#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT6S",
        ),
        *(
            "#UPLYNK-SEGMENT:1,2,ad",
            "#UPLYNK-SEGMENT:1,2,segment",
            "#EXT-X-VAST-ID:1",
            "#EXT-X-GAP",
            "#EXT-X-BITRATE:900",
            "#EXT-X-SKIP:SKIPPED-SEGMENTS=2",
        ),
        *(
            '#EXT-X-KEY:METHOD=AES-128,URI="k"',
            "#EXT-X-KEY:METHOD=NONE",
            '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="s",KEYFORMAT="f"',
            '#EXT-X-MAP:URI="m"',
        ),
        *(
            "#EXT-X-BYTERANGE:10",
            "#EXT-X-BYTERANGE:10@20",
            "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z",
            "#EXT-X-PROGRAM-DATE-TIME:9999-12-31T23:59:59Z",
        ),
        *(
            '#EXT-X-PART:DURATION=1,URI="p"',
            '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p"',
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES",
            "# a comment",
        ),
        *(
            "#EXT-X-MARKER:TYPE=PodBegin,BREAKDUR=12",
            "#EXT-X-MARKER:TYPE=PodEnd",
            "#EXT-X-SIGNAL-EXIT:12",
            "#EXT-X-SIGNAL-SPAN:6/12",
            "#EXT-X-AD-START:1",
            "#EXT-X-AD-END",
            "#EXT-X-SCTE35-OUT",
            "#EXT-X-SCTE35-IN",
            "#EXT-X-CUE-OUT:ID=1,DURATION=PT12S,ELAPSED=99:99:99",
            "#ext-x-cue-in",
            "#EXT-X-I-FRAMES-ONLY",
        ),
        '#EXT-X-DATERANGE:ID="3",CLASS="x.ad",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES',
        '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:12Z",SCTE35-IN=0xFC',
        '#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:06Z",DURATION=12,SCTE35-OUT=0xFC',
        '#EXT-X-DATERANGE:ID="1",SCTE35-IN=0xFC',
        '#EXT-X-DATERANGE:ID="2",CLASS="com.apple.hls.interstitial",START-DATE="x"',
    ]
)


@pytest.mark.parametrize("name", POLICIES)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(lines=st.lists(_LINES, max_size=40))
def test_any_playlist_is_stripped_soundly(name: str, lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    playlist = Playlist.parse(data)
    stripped = strip(playlist, POLICIES[name])
    assert "own check" not in stripped.refusal
    if stripped.playlist is playlist:
        assert stripped.playlist.write() == data
    Rewriter("https://up.example.com/x/y.m3u8", lambda url, role: f"{role.value}/{len(url)}").rewrite(stripped.playlist)


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(data=st.data())
def test_mutilated_playlists_of_the_corpus(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(files())).read_bytes()[:20_000]
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 200)))
    mutilated = raw[:start] + data.draw(st.binary(max_size=20)) + raw[end:]
    playlist = Playlist.parse(mutilated)
    detect(playlist)
    assert "own check" not in strip(playlist, StripOptions(AdPolicy.DELETE)).refusal


def _steps(data: bytes) -> int:
    """Instructions of the interpreter: a count, where a clock would measure the rest of the machine."""
    count = 0

    def counted(frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return counted

    before = sys.gettrace()
    sys.settrace(counted)
    try:
        strip(Playlist.parse(data), StripOptions(AdPolicy.REPLACE))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        b"#EXT-X-CUE-OUT:30\n#EXTINF:6,\na.ts\n",
        b"#EXT-X-CUE-OUT\n#EXTINF:6,\na.ts\n#EXTINF:6,\nb.ts\n#EXT-X-CUE-IN\n#EXTINF:6,\np.ts\n",
        b"#EXT-X-CUE-OUT-CONT:600/900\n#EXTINF:6,\na.ts\n",
        b"#EXT-X-DISCONTINUITY\n#EXTINF:6,\nhttps://ads.example.net/1.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:6,\nhttps://cdn.example.com/2.ts\n",
        b'#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:00Z",DURATION=9,SCTE35-OUT=0xFC\n#EXTINF:6,\na.ts\n',
        b"#EXT-OATCLS-SCTE35:/DAlAAAAAAAAAP/wFAUAAAABf+/+AAAAAP4AKTLgAAEBAQAAAAAAAA==\n#EXTINF:6,\na.ts\n",
        b"#EXT-X-ASSET:X=1\n",
        b'#EXT-X-DATERANGE:ID="%n",CLASS="x.ad",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES\n#EXT-X-CUE-OUT:6\n#EXTINF:6,\n/%n/a.ts\n',
        b"#EXTINF:6,\nhttps://h%n.example.com/%n/%n.ts\n",
        b"#EXT-X-CUE-OUT:ID=%n,DURATION=6\n#EXT-X-AD-START\n#EXTINF:6,\na.ts\n#EXT-X-AD-END\n#EXT-X-MARKER:TYPE=PodEnd\n",
        b"#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:6,\ns%n.ts\n#EXTINF:5.00,\nx/q%n.ts\n",
        b"#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:60,\n%n.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:5,\nhttps://b/ads/%n.ts\n#EXT-X-DISCONTINUITY\n",
        b"#EXT-X-CUE-OUT:99999\n#EXTINF:1,\na.ts\n#EXT-X-CUE-OUT-CONT\n#EXT-X-CUE-OUT:9\n#EXTINF:1,\nb.ts\n#EXT-X-CUE-IN\n",
        b'#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:00Z",SCTE35-OUT=0xFC\n#EXT-X-CUE-OUT-CONT\n#EXTINF:6,\na.ts\n',
        b'#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:%n:00Z",SCTE35-OUT=0xFC\n#EXTINF:6,\na.ts\n',
        b"#EXT-X-KEY:METHOD=AES-128,URI=a\n#EXT-X-CUE-OUT:0\n#EXTINF:6,\nx.ts\n",
    ],
)
def test_the_whole_surgery_is_linear(unit: bytes) -> None:
    head = b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"
    small, large = (
        _steps(head + b"".join(unit.replace(b"%n", str(n).encode()) for n in range(size))) for size in (60, 300)
    )
    assert large < 6.5 * small


def test_the_parser_is_linear_in_one_long_line() -> None:
    for line in (b'#EXT-X-DATERANGE:ID="', b"#EXTINF:9", b"#EXT-X-KEY:METHOD=", b"#EXT-X-CUE-OUT:A=1,"):
        small, large = (_steps(b"#EXTM3U\n" + line * size + b"\n#EXTINF:1,\na.ts\n") for size in (300, 1500))
        assert large < 6.5 * small
