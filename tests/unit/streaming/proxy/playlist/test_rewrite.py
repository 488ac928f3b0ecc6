"""Every address of a playlist goes through the proxy, and nothing else changes."""

import pytest

from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter, UriKind
from tests.unit.streaming.proxy.corpus import files

BASE = "https://up.example.com/live/show/index.m3u8?token=1"


def _show(url: str, role: UriKind) -> str:
    return f"<{role.value} {url}>"


def _rewritten(text: str, **options: object) -> str:
    return Rewriter(BASE, _show, **options).rewrite(Playlist.parse(text)).decode()  # type: ignore[arg-type]  # options of the tests


def test_a_multivariant_playlist() -> None:
    assert (
        _rewritten("""#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One, two",URI="audio/en.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="x",INSTREAM-ID="CC1"
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="/keys/1"
#EXT-X-SESSION-DATA:DATA-ID="x",URI="data.json"
#EXT-X-CONTENT-STEERING:SERVER-URI="steer",PATHWAY-ID="a"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="../iframes.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
//cdn.example.com/v.m3u8
""")
        == """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One, two",URI="<playlist https://up.example.com/live/show/audio/en.m3u8>"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="x",INSTREAM-ID="CC1"
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="<key https://up.example.com/keys/1>"
#EXT-X-SESSION-DATA:DATA-ID="x",URI="<other https://up.example.com/live/show/data.json>"
#EXT-X-CONTENT-STEERING:SERVER-URI="<other https://up.example.com/live/show/steer>",PATHWAY-ID="a"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="<playlist https://up.example.com/live/iframes.m3u8>"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
<playlist https://cdn.example.com/v.m3u8>
"""
    )


def test_a_media_playlist() -> None:
    assert (
        _rewritten("""#EXTM3U\r
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://asset",KEYFORMAT="com.apple.streamingkeydelivery"\r
#EXT-X-KEY:METHOD=AES-128,URI="data:text/plain;base64,AAAA"\r
#EXT-X-KEY:METHOD=AES-128,URI="k?id=1&v=2",IV=0x1\r
#EXT-X-MAP:URI="init.mp4",BYTERANGE="100@0"\r
#EXT-X-DATERANGE:ID="i",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="ad.m3u8"\r
#EXT-X-VENDOR:URI="beacon"\r
#EXTINF:4,URI="not one"\r
https://cdn.example.com/./a/../b.ts\r
#EXT-X-PART:DURATION=1,URI="p.1.mp4"\r
#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="next.mp4"\r
#EXT-X-PREFETCH:next.ts\r
#EXT-X-RENDITION-REPORT:URI="../other.m3u8",LAST-MSN=1\r
""")
        == """#EXTM3U\r
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://asset",KEYFORMAT="com.apple.streamingkeydelivery"\r
#EXT-X-KEY:METHOD=AES-128,URI="data:text/plain;base64,AAAA"\r
#EXT-X-KEY:METHOD=AES-128,URI="<key https://up.example.com/live/show/k?id=1&v=2>",IV=0x1\r
#EXT-X-MAP:URI="<init https://up.example.com/live/show/init.mp4>",BYTERANGE="100@0"\r
#EXT-X-DATERANGE:ID="i",START-DATE="2026-01-01T00:00:00Z",X-ASSET-URI="<playlist https://up.example.com/live/show/ad.m3u8>"\r
#EXT-X-VENDOR:URI="<other https://up.example.com/live/show/beacon>"\r
#EXTINF:4,URI="not one"\r
<segment https://cdn.example.com/./a/../b.ts>\r
#EXT-X-PART:DURATION=1,URI="<segment https://up.example.com/live/show/p.1.mp4>"\r
#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="<init https://up.example.com/live/show/next.mp4>"\r
#EXT-X-PREFETCH:<segment https://up.example.com/live/show/next.ts>\r
#EXT-X-RENDITION-REPORT:URI="<playlist https://up.example.com/live/other.m3u8>",LAST-MSN=1\r
"""
    )


def test_variables_are_resolved() -> None:
    text = """#EXTM3U
#EXT-X-DEFINE:NAME="host",VALUE="https://cdn.example.com"
#EXT-X-DEFINE:IMPORT="path"
#EXT-X-DEFINE:QUERYPARAM="token"
#EXTINF:4,
{$host}/{$path}/a.ts?t={$token}&u={$unknown}
"""
    assert (
        _rewritten(text, variables={"path": "p"})
        == """#EXTM3U
#EXT-X-DEFINE:NAME="host",VALUE="https://cdn.example.com"
#EXT-X-DEFINE:NAME="path",VALUE="p"
#EXT-X-DEFINE:NAME="token",VALUE="1"
#EXTINF:4,
<segment https://cdn.example.com/p/a.ts?t=1&u={$unknown}>
"""
    )


@pytest.mark.parametrize("value", ["a%22b", "a%0Ahttp://evil.example.com/beacon.ts", "a%0D%0A", "a%E2%80%A8b"])
def test_a_query_cannot_write_lines(value: str) -> None:
    text = '#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM="t"\n#EXTINF:4,\na.ts?t={$t}\n'
    output = Rewriter(f"https://up.example.com/m.m3u8?t={value}", _show).rewrite(Playlist.parse(text)).decode()
    assert output == (
        '#EXTM3U\n#EXT-X-DEFINE:NAME="t",VALUE=""\n#EXTINF:4,\n<segment https://up.example.com/a.ts?t=>\n'
    )


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_no_reader_finds_another_line(end: str) -> None:
    """hls.js reads on behind U+2028, and readers in Python behind any of these."""
    evil = f"{end}http://evil.example.com/a.ts"
    output = _rewritten(f'#EXTM3U\n# a comment{evil}\n#EXTINF:4,title{evil}\na.ts{evil}\n#EXT-X-VENDOR:A="{evil}"\n')
    assert all(line.startswith(("#", "<segment https://up.example.com/")) for line in output.splitlines())
    assert len(output.splitlines()) == 5


def test_what_is_ours_stays() -> None:
    text = "#EXTM3U\n#EXTINF:4,\n/own/slate.ts\n"
    assert _rewritten(text, keep=lambda uri: uri.startswith("/own/")) == text


def test_no_address_of_the_corpus_is_shown() -> None:
    for path in files():
        playlist = Playlist.parse(path.read_bytes())
        output = Playlist.parse(Rewriter(BASE, lambda _url, role: f"ours/{role.value}").rewrite(playlist))
        assert all(segment.uri == "ours/segment" for segment in output.segments), path.name
        assert len(output.lines) == len(playlist.lines)


def test_bare_addresses_of_vendors_go_through_the_proxy_too() -> None:
    assert _rewritten(
        "#EXTM3U\n#EXT-X-TWITCH-PREFETCH:https://cdn.example.com/9.ts\n#EXT-X-PREFETCH:10.ts\n#EXT-X-LOGO:https://x.example/a.png\n"
    ) == (
        "#EXTM3U\n#EXT-X-TWITCH-PREFETCH:<segment https://cdn.example.com/9.ts>\n"
        "#EXT-X-PREFETCH:<segment https://up.example.com/live/show/10.ts>\n#EXT-X-LOGO:<other https://x.example/a.png>\n"
    )
