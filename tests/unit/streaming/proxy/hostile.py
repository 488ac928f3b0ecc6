"""Playlists written to cost: every tag that is looked at, many times over, alone and beside what it is compared with."""

HEAD = "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:6\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"
_OUT = '#EXT-X-DATERANGE:ID="%n",START-DATE="2026-01-01T00:00:00Z",DURATION=9,SCTE35-OUT=0xFC\n'
_IN = '#EXT-X-DATERANGE:ID="%n",SCTE35-IN=0xFC\n'
_MESSAGE = "#EXT-OATCLS-SCTE35:/DAlAAAAAAAAAP/wFAUAAAABf+/+AAAAAP4AKTLgAAEBAQAAAAAAAA==\n"
_NO_LENGTH = "#EXT-OATCLS-SCTE35:/DAgAAAAAAAAAP/wDwUAAAABf0/+AAAAAAABAQEAAAAAAAA=\n"
_SEGMENT = "#EXTINF:6,\n%n.ts\n"
_AD = "#EXT-X-CUE-OUT:6\n#EXTINF:6,\na%n.ts\n#EXT-X-CUE-IN\n"

#: What is repeated; ``%n`` is the number of the repetition.
UNITS: dict[str, str] = {
    "a key format each": '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k%n",KEYFORMAT="f%n"\n' + _AD + _SEGMENT,
    "a key format each before one": '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k%n",KEYFORMAT="f%n"\n',
    "keys and none in turn": '#EXT-X-KEY:METHOD=AES-128,URI="k%n"\n'
    + _AD
    + _SEGMENT
    + "#EXT-X-KEY:METHOD=NONE\n"
    + _SEGMENT,
    "a section each": '#EXT-X-MAP:URI="m%n"\n' + _AD + _SEGMENT,
    "ranges and cues before one": _IN + "#EXT-X-CUE-OUT:6\n",
    "whole ranges and cues before one": _OUT + _IN + "#EXT-X-CUE-OUT\n",
    "ranges, cues and messages before one": _IN + "#EXT-X-CUE-OUT\n" + _MESSAGE,
    "cues and messages before one": "#EXT-X-CUE-OUT\n" + _NO_LENGTH,
    "cues in and out before one": "#EXT-X-CUE-OUT\n#EXT-X-CUE-IN\n#EXT-X-CUE-OUT-CONT\n",
    "ranges at segments": _OUT + _SEGMENT + _IN + _SEGMENT,
    "one range at segments": _OUT.replace("%n", "1") + _SEGMENT + _IN.replace("%n", "1") + _SEGMENT,
    "ranges of a class": '#EXT-X-DATERANGE:ID="%n",CLASS="x.ad",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES\n'
    + _SEGMENT,
    "ranges and dates": "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n" + _OUT + _SEGMENT,
    "interstitials": '#EXT-X-DATERANGE:ID="%n",CLASS="com.apple.hls.interstitial",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="a"\n',
    "starts": "#EXT-X-START:TIME-OFFSET=%n\n" + _AD + _SEGMENT,
    "sequence numbers": "#EXT-X-MEDIA-SEQUENCE:%n\n#EXT-X-DISCONTINUITY-SEQUENCE:%n\n" + _AD + _SEGMENT,
    "discontinuities": "#EXT-X-DISCONTINUITY\n" * 3 + _AD + _SEGMENT,
    "gaps": "#EXT-X-GAP\n" * 3 + _AD + _SEGMENT,
    "gaps before one": "#EXT-X-GAP\n#EXT-X-DISCONTINUITY\n",
    "byte ranges": "#EXT-X-BYTERANGE:9\n#EXTINF:6,\na.ts\n#EXT-X-BYTERANGE:9@%n\n" + _AD,
    "parts": '#EXT-X-PART:DURATION=1,URI="p%n"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="h%n"\n' + _AD,
    "parts before one": '#EXT-X-PART:DURATION=1,URI="p%n"\n',
    "prefetches": "#EXT-X-TWITCH-PREFETCH:%n.ts\n#EXT-X-PREFETCH:%n.ts\n",
    "controls": "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=%n\n" + _AD,
    "definitions": '#EXT-X-DEFINE:NAME="v%n",VALUE="%n"\n{$v%n}/{$v1}.ts\n',
    "imports": '#EXT-X-DEFINE:IMPORT="v%n"\n#EXT-X-DEFINE:QUERYPARAM="q"\n' + _AD + _SEGMENT,
    "versions": "#EXT-X-VERSION:%n\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:EVENT\n" + _AD,
    "skips": "#EXT-X-SKIP:SKIPPED-SEGMENTS=%n\n" + _AD,
    "bit rates": "#EXT-X-BITRATE:%n\n" + _AD + _SEGMENT,
    "vendors": "#UPLYNK-SEGMENT:1,2,ad\n#EXT-X-VAST-ID:%n\n#ANVATO-SEGMENT-INFO:type=ad\n#EXT-X-ASSET:CAID=%n\n"
    + _SEGMENT,
    "vendors before one": "#EXT-X-ASSET:CAID=%n\n#EXT-X-CUE-OUT:6\n#EXT-X-VAST-ID:%n\n#UPLYNK-SEGMENT:1,2,ad\n",
    "markers": "#EXT-X-MARKER:TYPE=PodBegin\n#EXT-X-AD-START\n"
    + _SEGMENT
    + "#EXT-X-AD-END\n#EXT-X-MARKER:TYPE=PodEnd\n"
    + _SEGMENT,
    "splices": '#EXT-X-CUE:TYPE="SpliceOut",DURATION=6,ELAPSED=3\n#EXT-X-CUE-SPAN:TIMEFROMSIGNAL=PT6S\n#EXT-X-SCTE35:CUE="/DA=",CUE-OUT=YES\n'
    + _SEGMENT,
    "dates": "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n"
    + _AD
    + "#EXT-X-PROGRAM-DATE-TIME:2025-01-01T00:00:00Z\n"
    + _SEGMENT,
    "dates before one": "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n",
    "blocks": "#EXT-X-DISCONTINUITY\n#EXTINF:5,\nhttps://h%n/ads/%n.ts\n#EXT-X-DISCONTINUITY\n" + _SEGMENT * 3,
    "comments": '# %n\n#EXT-X-%n:URI="%n"\n\n',
    "titles": "#EXTINF:6,Amazon|%n\n%n.ts\n#EXTINF:6,live\n%n.ts\n",
    "short segments": "#EXTINF:0,\n%n.ts\n#EXT-X-CUE-OUT-CONT:9999/9999\n#EXTINF:0,\n%n.ts\n#EXT-X-CUE-IN\n",
}
#: Within one line.
LONG_LINES: dict[str, str] = {
    "attributes": "#EXT-X-DATERANGE:ID=1|,A%n=1",
    "quotes": '#EXT-X-KEY:METHOD=AES-128|,"=",',
    "equals": "#EXT-X-MAP:URI|=",
    "commas": "#EXT-X-PART:URI=a|,",
    "blanks": "#EXT-X-CUE-OUT:|  ",
    "digits": "#EXTINF:|9",
    "titles": '#EXTINF:6 a="|b,',
    "classes": '#EXT-X-DATERANGE:ID="1",CLASS="|.ad-',
    "variables": '#EXT-X-DEFINE:NAME="v",VALUE="x"\n|{$v}',
    "slashes": "https://a.example.com|/creative/x_ad",
    "dots": "|../",
    "hexadecimal": "#EXT-X-CUE-OUT:SCTE35=0x|FC30",
}


def hostile(unit: str, count: int, *, vod: bool = False) -> bytes:
    """A playlist with ``unit`` repeated; ``%n`` is filled in."""
    body = "".join([unit.replace("%n", str(number)) for number in range(count)])
    return (HEAD + body + _SEGMENT.replace("%n", "last") * 4 + "#EXT-X-ENDLIST\n" * vod).encode()


def long_line(pattern: str, count: int) -> bytes:
    """A playlist with one line, in which what follows the bar of ``pattern`` is repeated."""
    begin, _, repeated = pattern.partition("|")
    return hostile(begin + "".join([repeated.replace("%n", str(number)) for number in range(count)]) + "\n", 1)
